/** Made-up votes around a known price, for tests of the filter. */

/** Small seeded generator (mulberry32): numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const COMMON_USD = [100, 50, 20, 200, 10, 500, 1_000, 300, 30, 150, 40, 25, 400, 15, 5];

/** What people send that is not round in dollars: log-normal around $150, wide. */
export function ordinaryAmount(random: () => number, priceUsd: number): number {
  return Math.round((Math.exp(5 + 2.2 * gaussian(random)) / priceUsd) * 1e8) + 1_001;
}

/** Votes of which a share pays round amounts, the common ones more often. */
export function votesAt(
  random: () => number,
  priceUsd: number,
  count: number,
  roundShare = 0.15,
): number[] {
  return Array.from({ length: count }, () => {
    if (random() >= roundShare) return ordinaryAmount(random, priceUsd);
    const usd = COMMON_USD[Math.floor(COMMON_USD.length * random() ** 1.7)]!;
    return Math.round((usd / priceUsd) * Math.exp(0.0008 * gaussian(random)) * 1e8);
  });
}
