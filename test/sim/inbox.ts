import { IDLE_TIMEOUT_MS } from '@tidegauge/protocol';
import { type ClientInflate, clientInflate } from './client-inflate.ts';
import {
  type ClientRecord,
  PONG_LATE_MS,
  STUCK_TIMEOUTS,
  type Surroundings,
  SWEEPS_MS,
} from './client-record.ts';
import { type FrameListener, FrameReader } from './frame-reader.ts';
import type { Told } from './journal.ts';
import type { StreamWatcher, StreamWrite } from './sim-stream.ts';

const RECONNECT_HINT = /^reconnect after \d+ ms$/;

interface ControlMessage {
  readonly type: string;
  readonly code?: string;
}

/**
 * Reads what the server writes to one client as that would, at the moment of the write, and checks
 * that each message may come to it now.
 */
export class Inbox implements StreamWatcher, FrameListener {
  readonly #record: ClientRecord;
  readonly #around: Surroundings;
  readonly #reader: FrameReader;
  #write: StreamWrite = {
    unsentBefore: 0,
    behindMs: 0,
    wasBehind: false,
    drainedMs: 0,
    endByte: 0,
  };
  #inflate: ClientInflate | null = null;
  #greeted = false;

  constructor(record: ClientRecord, around: Surroundings) {
    this.#record = record;
    this.#around = around;
    this.#reader = new FrameReader(this);
  }

  written(chunk: Buffer, write: StreamWrite): void {
    this.#around.wrote(chunk);
    this.#write = write;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.broken(error instanceof Error ? error.message : String(error));
    }
  }

  broken(words: string): void {
    this.#around.fault(`${this.#record.traits.name}: ${words}`);
  }

  handshake(head: string): void {
    demand(head.startsWith('HTTP/1.1 101 '), `refused: ${head}`);
    this.#inflate = clientInflate(head, this.#around.inflations);
  }

  text(payload: Buffer, compressed: boolean): void {
    this.#checkRoom();
    demand(!compressed || this.#inflate !== null, 'a compressed message that was not agreed on');
    const text = compressed ? this.#inflate!.text(payload) : payload.toString();
    const told = this.#around.journal.find(text);
    if (told === undefined) {
      demand(!compressed, `what was never published: ${text}`);
      this.#control(JSON.parse(text) as ControlMessage);
      return;
    }
    const form = compressed ? this.#inflate!.form : 'plain';
    this.#around.seen(`bytes ${form}`, payload.length);
    this.#around.seen(`chars ${form}`, text.length);
    this.#publication(told);
  }

  ping(): void {
    this.#checkRoom();
    this.#record.pingedMs ??= this.#around.clock.ms;
    this.#fly('ping');
  }

  pong(): void {
    this.#checkRoom();
    this.#record.owed.controlPongs--;
    demand(this.#record.owed.controlPongs >= 0, 'a pong without a ping');
  }

  close(code: number, reason: string): void {
    demand(this.#mayClose(code), `closed with ${code} (${reason}) for no reason`);
    const hinted = code === 1012 || code === 4029;
    demand(!hinted || RECONNECT_HINT.test(reason), `closed with ${code} and no hint: ${reason}`);
    this.#record.closeCode = code;
    this.#record.closedMs = this.#around.clock.ms;
    this.#around.seen(`close ${code}`);
    this.#fly('close');
  }

  #publication(told: Told): void {
    const { traits, subscriptions, sent } = this.#record;
    demand(this.#greeted || !traits.wantsHello, `${told.channel} before the hello`);
    const { unsentBefore, wasBehind } = this.#write;
    demand(unsentBefore === 0 || !wasBehind, `${told.channel} while bytes are waiting`);
    this.#checkAnswers();
    if (told.channel === 'transactions') {
      const isHealed = told.kind === 'whole' && subscriptions.seqOf(told.channel) > 0;
      this.#around.seen(isHealed ? 'gap healed' : `points ${told.kind}`);
    }
    subscriptions.take(told, this.#around.times());
    this.#record.publishedMs = this.#around.clock.ms;
    this.#record.answeredLate = false;
    sent.set(told.channel, (sent.get(told.channel) ?? 0) + 1);
    this.#fly(told);
  }

  #control(message: ControlMessage): void {
    const { owed, traits } = this.#record;
    const { type, code } = message;
    this.#around.seen(code === undefined ? type : `${type} ${code}`);
    demand(type === 'hello' || this.#greeted || !traits.wantsHello, `${type} before the hello`);
    if (type === 'hello') {
      demand(traits.wantsHello && !this.#greeted, 'a hello too many');
      this.#greeted = true;
    } else if (type === 'pong') {
      owed.pongs--;
      demand(owed.pongs >= 0, 'a pong message without a ping');
    } else if (code === 'UNAUTHORIZED') {
      demand(this.#hasExpired, 'a word of its token, which stands');
    } else if (type === 'error') {
      owed.errors--;
      demand(owed.errors >= 0, `an error for nothing: ${JSON.stringify(message)}`);
    } else {
      demand(type === 'warning', `what was never published: ${JSON.stringify(message)}`);
      this.#warning(code ?? '');
    }
  }

  #warning(code: string): void {
    const { traits } = this.#record;
    if (code === 'SLOW_CONSUMER') {
      this.#record.slowWarnings++;
      const { slowTimeoutMs } = this.#around.settings;
      demand(this.#behindMs() >= slowTimeoutMs, `warned after ${this.#behindMs()} ms behind`);
    } else if (code === 'CONNECTION_UNSTABLE') {
      this.#record.unstableWarnings++;
    } else {
      demand(code === 'SOURCE_STALE', `a warning ${code}`);
      demand(this.#around.isStale(traits.path), 'warned of a source that is well');
    }
  }

  /** The close frame is all that follows when too much waits. */
  #checkRoom(): void {
    const { unsentBefore } = this.#write;
    const { pendingBytesMax } = this.#around.settings;
    demand(unsentBefore <= pendingBytesMax, `${unsentBefore} bytes wait, and more is written`);
  }

  /** Whoever leaves a ping unanswered is sent no more, once that has been seen. */
  #checkAnswers(): void {
    const sweptMs = this.#around.clock.settledMs - SWEEPS_MS;
    // Who takes bytes again is alive, and served until the next sweep.
    const pingedMs = this.#record.pingedMs ?? sweptMs;
    const lateMs = Math.max(pingedMs + PONG_LATE_MS, this.#write.drainedMs);
    demand(lateMs >= sweptMs, 'served though its pong is late');
  }

  #mayClose(code: number): boolean {
    const { dueCode, endedWith, lastFrameMs, slowWarnings } = this.#record;
    const { clock, settings } = this.#around;
    if (code === dueCode || code === endedWith) return true;
    if (code === 1012) return this.#around.isDraining();
    if (code === 4009) return clock.ms - lastFrameMs >= IDLE_TIMEOUT_MS;
    if (code === 4501) return this.#hasExpired;
    if (code !== 4008) return false;
    const { unsentBefore } = this.#write;
    const isStuck = this.#behindMs() >= STUCK_TIMEOUTS * settings.slowTimeoutMs;
    return unsentBefore > settings.pendingBytesMax || slowWarnings >= 3 || isStuck;
  }

  get #hasExpired(): boolean {
    const { expiresSec } = this.#record.traits;
    return expiresSec !== null && this.#around.clock.nowSec() >= expiresSec;
  }

  /** For how long it may count as behind, for bytes that wait or a ping that was answered late. */
  #behindMs(): number {
    const { answeredLate, pingedMs, publishedMs } = this.#record;
    const { ms } = this.#around.clock;
    const isLate = answeredLate || ms - (pingedMs ?? ms) >= PONG_LATE_MS;
    return isLate ? ms - publishedMs : this.#write.behindMs;
  }

  #fly(what: Told | 'ping' | 'close'): void {
    this.#record.inFlight.push({ endByte: this.#write.endByte, what });
  }
}

function demand(holds: boolean, wrong: string): void {
  if (!holds) throw new Error(wrong);
}
