import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowLine, type Lettering, type Placed } from '../../src/drawing/picture/flow-line.ts';
import { layOutPicture } from '../../src/drawing/picture/lay-out-picture.ts';
import {
  type PictureContent,
  type PictureLine,
  text,
} from '../../src/drawing/picture/picture-content.ts';
import { type Looks, looksAt } from '../../src/view/looks.ts';
import { pictureUnit } from '../../src/view/picture/chart-picture.ts';

/** Every letter is half as wide as it is high. */
const LETTERING: Lettering = {
  emPx: 20,
  fontFamily: 'f',
  measure: (words, font) => words.length * 0.5 * Number(/(\d+)px/.exec(font)![1]),
};
const wordsOf = ({ item }: Placed): string => (item.kind === 'text' ? item.text : '[shades]');
const label = (words: string): ReturnType<typeof text> => text('label', 'muted', words);
const flow = (line: PictureLine, widthPx: number): ReturnType<typeof flowLine> =>
  flowLine(line, { leftPx: 10, widthPx }, 100, LETTERING);

describe('a line of a picture', () => {
  it('stands side by side on one foot, large beside small', () => {
    const { placed, heightPx } = flow(
      [[text('price', 'text', '$1')], [label('a'), label('b')]],
      500,
    );
    expect(placed.map(wordsOf)).toEqual(['$1', 'a', 'b']);
    expect(new Set(placed.map(({ baselinePx }) => baselinePx)).size).toBe(1);
    expect(placed[0]).toMatchObject({ xPx: 10, sizePx: 56, font: '650 56px f' });
    // What belongs together stands nearer.
    expect(placed[1]!.xPx - placed[0]!.xPx - placed[0]!.widthPx).toBe(32);
    expect(placed[2]!.xPx - placed[1]!.xPx - placed[1]!.widthPx).toBe(9);
    expect(heightPx).toBeCloseTo(56 * 1.4);
  });

  it('goes on below with all that belongs together', () => {
    const { placed } = flow([[label('12345')], [label('67'), label('89')]], 100);
    expect(placed[0]!.baselinePx).toBeLessThan(placed[1]!.baselinePx);
    expect(placed[1]).toMatchObject({ xPx: 10 });
    expect(placed[2]!.baselinePx).toBe(placed[1]!.baselinePx);
  });

  it('breaks what is longer than a whole line between its words', () => {
    const { placed } = flow([[label('one two three')]], 70);
    expect(placed.map(wordsOf)).toEqual(['one', 'two', 'three']);
    expect(placed.map(({ xPx }) => xPx)).toEqual([10, expect.any(Number), 10]);
  });

  it('takes no room without words, and leaves out what has none', () => {
    expect(flow([[]], 100)).toEqual({ placed: [], heightPx: 0 });
    expect(flow([[label('a')], [], [label('b')]], 100).placed).toHaveLength(2);
  });

  it('lays nothing over anything else, nor beyond its width', () => {
    const word = fc.string({ minLength: 1, maxLength: 8 }).filter((each) => !each.includes(' '));
    const item = fc
      .array(word, { minLength: 1, maxLength: 6 })
      .chain((all) => fc.constantFrom(label(all.join(' ')), text('title', 'text', all.join(' '))));
    const line = fc.array(fc.array(item, { maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(line, fc.integer({ min: 120, max: 900 }), (groups, widthPx) => {
        const { placed, heightPx } = flow(groups, widthPx);
        for (const [i, one] of placed.entries()) {
          expect(one.xPx + one.widthPx).toBeLessThanOrEqual(10 + widthPx + 1e-6);
          expect(one.baselinePx).toBeLessThanOrEqual(100 + heightPx);
          const next = placed[i + 1];
          if (!next) continue;
          const below = next.baselinePx - next.sizePx >= one.baselinePx;
          expect(below || next.xPx > one.xPx + one.widthPx).toBe(true);
        }
      }),
    );
  });
});

describe('a picture', () => {
  const content: PictureContent = {
    demo: false,
    head: [[[text('title', 'text', 'Title')]], [[label('below')]]],
    headings: [
      {
        span: { leftPx: 0, widthPx: 200 },
        line: [[text('heading', 'text', 'Left')]],
      },
      { span: { leftPx: 300, widthPx: 100 }, line: [[label('Right')]] },
    ],
    foot: [[[label('Tidegauge')]]],
  };
  const plan = layOutPicture(content, { widthPx: 400, heightPx: 300 }, LETTERING);
  const at = (words: string): Placed => plan.placed.find((each) => wordsOf(each) === words)!;

  it('has its head above the chart, the headings over it, the foot below', () => {
    const { chart } = plan;
    expect(chart).toMatchObject({ leftPx: 20, widthPx: 400, heightPx: 300 });
    expect(at('Title').baselinePx).toBeLessThan(at('below').baselinePx);
    expect(at('below').baselinePx).toBeLessThan(at('Left').baselinePx);
    expect(at('Left').baselinePx).toBeLessThan(chart.topPx);
    expect(at('Tidegauge').baselinePx).toBeGreaterThan(chart.topPx + chart.heightPx);
    expect(at('Tidegauge').baselinePx).toBeLessThan(plan.heightPx);
    expect(plan.widthPx).toBe(440);
  });

  it('has each heading over its part of the chart, near to it', () => {
    expect(at('Left').xPx).toBe(20);
    expect(at('Right').xPx).toBe(20 + 300);
    for (const words of ['Left', 'Right']) {
      expect(plan.chart.topPx - at(words).baselinePx).toBeLessThan(14);
    }
  });

  it('is at least twice as fine as the page, and no longer than 4,096 pixels', () => {
    const sizes = fc.record({
      widthCss: fc.integer({ min: 200, max: 6000 }),
      heightCss: fc.integer({ min: 100, max: 5000 }),
      unitPx: fc.constantFrom(1, 1.25, 2, 3),
    });
    fc.assert(
      fc.property(sizes, ({ widthCss, heightCss, unitPx }) => {
        const size = { widthPx: widthCss * unitPx, heightPx: heightCss * unitPx, unitPx };
        const looks = { size, fontPx: 14 * unitPx, pagePx: 18 * unitPx } as Looks;
        const unit = pictureUnit(looks);
        const { size: large, pagePx } = looksAt(looks, unit);
        const { widthPx } = layOutPicture(content, large, { ...LETTERING, emPx: pagePx });
        expect(widthPx).toBeLessThanOrEqual(4096);
        expect(large.heightPx).toBeLessThanOrEqual(4096);
        if (Math.max(widthCss, heightCss) < 1300) expect(unit).toBe(Math.max(2, unitPx));
      }),
    );
  });
});
