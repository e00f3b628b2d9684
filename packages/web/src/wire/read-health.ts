import { asCount, asFields, asText, asTimeSec } from './fields.ts';
import type { Health, LastBlock, SourceLine } from './health.ts';

/** Reads a health body; null when it is none. Fields that are missing become null. */
export function readHealth(value: unknown): Health | null {
  const body = asFields(value);
  if (!body || asText(body.status) === null) return null;
  // The server names the source of the price first, and then the venue of its markets.
  const [source, ...venues] = readSources(body.sources);
  return {
    activeTxs: asCount(body.mempool_active_txs),
    receivedTxs: asCount(body.mempool_received_txs),
    filteredTxs: asCount(body.mempool_filtered_txs),
    uptimeSec: asCount(body.uptime_seconds),
    sources: source ? [source] : [],
    venues,
    lastBlock: readLastBlock(body.last_block),
    version: asText(body.version),
  };
}

function readSources(value: unknown): readonly SourceLine[] {
  return Object.entries(asFields(value) ?? {}).flatMap(([name, entry]) => {
    const source = asFields(entry);
    const state = asText(source?.state);
    if (!source || state === null) return [];
    return [{ name, state, sinceSec: asTimeSec(source.since), detail: asText(source.detail) }];
  });
}

function readLastBlock(value: unknown): LastBlock | null {
  const block = asFields(value);
  const timeSec = asTimeSec(block?.time);
  return block && timeSec !== null ? { height: asCount(block.height), timeSec } : null;
}
