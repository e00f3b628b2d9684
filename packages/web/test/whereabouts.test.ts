/** Address, settings and what a person chose: each is told by the others. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heatmapHash, priceHash, readEmbed, readRoute, readView } from '../src/model/route.ts';
import {
  readKeptView,
  readSettings,
  SETTINGS_DEFAULT,
  settingsText,
} from '../src/model/settings.ts';
import { Whereabouts } from '../src/whereabouts.ts';
import { FakeClock } from './fake-clock.ts';

const zooms = fc.option(
  fc.record({
    spanSec: fc.integer({ min: 1, max: 900_000_000 }),
    endSec: fc.option(fc.integer({ min: 900_000_000, max: 4_000_000_000 })),
  }),
);

const SPANS = ['auto', '30m', '1h', '3h', '6h', '12h', '24h'] as const;

describe('address', () => {
  it('says what is to be seen of the price', () => {
    expect(readRoute('#/price/3h')).toEqual({
      view: 'price',
      price: { span: '3h', zoom: null },
      heatmap: null,
    });
    expect(readRoute('#/price/1h/1763650000-1763660000')?.price?.zoom).toEqual({
      spanSec: 10_000,
      endSec: 1_763_660_000,
    });
    expect(readRoute('#/price')).toEqual({ view: 'price', price: null, heatmap: null });
  });

  it('is what a choice is kept as', () => {
    const span = fc.constantFrom(...SPANS);
    fc.assert(
      fc.property(fc.record({ span, zoom: zooms }), (choice) => {
        expect(readRoute(priceHash(choice))?.price).toEqual(choice);
      }),
    );
    const range = fc.constantFrom('12h' as const, '7d' as const);
    const symbol = fc.string({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.record({ symbol, range, zoom: zooms }), (choice) => {
        expect(readRoute(heatmapHash(choice))?.heatmap).toEqual(choice);
      }),
    );
    expect(heatmapHash({ symbol: null, range: '1d', zoom: null })).toBe('#/heatmap');
  });

  it('falls back to what is usual where it says nothing of use', () => {
    for (const hash of ['#/heatmap', '#/heatmap/', '#/heatmap/%E0%A4%A', '#/heatmap//5y']) {
      expect(readRoute(hash)).toEqual({ view: 'heatmap', price: null, heatmap: null });
    }
    expect(readRoute(`#/heatmap/${'X'.repeat(41)}`)?.heatmap).toBeNull();
    expect(readRoute('#/heatmap/ETHUSDT/5y')?.heatmap?.range).toBe('1d');
    for (const zoom of ['0s', '9-8', '1-99999999999', 'x', '1763650000-']) {
      expect(readRoute(`#/price/3h/${zoom}`)?.price, zoom).toEqual({ span: '3h', zoom: null });
    }
    for (const hash of ['', '#', '#price', '#heatmap']) expect(readRoute(hash)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => void readRoute(`#/heatmap/${text}`)));
  });

  it('names the chart that another page shows', () => {
    expect(readEmbed('?embed=price')).toBe('price');
    expect(readEmbed('?a=1&embed=heatmap')).toBe('heatmap');
    for (const search of ['', '?embed', '?embed=all']) expect(readEmbed(search)).toBeNull();
  });
});

describe('settings', () => {
  it('are read as they were written', () => {
    const settings = {
      view: 'heatmap',
      priceSpan: '6h',
      symbol: 'ETHUSDT',
      heatRange: '3d',
      threshold: 0.25,
    } as const;
    expect(readSettings(settingsText(settings))).toEqual(settings);
  });

  it('are the usual ones where a text is damaged, and no text throws', () => {
    for (const text of [null, '', '{', '[]', 'null', '7', '{"view":"x","threshold":2}']) {
      expect(readSettings(text)).toEqual(SETTINGS_DEFAULT);
    }
    fc.assert(fc.property(fc.json(), (text) => void readSettings(text)));
  });
});

describe('whereabouts', () => {
  function start(hash: string, keptText: string | null = null) {
    const clock = new FakeClock();
    const world = { hash, kept: keptText, written: 0, replaced: 0 };
    const ports = {
      clock,
      kept: {
        read: () => world.kept,
        write: (text: string | null) => {
          world.kept = text;
          world.written += 1;
        },
      },
      readHash: () => world.hash,
      replaceHash: (next: string) => {
        world.hash = next;
        world.replaced += 1;
      },
    };
    return { clock, world, ports, whereabouts: new Whereabouts(ports) };
  }
  const kept = settingsText({ ...SETTINGS_DEFAULT, view: 'heatmap', symbol: 'A', priceSpan: '6h' });

  it('begin where the last visit ended, but for what the address says', () => {
    expect(start('', kept).whereabouts).toMatchObject({
      view: 'heatmap',
      price: { span: '6h' },
      heatmap: { symbol: 'A' },
    });
    expect(start('#/price/1h', kept).whereabouts).toMatchObject({
      view: 'price',
      price: { span: '1h' },
      heatmap: { symbol: 'A' },
    });
  });

  it('stand in the address from the beginning, so that a link carries what is seen', () => {
    for (const hash of ['', '#', '#elsewhere', '#/heatmap']) {
      expect(start(hash, kept).world.hash).toBe('#/heatmap/A/1d');
    }
    expect(start('#/price', kept).world.hash).toBe('#/price/6h');
    expect(start('').world.hash).toBe('#/price/auto');
    expect(start('#/price/1h/600s', kept).world.replaced).toBe(0);
    const { world, whereabouts } = start('#/price/1h', kept);
    world.hash = '#/heatmap';
    whereabouts.followAddress();
    expect(world.hash).toBe('#/heatmap/A/1d');
  });

  it('stand in the address at once, during a gesture now and then, and are kept', () => {
    const { clock, world, whereabouts } = start('#/price/auto');
    for (let spanSec = 900; spanSec > 600; spanSec -= 1) {
      whereabouts.choosePrice({ span: '1h', zoom: { spanSec, endSec: null } });
    }
    expect(readSettings(world.kept).priceSpan).toBe('1h');
    // As the address said, and as was chosen: a zoom is not kept.
    expect(world.written).toBe(2);
    clock.pass(300);
    expect(world).toMatchObject({ hash: '#/price/1h/601s', replaced: 2 });
  });

  it('follow an address that a person typed, whatever was about to be written', () => {
    const { clock, world, whereabouts } = start('#/price');
    whereabouts.choosePrice({ span: '1h', zoom: null });
    world.hash = '#/heatmap/ETHUSDT/3d';
    whereabouts.followAddress();
    clock.pass(1_000);
    expect(world.hash).toBe('#/heatmap/ETHUSDT/3d');
    expect(whereabouts.view).toBe('heatmap');
  });

  it('are painted as they are shown: the view is known before the page runs', () => {
    const view = fc.constantFrom('price', 'heatmap', 'x', '');
    fc.assert(
      fc.property(
        view,
        view,
        fc.constantFrom(null, '', kept, '{"view":"heatmap"}'),
        (name, embed, text) => {
          const onlyView = readEmbed(`?embed=${embed}`);
          const painted = onlyView ?? readView(`#/${name}`) ?? readKeptView(text);
          const { ports } = start(`#/${name}`, text);
          expect(painted).toBe(new Whereabouts(ports, onlyView).view);
        },
      ),
    );
  });

  it('keep nothing of a page within another, and its one view', () => {
    const { world, ports } = start('#/price', kept);
    const embedded = new Whereabouts({ ...ports, kept: null }, 'heatmap');
    embedded.choosePrice({ span: '1h', zoom: null });
    expect(embedded.view).toBe('heatmap');
    expect(world.kept).toBe(settingsText({ ...readSettings(kept), view: 'price' }));
  });
});
