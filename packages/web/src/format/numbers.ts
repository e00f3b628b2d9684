/** Numbers as text in the reader's own locale. Formatters are slow to build, so they are kept. */

export interface NumberFormats {
  /** USD per BTC: whole dollars, with cents only where a dollar is more than a hair. */
  readonly price: (priceUsd: number) => string;
  /** The same without the currency sign, for an axis on which it would only repeat. */
  readonly axisPrice: (priceUsd: number) => string;
  readonly count: (count: number) => string;
  /** 0.937 as `94 %`, in the locale's own way. */
  readonly percent: (share: number) => string;
  /** Half the width of an interval, with its sign: `±0.23 %`. */
  readonly halfWidth: (share: number) => string;
  readonly btc: (amountBtc: number) => string;
}

const CENTS_BELOW_USD = 1_000;

/** @param locale a BCP 47 tag; the browser's own when left out */
export function numberFormats(locale?: string): NumberFormats {
  const dollars = usdFormat(locale, 0);
  const cents = usdFormat(locale, 2);
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent' });
  const fine = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 2 });
  const btc = new Intl.NumberFormat(locale, { minimumFractionDigits: 4, maximumFractionDigits: 8 });
  return {
    price: (priceUsd) => (priceUsd < CENTS_BELOW_USD ? cents : dollars).format(priceUsd),
    axisPrice: (priceUsd) => plain.format(priceUsd),
    count: (count) => whole.format(count),
    percent: (share) => percent.format(share),
    halfWidth: (share) => `±${fine.format(share)}`,
    btc: (amountBtc) => `${btc.format(amountBtc)} BTC`,
  };
}

function usdFormat(locale: string | undefined, digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
