import type { Dashboard } from '../model/dashboard.ts';
import type { LineStatus } from '../model/line-status.ts';
import { isOtherVersion, refusalWords } from './refusal-words.ts';

export interface Notice {
  readonly text: string;
  /** What its button does, or null for none. */
  readonly action: 'connect' | 'reload' | 'dismiss' | null;
}

/** What a person has to know beyond the state of the line; null for nothing. */
export function noticeFor(state: Dashboard, status: LineStatus): Notice | null {
  if (status.kind === 'refused') {
    const { error } = status;
    return { text: refusalWords(error), action: isOtherVersion(error) ? 'reload' : 'connect' };
  }
  // Where the server said why it lets nobody in for now.
  const { error } = state.line;
  if (status.kind === 'reconnecting' && error) {
    return { text: `Not connected: ${error.message}.`, action: null };
  }
  if (state.serverError) return { text: `The server says: ${state.serverError}`, action: null };
  return null;
}
