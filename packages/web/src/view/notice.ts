import type { Dashboard } from '../model/dashboard.ts';
import type { LineStatus } from '../model/line-status.ts';

export interface Notice {
  readonly text: string;
  /** What its button does, or null for none. */
  readonly action: 'connect' | 'reload' | null;
}

/** What a person has to know beyond the state of the line; null for nothing. */
export function noticeFor(state: Dashboard, status: LineStatus): Notice | null {
  if (status.kind === 'refused') {
    const why = status.reason || 'no reason given';
    const text = `The server closed the line and asked not to be called again: ${why} (${status.code}).`;
    return { text, action: 'connect' };
  }
  if (state.newerProtocol !== null) {
    const text =
      `The server speaks protocol ${state.newerProtocol}, which is newer than this page. ` +
      'Some of what is shown may be missing or wrong.';
    return { text, action: 'reload' };
  }
  if (state.serverError) return { text: `The server says: ${state.serverError}`, action: null };
  return null;
}
