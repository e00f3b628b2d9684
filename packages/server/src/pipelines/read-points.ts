import { type PricePoint, readAtRoundAmount } from '@tidegauge/onchain';

/** Calls `visit` back from the newest vote until it returns false. */
type VisitVotes = (visit: (amountSats: number, timeSec: number) => boolean) => void;

/** Reads votes at a price, at most `limit` of the newest; oldest first. */
export function readPoints(
  priceUsd: number | null,
  limit: number,
  visitVotes: VisitVotes,
): PricePoint[] {
  const points: PricePoint[] = [];
  if (priceUsd === null || limit <= 0) return points;
  visitVotes((amountSats, timeSec) => {
    const readUsd = readAtRoundAmount(amountSats, priceUsd);
    if (readUsd !== null) points.push({ timeSec, priceUsd: readUsd, amountSats });
    return points.length < limit;
  });
  return points.reverse();
}
