import type { Dashboard } from '../model/dashboard.ts';
import type { LineStatus } from '../model/line-status.ts';
import type { OtherVersion } from '../model/server-version.ts';
import { isOtherVersion, refusalWords } from './refusal-words.ts';

export interface Notice {
  readonly text: string;
  /** What its button does, or null for none. */
  readonly action: 'connect' | 'reload' | 'dismiss' | null;
  /** Gravest: nothing is shown any more. Calm: all goes on, and it can be put away. */
  readonly weight: 'grave' | 'usual' | 'calm';
}

/** What a person has to know beyond the state of the line; null for nothing. Gravest first. */
export function noticeFor(state: Dashboard, status: LineStatus): Notice | null {
  if (status.kind === 'refused') {
    const { error } = status;
    const action = isOtherVersion(error) ? 'reload' : 'connect';
    return { text: refusalWords(error), action, weight: 'grave' };
  }
  // Where the server said why it lets nobody in for now.
  const { error } = state.line;
  if (status.kind === 'reconnecting' && error) return usual(`Not connected: ${error.message}.`);
  if (state.serverError) return usual(`The server says: ${state.serverError}`);
  const trouble = sourceTrouble(state, status);
  if (trouble) return usual(trouble);
  const other = state.otherVersion;
  return other && { text: versionWords(other), action: 'reload', weight: 'calm' };
}

function usual(text: string): Notice {
  return { text, action: null, weight: 'usual' };
}

/** What is wrong with a source that the price waits for, and what to do about it. */
function sourceTrouble({ health }: Dashboard, { kind }: LineStatus): string | null {
  if (kind !== 'warming-up' && kind !== 'stale' && kind !== 'silent') return null;
  const lost = health?.sources.find(({ state, detail }) => state !== 'connected' && detail);
  return lost ? `${lost.name}: ${lost.detail}` : null;
}

function versionWords({ server, page, isNewer }: OtherVersion): string {
  return isNewer
    ? `The server now runs ${server}; this page is ${page}.`
    : `The server runs ${server}, which is older than this page (${page}).`;
}
