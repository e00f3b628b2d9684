import { IDLE_TIMEOUT_MS } from '@tidegauge/protocol';
import {
  CLOSE_TIMEOUT_MS,
  ClientRecord,
  type ClientTraits,
  PAUSE_MS_MAX,
  PONG_LATE_MS,
  STUCK_TIMEOUTS,
  type Surroundings,
  SWEEPS_MS,
} from './client-record.ts';
import { clientFrame, OPCODES } from './frame-reader.ts';
import { InboundModel, type Verdict } from './inbound-model.ts';
import { Inbox } from './inbox.ts';
import { SimStream } from './sim-stream.ts';

/** What one message brings about when it is taken. */
export interface Effect {
  readonly errors?: number;
  readonly pong?: boolean;
  readonly apply?: () => void;
}

const NOTHING = Buffer.alloc(0);

/** A client: says what it is told to, and answers what it reads. */
export class SimClient {
  readonly record: ClientRecord;
  readonly stream: SimStream;
  /** By channel: the newest position that it has read. */
  readonly positions: Map<string, number> = new Map();
  readonly #around: Surroundings;
  readonly #inbound: InboundModel;
  /** What it says as soon as it is connected. */
  firstWords: () => void = () => {};
  /** Does nothing more of its own accord. */
  isSilent = false;
  #answersPings = true;
  #answersClose = true;

  constructor(traits: ClientTraits, around: Surroundings) {
    const { clock, settings } = around;
    this.#around = around;
    this.#inbound = new InboundModel(settings.messagesPer10sMax);
    this.record = new ClientRecord(traits, clock.ms);
    const inbox = new Inbox(this.record, around);
    this.stream = new SimStream(inbox, traits.kernelBytesMax, () => clock.ms);
  }

  get name(): string {
    return this.record.traits.name;
  }

  get hasReadAll(): boolean {
    return this.stream.readBytes === this.stream.writtenBytes;
  }

  /** Whether the server may hold something back until it has taken or answered what it was sent. */
  get mayBeBehind(): boolean {
    const { answeredLate, pingedMs } = this.record;
    return this.stream.isBehind || answeredLate || pingedMs !== null;
  }

  /** @param split where to cut the frame in two; 0: not at all */
  say(message: unknown, effect: Effect, split = 0): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    if (this.record.isServed) this.#expect(this.#verdict(), effect);
    this.#feed(OPCODES.text, Buffer.from(text), split);
    this.#settle();
  }

  sayBinary(): void {
    if (this.record.isServed) this.#expect(this.#verdict(), { errors: 1 });
    this.#feed(OPCODES.binary, Buffer.from('{}'));
    this.#settle();
  }

  ping(): void {
    if (this.record.isServed && this.#verdict() === 'taken') this.record.owed.controlPongs++;
    this.#feed(OPCODES.ping, Buffer.from('still there?'));
    this.#settle();
  }

  pong(): void {
    if (this.record.isServed) this.#verdict();
    const { clock } = this.#around;
    const waitedMs = clock.ms - (this.record.pingedMs ?? clock.ms);
    if (waitedMs >= PONG_LATE_MS) this.record.answeredLate = true;
    this.record.pingedMs = null;
    this.#feed(OPCODES.pong, NOTHING);
    this.#settle();
  }

  /** @param code 1005 for a close frame without one */
  close(code: number): void {
    if (this.record.isServed) this.record.endedWith = code;
    this.#feedClose(code);
  }

  /** Breaks RFC 6455. @param code what the server has to close with */
  breach(bytes: Buffer, code: number): void {
    if (this.record.isServed) this.record.endedWith = code;
    this.#push(bytes);
  }

  cut(): void {
    this.record.endedWith ??= 1006;
    this.stream.destroy(new Error('read ECONNRESET'));
  }

  /** What it still answers from now on. */
  behave(answers: { readonly pings: boolean; readonly closes: boolean }): void {
    this.#answersPings = answers.pings;
    this.#answersClose = answers.closes;
  }

  /** Answers what it has read by now. To be called after each step. */
  react(): void {
    const { inFlight } = this.record;
    this.firstWords();
    this.firstWords = () => {};
    while (inFlight[0] !== undefined && inFlight[0].endByte <= this.stream.readBytes) {
      const { what } = inFlight.shift()!;
      if (what === 'ping') this.#answerPing();
      else if (what === 'close') this.#answerClose();
      else this.positions.set(what.channel, what.seq);
    }
    if (this.#answersClose && this.stream.isReadToEnd) this.stream.leave();
  }

  /** That it would have to be gone by now, and why; null when it may be there. */
  get overdue(): string | null {
    const { closeCode, closedMs, endedWith, lastFrameMs, traits } = this.record;
    const { clock, settings } = this.#around;
    const sweptMs = clock.settledMs - SWEEPS_MS;
    if (endedWith !== null) {
      // `ws` is at it, with a timer of its own that runs in real time; the hub sees it as idle,
      // possibly after a pause.
      const goneMs = lastFrameMs + IDLE_TIMEOUT_MS + PAUSE_MS_MAX + CLOSE_TIMEOUT_MS;
      return goneMs < sweptMs ? 'has left' : null;
    }
    if (closeCode !== null) return closedMs + CLOSE_TIMEOUT_MS < sweptMs ? 'was closed' : null;
    if (lastFrameMs + IDLE_TIMEOUT_MS < sweptMs) return 'is idle';
    const sweptSec = clock.nowSec() - (clock.ms - sweptMs) / 1000;
    if ((traits.expiresSec ?? sweptSec) < sweptSec) return 'has a token that has expired';
    const stuckMs = STUCK_TIMEOUTS * settings.slowTimeoutMs;
    return this.stream.behindSinceMs + stuckMs < sweptMs ? 'takes no bytes' : null;
  }

  #answerPing(): void {
    if (this.#answersPings && this.record.endedWith === null) this.pong();
  }

  #answerClose(): void {
    if (this.#answersClose && this.record.endedWith === null) {
      this.#feedClose(this.record.closeCode ?? 1005);
    }
  }

  #feedClose(code: number): void {
    const body = Buffer.alloc(code === 1005 ? 0 : 2);
    if (body.length > 0) body.writeUInt16BE(code);
    this.#feed(OPCODES.close, body);
  }

  #feed(opcode: number, payload: Buffer, split = 0): void {
    const frame = clientFrame(opcode, payload, this.#around.bytes(4));
    if (split > 0) this.#push(frame.subarray(0, split));
    this.#push(frame.subarray(split));
  }

  #push(bytes: Buffer): void {
    if (!this.stream.destroyed && !this.stream.hasLeft) this.stream.push(bytes);
  }

  #verdict(): Verdict {
    const { clock } = this.#around;
    this.record.lastFrameMs = clock.ms;
    const verdict = this.#inbound.frame(clock.ms);
    if (verdict === 'closed') this.record.dueCode = 4029;
    return verdict;
  }

  #expect(verdict: Verdict, { errors = 0, pong = false, apply }: Effect): void {
    const { owed } = this.record;
    if (verdict === 'refused') owed.errors++;
    if (verdict !== 'taken') return;
    apply?.();
    if (pong) owed.pongs++;
    owed.errors += errors;
    if (errors > 0 && this.#inbound.error(this.#around.clock.ms)) this.record.dueCode = 4500;
  }

  /** What a message brings about is there once it has been read. */
  #settle(): void {
    const { owed, dueCode, isServed } = this.record;
    const isOwed = owed.pongs + owed.errors + owed.controlPongs > 0;
    if (isServed && isOwed) this.#around.fault(`${this.name} is owed ${JSON.stringify(owed)}`);
    if (isServed && dueCode !== null) {
      this.#around.fault(`${this.name} was not closed with ${dueCode}`);
    }
    this.record.settleOwed();
  }
}
