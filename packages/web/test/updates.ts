/** Updates as the client hands them on. */
import type {
  ConfirmedUpdate,
  PricePoint,
  PriceUpdate,
  TransactionsUpdate,
  Update,
} from '@tidegauge/client';

/** 10:00:05 UTC */
export const TIME_SEC = 1_767_607_205;
export const TIME_MS: number = TIME_SEC * 1000;

const COMMON: Update = {
  asOfMs: TIME_MS,
  ageMs: 0,
  isLive: true,
  via: 'websocket',
  demo: false,
  seq: 1,
  epoch: 'e1',
  missed: 0,
};

export function priceUpdate(over: Partial<PriceUpdate> = {}): PriceUpdate {
  return {
    ...COMMON,
    priceUsd: 100_000,
    lowUsd: 99_000,
    highUsd: 101_000,
    confidence: 0.9,
    status: 'live',
    sampleSize: 4_309,
    ...over,
  };
}

/** Before there is a price. */
export const WARMING_UP = {
  priceUsd: null,
  lowUsd: null,
  highUsd: null,
  confidence: 0,
  status: 'warming_up',
} as const;

export function point(
  timeSec: number,
  priceUsd: number,
  amountBtc: number | null = null,
): PricePoint {
  return { timeMs: timeSec * 1000, priceUsd, amountBtc };
}

/** The page reads only what was added. */
export function pointsUpdate(whole: boolean, ...added: readonly PricePoint[]): TransactionsUpdate {
  return { ...COMMON, points: added, added, whole };
}

export function confirmedUpdate(over: Partial<ConfirmedUpdate> = {}): ConfirmedUpdate {
  const blockTimeMs = TIME_MS - 60_000;
  return {
    ...COMMON,
    asOfMs: blockTimeMs,
    ageMs: 60_000,
    priceUsd: 100_000,
    lowUsd: 99_000,
    highUsd: 101_000,
    confidence: 0.9,
    blockHeight: 5,
    blockTimeMs,
    points: [],
    ...over,
  };
}
