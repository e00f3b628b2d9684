/** The numbers of the price model that data decides; parameters.ts says how each was found. */
export interface PriceParameters {
  /** Popularity of each of ROUND_AMOUNTS_USD among round payments; sums to 1. */
  readonly toothWeights: readonly number[];
  /** Share of voting outputs that are round payments. */
  readonly roundShare: number;
  /** Width of a tooth in ln P: scale of a Student t. */
  readonly toothScale: number;
  /** Degrees of freedom of that Student t: fees, rounding, old quotes make its tails heavy. */
  readonly toothTail: number;
  /** Power of the likelihood, fine lattice: outputs are not independent. */
  readonly fineTemper: number;
  /** Power of the evidence for an octave, where being wrong is dearer than being late. */
  readonly octaveTemper: number;
  /** How much piles of like amounts are thinned before octaves are told apart (thin-piles.ts). */
  readonly pilePower: number;
  /** Volatility of ln P a day: the long-run mean that the seen one is weighed against. */
  readonly dailyVolatility: number;
  /** Weight of the recently seen volatility against the long-run mean, 0 to 1. */
  readonly volatilityAdaption: number;
  /** Memory of the recently seen volatility, seconds. */
  readonly volatilityMemorySec: number;
  /** Larger moves a day, and their mean size in ln P. */
  readonly largeMovesPerDay: number;
  readonly largeMoveScale: number;
  /** Chance a day that the price is anywhere at all. */
  readonly jumpsPerDay: number;
  /** Age of the quotes that the newest amounts speak of, seconds: the price has moved on since. */
  readonly quoteAgeSec: number;
  /** Standard deviation of one market's price against another's, in ln P. */
  readonly basisScale: number;
}
