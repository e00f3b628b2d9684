import { asFields, asText } from '../fields.ts';
import type { Markets } from './heatmap-incoming.ts';

const UNITS_SEC: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
/** Of a server that does not say; it refuses what is finer than it has. */
const INTERVAL_DEFAULT_SEC = 300;

/** Reads `GET /api/v1/symbols`; null when it is none. Entries without a name are left out. */
export function readMarkets(value: unknown): Markets | null {
  const body = asFields(value);
  if (!Array.isArray(body?.symbols)) return null;
  const markets = (body.symbols as readonly unknown[]).flatMap((entry) => {
    const market = asFields(entry);
    const symbol = asText(market?.symbol);
    if (!symbol) return [];
    const intervalSec = readInterval(asText(market?.interval));
    return [{ symbol, venues: readTexts(market?.venues), intervalSec }];
  });
  return { demo: body.demo === true, markets };
}

/** Seconds of a length such as `5m`. */
function readInterval(text: string | null): number {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text ?? '') ?? [];
  return Number(count) * (UNITS_SEC[unit ?? ''] ?? 0) || INTERVAL_DEFAULT_SEC;
}

function readTexts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).filter((entry) => typeof entry === 'string');
}
