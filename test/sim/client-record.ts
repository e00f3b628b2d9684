import { HEATMAP_PATH } from '@tidegauge/protocol';
import type { SessionSettings } from '../../packages/server/src/hub/session.ts';
import type { Inflations } from './client-inflate.ts';
import type { Journal, Told } from './journal.ts';
import type { SimClock } from './sim-clock.ts';
import { Subscriptions, type WriteTimes } from './subscriptions.ts';

/** What all clients of a run share. */
export interface Surroundings {
  readonly clock: SimClock;
  readonly settings: SessionSettings;
  readonly journal: Journal;
  readonly inflations: Inflations;
  times(): WriteTimes;
  /** Bytes by chance, for masks. */
  bytes(count: number): Buffer;
  /** Whether a source at this address has been lost lately. */
  isStale(path: string): boolean;
  isDraining(): boolean;
  /** Something was wrong: the run ends after this step. */
  fault(words: string): void;
  /** Something happened that the runs have to bring about. */
  seen(what: string, count?: number): void;
  /** The server has written this to one of them. */
  wrote(bytes: Buffer): void;
}

/** What is looked at each second, one thing at a time, is seen so much later at the most. */
export const SWEEPS_MS = 2_000;

/** Slow timeouts without a break after which a client is closed. */
export const STUCK_TIMEOUTS = 10;

/** How long a client may take to answer a close frame. */
export const CLOSE_TIMEOUT_MS = 5_000;

/** For so long nothing at all may run. */
export const PAUSE_MS_MAX = 15_000;

/** A ping that is unanswered for so long makes a client count as behind. */
export const PONG_LATE_MS = 10_000;

export interface ClientTraits {
  readonly name: string;
  readonly path: string;
  readonly wantsHello: boolean;
  readonly wantsDefault: boolean;
  readonly sessionId: string | null;
  readonly expiresSec: number | null;
  /** What it offers as Sec-WebSocket-Extensions. */
  readonly extensions: string | null;
  /** What the kernel takes for it while it reads nothing. */
  readonly kernelBytesMax: number;
}

/** Something that a client will have read with this byte. */
export interface InFlight {
  readonly endByte: number;
  readonly what: Told | 'ping' | 'close';
}

/** What is known of one client: what it asked for and did, and what it was sent. */
export class ClientRecord {
  readonly traits: ClientTraits;
  readonly subscriptions: Subscriptions = new Subscriptions();
  /** Publications that were written to it, by channel. */
  readonly sent: Map<string, number> = new Map();
  readonly inFlight: InFlight[] = [];
  /** Answers that have to be there when what it said has been read. */
  owed: { pongs: number; errors: number; controlPongs: number } = NOTHING_OWED();
  /** The code that the server has to close with now. */
  dueCode: number | null = null;
  /** What the client ended the connection with: its close code, or the one for its breach. */
  endedWith: number | null = null;
  /** The code in the server's close frame. */
  closeCode: number | null = null;
  closedMs = 0;
  lastFrameMs: number;
  /** When the oldest ping was written that it has not answered. */
  pingedMs: number | null = null;
  /** When it was last written a publication: then it did not count as behind. */
  publishedMs: number;
  /** It has answered a ping late since then. */
  answeredLate = false;
  slowWarnings = 0;
  unstableWarnings = 0;
  /** Of /ws/mempool: the default was replaced. */
  hasChosen = false;

  constructor(traits: ClientTraits, nowMs: number) {
    this.traits = traits;
    this.lastFrameMs = nowMs;
    this.publishedMs = nowMs;
  }

  get isHeatmap(): boolean {
    return this.traits.path === HEATMAP_PATH;
  }

  /** Neither side has begun to end the connection. */
  get isServed(): boolean {
    return this.closeCode === null && this.endedWith === null;
  }

  settleOwed(): void {
    this.owed = NOTHING_OWED();
  }
}

const NOTHING_OWED = () => ({ pongs: 0, errors: 0, controlPongs: 0 });
