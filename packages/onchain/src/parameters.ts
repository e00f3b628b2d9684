import type { PriceParameters } from './price-parameters.ts';

/** PLACEHOLDER until fitted. */
export const PRICE_PARAMETERS: PriceParameters = {
  toothWeights: [
    0.01168, 0.00961, 0.00488, 0.00403, 0.01897, 0.00777, 0.00499, 0.00608, 0.00023, 0.06359,
    0.00962, 0.02224, 0.07614, 0.01807, 0.03593, 0.01631, 0.02916, 0.01044, 0.08111, 0.02393,
    0.00463, 0.00443, 0.01446, 0.00918, 0.10316, 0.00855, 0.03016, 0.06666, 0.01269, 0.04574,
    0.01968, 0.02295, 0.0015, 0.05271, 0.01257, 0.00875, 0.00179, 0.00936, 0.00416, 0.05415,
    0.00328, 0.00376, 0.00949, 0.00457, 0.00402, 0.00255, 0.00513, 0.00044, 0.00752, 0.00036,
    0.00037, 0.00121, 0.00671, 0.00019, 0.00831,
  ],
  roundShare: 0.15,
  toothScale: 0.00078,
  toothTail: 6.9,
  fineTemper: 0.3,
  octaveTemper: 0.4,
  pilePower: 0.25,
  dailyVolatility: 0.025,
  volatilityAdaption: 0.6,
  volatilityMemorySec: 2500,
  largeMovesPerDay: 20,
  largeMoveScale: 0.0059,
  jumpsPerDay: 0.02,
  quoteAgeSec: 300,
  basisScale: 7e-5,
};
