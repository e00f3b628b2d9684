/** docs/reference/metrics.md against what a server shows. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { beforeAll, describe, expect, test } from 'vitest';
import { run } from '../http-harness.ts';
import { type Metric, parseMetrics } from './metric-text.ts';
import { hasPromtool, ruleComplaints } from './promtool.ts';

const PAGE = new URL('../../../../docs/reference/metrics.md', import.meta.url);
const page = readFileSync(PAGE, 'utf8');
const [, rules = ''] = /```yaml\n(groups:\n[^`]*)```/.exec(page) ?? [];

let metrics: ReadonlyMap<string, Metric>;

beforeAll(async () => {
  const { server, origin } = await run();
  metrics = parseMetrics(await (await fetch(`${origin}/metrics`)).text());
  await server.drain();
});

/** Name, labels and type, as the page writes them. */
function written({ name, type, samples }: Metric): string {
  const labels = new Set<string>();
  for (const series of samples.keys()) {
    for (const [, label = ''] of series.matchAll(/[{,]([a-z]+)="/g)) {
      if (label !== 'le') labels.add(label);
    }
  }
  return `${name}${labels.size === 0 ? '' : `{${[...labels].join(',')}}`} ${type}`;
}

describe('the reference', () => {
  test('has every metric with its labels and its type, and no other', () => {
    const rows = [...page.matchAll(/^\| `([a-z0-9_]+)(\{[a-z,]+\})?` \| (\w+) \|/gm)];
    const shown = new Map([...metrics].map(([name, metric]) => [name, written(metric)]));
    // What a kernel tells of a process differs; the page has what Linux does.
    const isShown = (name: string) => process.platform === 'linux' || shown.has(name);
    const documented = rows
      .filter(([, name = '']) => isShown(name))
      .map(([, name = '', labels = '', type]) => {
        // Labels of what has no sample yet cannot be seen.
        const unseen = metrics.get(name)?.samples.size === 0;
        return `${name}${unseen ? '' : labels} ${type}`;
      });
    expect(documented.toSorted()).toEqual([...shown.values()].toSorted());
  });

  test('has alerts on metrics that there are, in expressions that Prometheus can read', () => {
    const asked = [
      ...rules.matchAll(/\b(?:ws|price|tx|source|zmq|store|process|nodejs)_[a-z0-9_]+/g),
    ];
    expect(asked.length).toBeGreaterThan(15);
    for (const [name] of asked) {
      expect(metrics.has(name) || metrics.has(name.replace(/_bucket$/, '')), name).toBe(true);
    }
    if (hasPromtool()) expect(ruleComplaints(rules)).toBe('');
  });
});
