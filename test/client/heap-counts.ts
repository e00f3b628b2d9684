import type { CDPSession } from 'playwright-core';

/** The part of a heap snapshot of V8 that counting needs. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly (string | readonly string[])[];
    };
  };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/**
 * What a page's heap holds after all garbage was collected: how many objects there are of each
 * class, by its name; of what the browser keeps for itself only what belongs to WebSockets.
 */
export async function heapCounts(session: CDPSession): Promise<ReadonlyMap<string, number>> {
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const chunks: string[] = [];
  const take = ({ chunk }: { readonly chunk: string }): void => void chunks.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', take);
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', take);
  return countsOf(JSON.parse(chunks.join('')) as Snapshot);
}

function countsOf({ snapshot, nodes, strings }: Snapshot): ReadonlyMap<string, number> {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [typeAt, nameAt] = [fields.indexOf('type'), fields.indexOf('name')];
  const typeNames = types[typeAt] as readonly string[];
  const counts = new Map<string, number>();
  for (let i = 0; i < nodes.length; i += fields.length) {
    const type = typeNames[nodes[i + typeAt]!]!;
    const name = strings[nodes[i + nameAt]!]!;
    if (type !== 'object' && !(type === 'native' && name.includes('WebSocket'))) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
