/** Reads Prometheus text as a scraper does, and is stricter than one. */
import { expect } from 'vitest';

export interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** By what stands before the value: the name, with its labels as they were written. */
  readonly samples: ReadonlyMap<string, number>;
}

const SAMPLE = /^(?<series>(?<name>[a-z_:][a-z0-9_:]*)(?:\{.*\})?) (?<value>\S+)$/;

/** By name. Fails on text that does not keep to the format, or says something twice. */
export function parseMetrics(text: string): ReadonlyMap<string, Metric> {
  const metrics = new Map<string, Metric & { samples: Map<string, number> }>();
  expect(text.endsWith('\n')).toBe(true);
  for (const block of text.trimEnd().split(/\n+(?=# HELP )/)) {
    const [helpLine = '', typeLine = '', ...lines] = block.split('\n');
    const [, name = '', help = ''] = /^# HELP (\S+) (.+)$/.exec(helpLine) ?? [];
    const [, typed, type = ''] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(typeLine) ?? [];
    expect([helpLine, typed]).toEqual([expect.stringContaining(name), name]);
    expect(metrics.has(name), name).toBe(false);
    const samples = new Map<string, number>();
    for (const line of lines) {
      const { series = '', name: own = '', value = '' } = SAMPLE.exec(line)?.groups ?? {};
      expect(own.startsWith(name), line).toBe(true);
      expect(samples.has(series), line).toBe(false);
      expect(Number.isFinite(Number(value)), line).toBe(true);
      samples.set(series, Number(value));
    }
    metrics.set(name, { name, type, help, samples });
  }
  return metrics;
}
