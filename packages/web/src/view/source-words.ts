import { duration } from '../format/duration.ts';
import type { SourceLine } from '../wire/health.ts';

export interface SourceWords {
  readonly tone: 'idle' | 'good' | 'wait' | 'lost';
  readonly text: string;
  /** What is wrong and what to do about it, as the server says it; empty when nothing is. */
  readonly detail: string;
}

/** The node in one word: the worst of what the server reads from. */
export function sourceWords(
  sources: readonly SourceLine[],
  demo: boolean,
  nowSec: number,
): SourceWords {
  const worst =
    sources.find(({ state }) => state === 'lost') ??
    sources.find(({ state }) => state !== 'connected') ??
    sources.find(({ detail }) => detail !== null) ??
    sources[0];
  if (!worst) return { tone: 'idle', text: '–', detail: '' };
  const since = worst.sinceSec === null ? '' : duration(nowSec - worst.sinceSec);
  const detail = worst.detail ?? (since && `for ${since}`);
  if (worst.state === 'lost') return { tone: 'lost', text: `${worst.name} lost`, detail };
  if (worst.state !== 'connected')
    return { tone: 'wait', text: `${worst.name} connecting`, detail };
  // Transactions come, but something about them is wrong: a line of blocks down, a node catching up.
  if (worst.detail !== null) return { tone: 'wait', text: 'connected, with trouble', detail };
  return { tone: 'good', text: demo ? 'demo, no node' : 'connected', detail };
}
