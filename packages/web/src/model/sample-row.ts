/** Where each number of a sample of the price stands in its row. */
export const SAMPLE_ROW = { timeSec: 0, priceUsd: 1, lowUsd: 2, highUsd: 3, length: 4 } as const;
