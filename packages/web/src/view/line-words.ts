import { duration } from '../format/duration.ts';
import type { TimeFormats } from '../format/times.ts';
import type { LineStatus } from '../model/line-status.ts';

/** Colour and mark of the state; the style sheet has a shape for each, so colour is never alone. */
export type Tone = 'idle' | 'ended' | 'good' | 'slow' | 'poll' | 'wait' | 'lost' | 'stale';

export interface LineWords {
  readonly tone: Tone;
  /** On screen; may count seconds. */
  readonly text: string;
  /** Read out; the same for as long as the state is. */
  readonly spoken: string;
}

export function lineWords(status: LineStatus, times: TimeFormats): LineWords {
  switch (status.kind) {
    case 'connecting':
      return words('idle', 'Connecting…');
    case 'live':
      return words('good', 'Live');
    case 'warming-up':
      return words('good', 'Connected, warming up');
    case 'slow':
      return words('slow', 'Connection slow, updates may be missing');
    case 'polling':
      return words('poll', 'No live line: polling');
    case 'stale':
      return words('stale', staleText(status.sinceSec, times));
    case 'silent': {
      const text = `No updates for ${duration(status.silentSec)}`;
      return words('wait', text, 'Connected, but no updates come');
    }
    case 'reconnecting':
      return reconnectingWords(status);
    case 'offline':
      return words('lost', 'Disconnected: this device is offline');
    case 'key-needed':
      return words('wait', 'Waiting for a key');
    case 'refused':
      return words('lost', 'Disconnected by the server');
    case 'closed':
      return words('lost', 'Disconnected');
  }
}

function words(tone: Tone, text: string, spoken = text): LineWords {
  return { tone, text, spoken };
}

function staleText(sinceSec: number | null, times: TimeFormats): string {
  return sinceSec === null ? 'Source stale' : `Source stale since ${times.second(sinceSec)}`;
}

function reconnectingWords(status: {
  readonly inSec: number | null;
  readonly lasting: boolean;
}): LineWords {
  const { inSec, lasting } = status;
  const tone = lasting ? 'lost' : 'wait';
  const what = lasting ? 'Disconnected, trying again' : 'Reconnecting';
  return words(tone, inSec === null ? `${what}…` : `${what} in ${inSec} s`, what);
}
