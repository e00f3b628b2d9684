/** The stretches of a market's map that are here, each in slots of one length. */
import type { HeatColumn, HeatSnapshot } from '../../wire/heatmap/heatmap-incoming.ts';
import type { HeatView } from './heat-view.ts';
import { type HistoryPart, MapHistory } from './map-history.ts';
import type { TimePlan } from './time-plan.ts';

/** What is to be asked for, so that a view can be shown as it should be. */
export interface Lack {
  readonly plan: TimePlan;
  /** What to ask for. */
  readonly fromSec: number;
  readonly toSec: number;
  /** What the answer is to be joined to; null where it stands for itself. */
  readonly joins: MapHistory | null;
  /** The stretch that is here then. */
  readonly heldFromSec: number;
  readonly heldToSec: number;
  /** It moves on with the newest: what overlaps with it is of no more use then. */
  readonly follows: boolean;
}

/** So many are kept: what is shown, and what a person is likely to go back to. */
const KEPT_MAX = 4;
/** Loaded beyond either side of a window, as a share of it: a hand moves on. */
const MARGIN_SHARE = 0.25;
/** Closed columns that are still on their way make no map an old one. */
const LATE_SLOTS = 3;

export class LoadedMaps {
  /** The one used last at the end. */
  #maps: readonly MapHistory[] = [];
  /** Changes whenever the content does. */
  version = 0;

  get count(): number {
    return this.#maps.length;
  }

  /** Those of all that is here, in no order. */
  get columns(): readonly HeatColumn[] {
    return this.#maps.flatMap(({ columns }) => columns);
  }

  clear(): void {
    this.#maps = [];
    this.version += 1;
  }

  /** Whether all that a view shows is here, in steps that are fine enough. */
  has(view: HeatView): boolean {
    return this.#lateCovering(view) !== null;
  }

  /**
   * What is to be drawn for a view, from back to front: the map that has it all in steps that are
   * fine enough, or else whatever there is of that time, the finest in front.
   */
  shown(view: HeatView): readonly MapHistory[] {
    const { fromSec, toSec } = view;
    const whole = this.#lateCovering(view);
    if (whole) return [whole];
    return this.#maps
      .filter((map) => map.toSec > fromSec && map.fromSec < toSec)
      .toSorted((one, other) => other.intervalSec - one.intervalSec);
  }

  /**
   * What a view lacks, or null. What has it all is marked as used.
   * @param closedSec slots that ended by then should be here
   * @param endSec no question reaches further
   */
  lackOf(view: HeatView, closedSec: number, endSec: number): Lack | null {
    const { plan, fromSec } = view;
    const { intervalSec } = plan;
    const toSec = Math.min(view.toSec, floorTo(closedSec, intervalSec));
    const held = this.#covering(plan, fromSec, toSec);
    if (held) {
      this.#maps = [...this.#maps.filter((map) => map !== held), held];
      return null;
    }
    const whole = wholeOf(view, endSec);
    const near = this.#maps.findLast(
      (map) =>
        map.intervalSec === intervalSec &&
        map.columns.length > 0 &&
        map.fromSec <= whole.heldToSec &&
        map.toSec >= whole.heldFromSec,
    );
    if (near && near.fromSec <= fromSec) {
      // From a little before its end: what was in progress then is closed now.
      const sinceSec = near.columns.at(-1)!.timeSec - 2 * intervalSec;
      const heldFromSec = Math.max(whole.heldFromSec, near.fromSec);
      const rest = { fromSec: Math.max(sinceSec, heldFromSec), heldFromSec };
      return { ...whole, ...rest, joins: near };
    }
    if (near && near.toSec >= toSec) {
      const heldToSec = Math.min(whole.heldToSec, near.toSec);
      return { ...whole, toSec: near.fromSec + intervalSec, heldToSec, joins: near };
    }
    return whole;
  }

  /**
   * Takes in what came for a question.
   * @param closedSec slots that ended by then are in it
   * @param range what is kept, whatever else is looked at
   */
  take(part: HistoryPart, lack: Lack, closedSec: number, range: HeatView): void {
    const { plan, follows } = lack;
    const { intervalSec } = plan;
    const toSec = Math.min(lack.heldToSec, floorTo(closedSec, intervalSec));
    // Buckets of another size cannot stand beside the old ones.
    const fits = part.binUsd === null || part.binUsd === lack.joins?.binUsd;
    const joins = fits ? lack.joins : null;
    const map = joins
      ? joins.within(follows ? keptFromSec(lack, joins, range) : lack.heldFromSec, toSec)
      : new MapHistory(intervalSec, floorTo(lack.fromSec, intervalSec), toSec);
    map.add(part);
    const others = this.#maps.filter((held) => {
      if (held.intervalSec !== intervalSec) return true;
      const overlaps = held.fromSec <= map.toSec && held.toSec >= map.fromSec;
      return !(follows ? overlaps : map.covers(held.fromSec, held.toSec));
    });
    this.#maps = [...others, map];
    this.version += 1;
    this.#dropOldest(range);
  }

  /** What reaches further than this was loaded while the data was not there. */
  dropBeyond(timeSec: number): void {
    this.#maps = this.#maps.filter(({ toSec }) => toSec <= timeSec);
    this.version += 1;
  }

  /** The candle in progress follows the price until the server tells it whole. */
  followPrice(snapshot: HeatSnapshot): void {
    for (const map of this.#maps) {
      const reaches = map.toSec + LATE_SLOTS * map.intervalSec >= snapshot.timeSec;
      if (reaches) map.followPrice(snapshot);
    }
    this.version += 1;
  }

  #dropOldest(range: HeatView): void {
    if (this.#maps.length <= KEPT_MAX) return;
    const [kept] = this.shown(range);
    const oldest = this.#maps.find((map) => map !== kept);
    this.#maps = this.#maps.filter((map) => map !== oldest);
  }

  #lateCovering({ plan, fromSec, toSec }: HeatView): MapHistory | null {
    return this.#covering(plan, fromSec, toSec - LATE_SLOTS * plan.intervalSec);
  }

  /** The coarsest that will do, the nearest to what was planned; of these the one used last. */
  #covering({ intervalSec }: TimePlan, fromSec: number, toSec: number): MapHistory | null {
    let best: MapHistory | null = null;
    for (const map of this.#maps) {
      if (map.intervalSec > intervalSec || !map.covers(fromSec, toSec)) continue;
      if (!best || map.intervalSec >= best.intervalSec) best = map;
    }
    return best;
  }
}

/** Of a map that moves on, what is looked at is kept, and what is of the range. */
function keptFromSec(
  { plan, fromSec, heldFromSec }: Lack,
  joins: MapHistory,
  range: HeatView,
): number {
  const isOfRange = range.plan.intervalSec === plan.intervalSec;
  const wantedSec = isOfRange ? Math.min(heldFromSec, range.fromSec) : heldFromSec;
  return Math.max(wantedSec, Math.min(joins.fromSec, fromSec));
}

/** All that a view shows, and somewhat more. */
export function wholeOf(view: HeatView, endSec: number): Lack {
  const { plan, fromSec, toSec, follows, isRange } = view;
  const { intervalSec } = plan;
  const marginSec = isRange ? 0 : MARGIN_SHARE * (toSec - fromSec);
  const heldFromSec = floorTo(fromSec - marginSec, intervalSec);
  const heldToSec = floorTo(toSec + marginSec + intervalSec - 1, intervalSec);
  const asked = { fromSec: heldFromSec, toSec: Math.min(endSec, heldToSec) };
  return { ...asked, plan, joins: null, heldFromSec, heldToSec, follows };
}

function floorTo(timeSec: number, stepSec: number): number {
  return Math.floor(timeSec / stepSec) * stepSec;
}
