/**
 * The fitted numbers of the price model. Written by `npm run fit` (scripts/fit-price); not by hand.
 *
 * toothWeights and roundShare: expectation maximisation over the votes of real blocks and a real
 * mempool, smoothed towards decade x mantissa:
 * - block-300025.raw: $454, 2.3 % of 434 amounts round
 * - block-413567.raw: $452, 5.5 % of 1303 amounts round
 * - block-702861.raw: $42961, 15.7 % of 3026 amounts round
 * - block-866342.raw: $68287, 5.0 % of 513 amounts round
 * - mempool-2024-03-14.hex.gz: $73434, 5.8 % of 4380 amounts round
 * octaveTemper, pilePower and jumpsPerDay were chosen by hand so that cold starts on parts of those
 * samples never take a wrong octave. All others: coordinate descent on every other week of block
 * data against hourly exchange prices.
 * - weeks fitted: 1678 truths, 7 unanswered, error median 0.085 %, p90 0.278 %, p99 1.01 %, max 2.26 %, coverage 90.5 % at width 0.471 %
 * - other weeks: 1517 truths, 7 unanswered, error median 0.080 %, p90 0.306 %, p99 1.08 %, max 2.87 %, coverage 89.7 % at width 0.477 %
 */
import type { PriceParameters } from './price-parameters.ts';

export const PRICE_PARAMETERS: PriceParameters = {
  toothWeights: [
    0.01231, // $1
    0.009843, // $2
    0.004775, // $3
    0.004222, // $4
    0.01939, // $5
    0.007987, // $6
    0.004599, // $7
    0.005819, // $8
    0, // $9
    0.06471, // $10
    0.01163, // $12
    0.02224, // $15
    0.07685, // $20
    0.01779, // $25
    0.03581, // $30
    0.01583, // $35
    0.03297, // $40
    0.01097, // $45
    0.08141, // $50
    0.02551, // $60
    0.004485, // $70
    0.004227, // $75
    0.01556, // $80
    0.009733, // $90
    0.1034, // $100
    0.01007, // $120
    0.03102, // $150
    0.06681, // $200
    0.01263, // $250
    0.04692, // $300
    0.01946, // $350
    0.02286, // $400
    0, // $450
    0.05338, // $500
    0.01289, // $600
    0.009666, // $700
    0, // $750
    0.01039, // $800
    0, // $900
    0.05468, // $1000
    0, // $1200
    0, // $1500
    0.009433, // $2000
    0.004429, // $2500
    0.005035, // $3000
    0, // $3500
    0.005303, // $4000
    0, // $4500
    0.007502, // $5000
    0, // $6000
    0, // $7000
    0, // $7500
    0.007089, // $8000
    0, // $9000
    0.008383, // $10000
  ],
  roundShare: 0.08642,
  toothScale: 0.000546,
  toothTail: 6.762,
  fineTemper: 0.3,
  octaveTemper: 0.4,
  pilePower: 0.25,
  dailyVolatility: 0.03125,
  volatilityAdaption: 0.8,
  volatilityMemorySec: 2500,
  largeMovesPerDay: 20,
  largeMoveScale: 0.005782,
  jumpsPerDay: 0.02,
  quoteAgeSec: 300,
  basisScale: 0.00001452,
};
