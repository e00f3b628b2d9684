/** A full redraw of the heatmap. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { mapIsThere } from '../../test/e2e/heatmap-visit.ts';
import { greeting } from '../../test/e2e/samples.ts';
import { quantile } from '../fan-out-harness.ts';
import { type Finding, plainFinding, type Row } from '../table.ts';
import type { Redraws } from './heat-redraw.ts';
import { LAPTOP, launch, open, type Sight, serve, WALL } from './screens.ts';

const TIMES = 120;
const REDRAW_MS_MAX = 8;
const ENTRY = fileURLToPath(new URL('heat-redraw.ts', import.meta.url));

export function heatmapRow(): Row {
  return {
    name: 'heatmap',
    about: '1,000 columns of 300 buckets, every layer drawn anew, until the pixels are there',
    async run() {
      const script = await bundled();
      const findings: Finding[] = [];
      for (const sight of [LAPTOP, WALL]) {
        const { mapMs, chartMs } = await redraws(script, sight);
        const size = `${sight.widthPx} x ${sight.heightPx}`;
        const bar = sight === LAPTOP ? REDRAW_MS_MAX : null;
        findings.push(judge(`the map alone, ${size}`, mapMs, bar));
        findings.push(judge(`the whole chart, ${size}`, chartMs, bar));
      }
      return findings;
    },
  };
}

async function redraws(script: string, sight: Sight): Promise<Redraws> {
  const browser = await launch();
  const server = await serve({ greeting: () => greeting() });
  const at = { ...sight, hash: '#/heatmap/BTCUSDT/1d' };
  // The page's own policy allows no script that is put in afterwards.
  const { page } = await open(browser, server, at, undefined, { bypassCSP: true });
  await mapIsThere(page);
  await page.addScriptTag({ content: script });
  return drawn(page);
}

function drawn(page: Page): Promise<Redraws> {
  return page.evaluate((times) => {
    const { bench } = globalThis as unknown as {
      bench: { redrawMap: (wanted: number) => Promise<Redraws> };
    };
    return bench.redrawMap(times);
  }, TIMES);
}

/** The chart of these sources, whatever page is measured. */
async function bundled(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2023',
      lib: { entry: ENTRY, formats: ['iife'], name: 'bench' },
    },
  });
  if (!Array.isArray(built)) throw new Error('the chart was not bundled');
  return built[0]!.output[0].code;
}

function judge(what: string, tookMs: readonly number[], mostMs: number | null): Finding {
  const at = (share: number): string => quantile(tookMs, share).toFixed(2);
  const measured = `median ${at(0.5)} ms, ${at(0)} to ${at(0.95)} (p95)`;
  if (mostMs === null) return plainFinding(what, measured);
  const bar = { text: `≤ ${mostMs} ms`, met: quantile(tookMs, 0.5) <= mostMs };
  return { what, measured, bar };
}
