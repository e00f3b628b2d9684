import type { Frame } from './source.ts';

/**
 * A block may weigh 4,000,000 units and a byte weighs at least one (BIP 141), so neither it nor a
 * transaction in it can be longer.
 */
export const BODY_BYTES_MAX = 4_000_000;
const COUNTER_BYTES = 4;

export type Topic = Frame['topic'];
export const TOPICS: readonly Topic[] = ['rawtx', 'rawblock'];

/** Why a message is no frame. */
export type MalformedReason = 'parts' | 'topic' | 'counter' | 'empty' | 'oversized';

export interface Malformed {
  readonly malformed: MalformedReason;
  /** Where both could be read all the same: the message did come, and leaves no gap. */
  readonly topic: Topic | null;
  readonly counter: number | null;
}

/**
 * Reads one message of a Bitcoin node: topic, body, and the publisher's counter for that topic as
 * 4 bytes, little-endian (Bitcoin Core, doc/zmq.md). Never throws; the body is not copied.
 */
export function readMessage(parts: readonly Uint8Array[], timeSec: number): Frame | Malformed {
  if (parts.length !== 3) return { malformed: 'parts', topic: null, counter: null };
  const topic = readTopic(parts[0]!);
  if (topic === null) return { malformed: 'topic', topic, counter: null };
  if (parts[2]!.length !== COUNTER_BYTES) return { malformed: 'counter', topic, counter: null };
  const counter = readUint32(parts[2]!);
  const body = parts[1]!;
  if (body.length === 0) return { malformed: 'empty', topic, counter };
  if (body.length > BODY_BYTES_MAX) return { malformed: 'oversized', topic, counter };
  return { topic, body, counter, timeSec };
}

function readTopic(part: Uint8Array): Topic | null {
  for (const topic of TOPICS) {
    if (part.length === topic.length && hasText(part, topic)) return topic;
  }
  return null;
}

function hasText(part: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (part[i] !== text.charCodeAt(i)) return false;
  return true;
}

function readUint32(part: Uint8Array): number {
  return (part[0]! | (part[1]! << 8) | (part[2]! << 16) | (part[3]! << 24)) >>> 0;
}
