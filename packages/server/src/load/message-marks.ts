/** Bytes at the start of a message that hold all its marks, whichever its type is. */
export const MARKS_BYTES: number = 256;

/** What a message says of itself near its start. */
export interface MessageMarks {
  /** The channel or symbol whose sequence it belongs to; null: it belongs to none. */
  readonly channel: string | null;
  /** Null when it names none. */
  readonly epoch: string | null;
  readonly seq: number;
  /** When it was published, unix milliseconds; null when it does not say. */
  readonly timeMs: number | null;
  /** The code of a warning or an error, as in `SLOW_CONSUMER`; null: it is neither. */
  readonly code: string | null;
  readonly isError: boolean;
}

const NONE: MessageMarks = {
  channel: null,
  epoch: null,
  seq: 0,
  timeMs: null,
  code: null,
  isError: false,
};

/**
 * Finds the marks without parsing: of thousands of messages a second only this much is looked at.
 * @param head the first MARKS_BYTES of a message, as latin1
 * @returns null for messages that carry no sequence and no code, such as hello, and unknown ones
 */
export function readMarks(head: string): MessageMarks | null {
  const type = textAfter(head, '"type":"');
  if (type === 'warning' || type === 'error') {
    const code = textAfter(head, '"code":"') ?? 'unknown';
    return { ...NONE, code, isError: type === 'error' };
  }
  const seqAt = head.indexOf('"seq":');
  if (type === null || seqAt < 0) return null;
  const seq = Number.parseInt(head.slice(seqAt + 6, seqAt + 22), 10);
  if (Number.isNaN(seq)) return null;
  const epoch = textAfter(head, '"epoch":"');
  if (type === 'snapshot') {
    const channel = textAfter(head, '"symbol":"');
    const timeMs = Date.parse(textAfter(head, '"timestamp":"') ?? '');
    return { ...NONE, channel, epoch, seq, timeMs: Number.isNaN(timeMs) ? null : timeMs };
  }
  const timeSec = numberAfter(head, '"timestamp":');
  const timeMs = type !== 'price_update' || timeSec === null ? null : timeSec * 1000;
  return { ...NONE, channel: channelOf(type, head, seqAt), epoch, seq, timeMs };
}

/** Two channels of /ws/mempool share a type: of `full` the time follows the position. */
function channelOf(type: string, head: string, seqAt: number): string {
  if (type !== 'price_update') return type;
  return head.startsWith('"timestamp"', head.indexOf(',', seqAt) + 1) ? 'full' : 'price';
}

function textAfter(head: string, name: string): string | null {
  const at = head.indexOf(name);
  if (at < 0) return null;
  const start = at + name.length;
  const end = head.indexOf('"', start);
  return end < 0 ? null : head.slice(start, end);
}

function numberAfter(head: string, name: string): number | null {
  const at = head.indexOf(name);
  if (at < 0) return null;
  const value = Number.parseFloat(head.slice(at + name.length, at + name.length + 24));
  return Number.isNaN(value) ? null : value;
}
