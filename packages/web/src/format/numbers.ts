/** Numbers as text in the reader's own locale. Formatters are slow to build, so they are kept. */
import { onFirstUse } from './on-first-use.ts';

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
  /** A change with its sign: `-3.4%`. */
  readonly signedPercent: (share: number) => string;
  readonly btc: (amountBtc: number) => string;
  /** Volumes, from a glance: `$12.3M`. */
  readonly shortUsd: (usd: number) => string;
  /** The price of a market with as many digits as its steps have, without the currency sign. */
  readonly stepPrice: (priceUsd: number, stepUsd: number) => string;
}

const CENTS_BELOW_USD = 1_000;
/** A coin of a millionth of a dollar has steps of some billionths. */
const STEP_DIGITS_MAX = 10;

const USD = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;

/** @param locale a BCP 47 tag; the browser's own when left out */
export function numberFormats(locale?: string): NumberFormats {
  const dollars = usdFormat(locale, 0);
  const cents = usdFormat(locale, 2);
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent' });
  const fine = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 2 });
  const signed = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  const btc = new Intl.NumberFormat(locale, { minimumFractionDigits: 4, maximumFractionDigits: 8 });
  const short = new Intl.NumberFormat(locale, {
    ...USD,
    notation: 'compact',
    minimumSignificantDigits: 1,
    maximumSignificantDigits: 3,
  });
  const byDigits = Array.from({ length: STEP_DIGITS_MAX + 1 }, (_, digits) =>
    onFirstUse(
      () =>
        new Intl.NumberFormat(locale, {
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
        }),
    ),
  );
  return {
    price: (priceUsd) => (priceUsd < CENTS_BELOW_USD ? cents : dollars).format(priceUsd),
    axisPrice: (priceUsd) => plain.format(priceUsd),
    count: (count) => whole.format(count),
    percent: (share) => percent.format(share),
    halfWidth: (share) => `±${fine.format(share)}`,
    signedPercent: (share) => signed.format(share),
    btc: (amountBtc) => `${btc.format(amountBtc)} BTC`,
    shortUsd: (usd) => short.format(usd),
    stepPrice: (priceUsd, stepUsd) => byDigits[stepDigits(stepUsd)]!().format(priceUsd),
  };
}

function usdFormat(locale: string | undefined, digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    ...USD,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Digits after the point that a step needs: none for 50, one for 0.5, two for 0.25. */
function stepDigits(stepUsd: number): number {
  let digits = 0;
  const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-6 * value;
  while (digits < STEP_DIGITS_MAX && !isWhole(stepUsd * 10 ** digits)) digits += 1;
  return digits;
}
