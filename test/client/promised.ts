/** What the types of the client promise of each update, as a check. */
import type {
  ConfirmedUpdate,
  HeatmapUpdate,
  HistogramUpdate,
  PricePoint,
  PriceUpdate,
  TransactionsUpdate,
  Update,
} from '../../packages/client/src/api.ts';

type Any = Update &
  Partial<PriceUpdate & TransactionsUpdate & HistogramUpdate & ConfirmedUpdate & HeatmapUpdate>;

/** @returns what breaks a promise; nothing when all is well */
export function promised(update: Any): string[] {
  const rows = [...ofAll(update), ...ofItsKind(update)];
  return rows.flatMap(([what, holds]) => (holds ? [] : [`${what}: ${told(update)}`]));
}

type Row = readonly [what: string, holds: boolean];

function ofAll({ asOfMs, ageMs, isLive, via, demo, seq, epoch, missed }: Any): Row[] {
  return [
    ['asOfMs', isCount(asOfMs)],
    ['ageMs', Number.isFinite(ageMs)],
    ['isLive', typeof isLive === 'boolean'],
    ['via', via === 'websocket' || via === 'polling'],
    ['demo', typeof demo === 'boolean'],
    ['seq', Number.isSafeInteger(seq) && seq >= 0],
    ['epoch', epoch === null || typeof epoch === 'string'],
    ['missed', missed === null || (Number.isSafeInteger(missed) && missed >= 0)],
  ];
}

function ofItsKind(update: Any): Row[] {
  if (update.levels) return ofMap(update as HeatmapUpdate);
  if (update.binsBtc) return ofHistogram(update as HistogramUpdate);
  if (update.added) return ofTransactions(update as TransactionsUpdate);
  if (update.blockTimeMs !== undefined) return ofConfirmed(update as ConfirmedUpdate);
  return ofPrice(update as PriceUpdate);
}

function ofReading({
  priceUsd,
  lowUsd,
  highUsd,
  confidence,
}: PriceUpdate | ConfirmedUpdate): Row[] {
  const isNone = priceUsd === null && lowUsd === null && highUsd === null;
  const isRange = isPositive(priceUsd) && isPositive(lowUsd) && isPositive(highUsd);
  return [
    ['price and interval', isNone || isRange],
    ['confidence', isCount(confidence) && confidence <= 1],
    ['interval', isNone || lowUsd! <= highUsd!],
  ];
}

function ofPrice(update: PriceUpdate): Row[] {
  return [
    ...ofReading(update),
    ['status', typeof update.status === 'string'],
    ['sampleSize', isCount(update.sampleSize)],
  ];
}

function ofTransactions({ points, added, whole }: TransactionsUpdate): Row[] {
  return [
    ['points', arePoints(points) && points.length <= 10_000],
    ['added', arePoints(added) && added.length <= points.length],
    ['whole', typeof whole === 'boolean'],
  ];
}

function ofHistogram({ binsBtc, counts }: HistogramUpdate): Row[] {
  return [
    ['bins', binsBtc.every(isCount)],
    ['counts', counts.every(isCount)],
  ];
}

function ofConfirmed(update: ConfirmedUpdate): Row[] {
  return [
    ...ofReading(update),
    ['blockHeight', update.blockHeight === null || isCount(update.blockHeight)],
    ['blockTimeMs', isCount(update.blockTimeMs)],
    ['points', arePoints(update.points)],
  ];
}

function ofMap(update: HeatmapUpdate): Row[] {
  const { levels, gaps } = update;
  return [
    ['symbol', typeof update.symbol === 'string'],
    ['levels', levels.every((each) => isPositive(each.priceUsd))],
    ['long and short', levels.every((each) => isCount(each.longUsd) && isCount(each.shortUsd))],
    ['currentPriceUsd', isPositive(update.currentPriceUsd)],
    ['bucketUsd', update.bucketUsd === null || isPositive(update.bucketUsd)],
    ['totals', isCount(update.totalLongUsd ?? 0) && isCount(update.totalShortUsd ?? 0)],
    ['positions', isCount(update.positionsCreated ?? 0) && isCount(update.positionsConsumed ?? 0)],
    ['gaps', gaps.every(({ fromMs, toMs }) => isCount(fromMs) && isCount(toMs))],
  ];
}

function arePoints(points: readonly PricePoint[]): boolean {
  return points.every(
    ({ timeMs, priceUsd, amountBtc }) =>
      isCount(timeMs) && isPositive(priceUsd) && (amountBtc === null || isCount(amountBtc)),
  );
}

function isPositive(value: number | null): boolean {
  return Number.isFinite(value) && value! > 0;
}

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function told(update: Any): string {
  return JSON.stringify({ ...update, ageMs: String(update.ageMs) }).slice(0, 500);
}
