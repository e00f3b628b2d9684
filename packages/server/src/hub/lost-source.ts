import { encodeWarning } from '@tidegauge/protocol';

/** The source of the price, while it has been lost for too long. */
export interface LostSource {
  readonly name: string;
  /** When it was lost, unix seconds. */
  readonly sinceSec: number;
}

/** The warning SOURCE_STALE of /ws/mempool. */
export function lostWarning({ name, sinceSec }: LostSource): string {
  return encodeWarning({
    code: 'SOURCE_STALE',
    message: `the source ${name} is lost; the price shown is the last one`,
    source: name,
    since: Math.round(sinceSec * 1000) / 1000,
  });
}

/** Whether both are the same loss; one that was back meanwhile is lost since another time. */
export function isSameLoss(a: LostSource | null, b: LostSource | null): boolean {
  return a?.name === b?.name && a?.sinceSec === b?.sinceSec;
}
