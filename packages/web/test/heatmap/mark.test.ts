import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeatMark, HeatPart, HeatScene } from '../../src/drawing/heatmap/heat-scene.ts';
import { HeatMarker } from '../../src/view/heatmap/heat-mark.ts';
import { candle, column } from './samples.ts';

const HOUR_SEC = 3_600;
const DAY_SEC = 86_400;

/** Everything is known of each of its slots, but for those that are left out. */
function part(intervalSec: number, fromSec: number, toSec: number, without = -1): HeatPart {
  const slots = Array.from({ length: (toSec - fromSec) / intervalSec }, (_, i) => i);
  const known = slots.filter((i) => i !== without).map((i) => fromSec + i * intervalSec);
  return {
    intervalSec,
    fromSec,
    toSec,
    columns: known.map((openedSec) => column(openedSec + intervalSec)),
    candles: known.map((openedSec) => candle(openedSec, 100)),
    binUsd: 2,
    nowSlot: null,
  };
}

function scene(parts: readonly HeatPart[], fromSec: number, toSec: number): HeatScene {
  return {
    priceScale: { range: { lowUsd: 90, highUsd: 110 }, topPx: 0, heightPx: 100 },
    timeScale: { leftPx: 0, widthPx: 100, fromSec, toSec },
    current: null,
    parts,
  } as unknown as HeatScene;
}

const placeOf = (mark: HeatMark | null): string => `${mark?.part.intervalSec} ${mark?.slot}`;

/** Every place that the key leads to, from one end until it leads no further. */
function walk(of: HeatScene, from: 'first' | 'last', by: 'newer' | 'older'): readonly string[] {
  const marker = new HeatMarker();
  // The first key only marks the newest.
  marker.move(of, from);
  marker.move(of, from);
  const places = [placeOf(marker.at(of))];
  for (;;) {
    marker.move(of, by);
    const place = placeOf(marker.at(of));
    if (place === places.at(-1)) return places;
    places.push(place);
  }
}

describe('the mark by keyboard', () => {
  it('is led by arrows over all that is known, wherever fine steps begin and end', () => {
    const slots = fc.integer({ min: 0, max: 288 });
    const finer = fc.tuple(fc.constantFrom(300, 900), slots, slots).map(([sec, one, other]) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other) + 1];
      return part(sec, Math.floor((from * 300) / sec) * sec, Math.ceil((to * 300) / sec) * sec, 1);
    });
    const seen = fc.tuple(slots, slots).map(([one, other]) => {
      const fromSec = Math.min(one, other) * 300;
      return [fromSec, Math.max(Math.max(one, other) * 300, fromSec + HOUR_SEC) + 70] as const;
    });
    fc.assert(
      fc.property(fc.array(finer, { maxLength: 3 }), seen, (fine, [fromSec, toSec]) => {
        const parts = [part(HOUR_SEC, 0, DAY_SEC + HOUR_SEC), ...fine];
        const of = scene(parts, fromSec, toSec);
        const there = walk(of, 'first', 'newer');
        expect(there).toEqual(walk(of, 'last', 'older').toReversed());
        expect(new Set(there).size).toBe(there.length);
      }),
    );
  });

  it('stays on a bucket as long as its axis has it', () => {
    const of = scene([part(HOUR_SEC, 0, DAY_SEC)], 0, DAY_SEC);
    const marker = new HeatMarker();
    marker.move(of, 'last');
    for (let i = 0; i < 20; i += 1) marker.move(of, 'higher');
    expect(marker.at(of)?.bucket).toBe(55);
    const elsewhere = (lowUsd: number, highUsd: number): HeatScene => ({
      ...of,
      priceScale: { range: { lowUsd, highUsd }, topPx: 0, heightPx: 100 },
    });
    expect(marker.at(elsewhere(111, 130))?.bucket).toBe(55);
    expect(marker.at(elsewhere(90, 109))).toBeNull();
    expect(marker.at(elsewhere(113, 130))).toBeNull();
    // From what is seen now the keys go on.
    marker.move(elsewhere(113, 130), 'older');
    expect(marker.at(elsewhere(113, 130))?.bucket).toBe(60);
  });
});
