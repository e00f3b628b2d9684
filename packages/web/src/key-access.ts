/** Asks a person for a key where the server does, and keeps the one that lets this page in. */
import type { Cancel, Clock } from './clock.ts';
import type { KeptText } from './kept-text.ts';
import type { KeyProblem, KeyState } from './model/key-state.ts';
import type { CheckKey, KeyAnswer } from './rest/key-check.ts';

export interface KeyPorts {
  readonly clock: Clock;
  readonly store: KeptText;
  readonly check: CheckKey;
}

export interface KeyEvents {
  /** Nothing will be answered without another key: time to ask for nothing. */
  onNeeded(): void;
  /** The server lets this page in (again). */
  onAdmitted(): void;
  /** After each change of the state. */
  onChange(): void;
}

/** What keys and tokens are made of: anything else would break a header. */
const KEY_FORM = /^[A-Za-z0-9._~-]{1,8192}$/;

export class KeyAccess {
  readonly #ports: KeyPorts;
  readonly #events: KeyEvents;
  #state: KeyState = { kind: 'fine' };
  #key: string | null;
  /** Answers to questions that were asked before the newest one are not heard. */
  #asked = 0;
  #unlock: Cancel | null = null;

  constructor(ports: KeyPorts, events: KeyEvents) {
    this.#ports = ports;
    this.#events = events;
    this.#key = ports.store.read();
  }

  get state(): KeyState {
    return this.#state;
  }

  /** The key to bring along; null without one. */
  get key(): string | null {
    return this.#key;
  }

  /** The server takes what this page came with no more, or it came with nothing. */
  refused(): void {
    const key = this.#key;
    this.#drop();
    this.#need(this.#problemOf({ kind: 'refused' }, key));
  }

  /** Too many wrong keys came from this address: the own one is tried when that is over. */
  locked(waitMs: number): void {
    this.#need(this.#problemOf({ kind: 'locked', waitMs }, this.#key));
    if (this.#key === null) return;
    this.#unlock = this.#ports.clock.after(waitMs, () => void this.#checkOwn());
  }

  /** A person gives a key. It is kept once the server knows it. */
  async offer(text: string): Promise<void> {
    const key = text.trim();
    if (key === '') return;
    if (!KEY_FORM.test(key)) {
      this.#need({ kind: 'malformed' });
      return;
    }
    const answer = await this.#ask(key);
    if (answer?.kind === 'admitted') {
      this.#key = key;
      this.#ports.store.write(key);
      this.#admit();
    } else if (answer) this.#need(this.#problemOf(answer, key));
  }

  /** The key is forgotten here; the server may ask for one or not. */
  async forget(): Promise<void> {
    this.#drop();
    this.#need({ kind: 'absent' });
    const answer = await this.#ask(null);
    if (answer?.kind === 'admitted') this.#admit();
    else if (answer) this.#need({ kind: 'absent' });
  }

  async #checkOwn(): Promise<void> {
    const answer = await this.#ask(this.#key);
    if (!answer) return;
    switch (answer.kind) {
      case 'admitted':
        this.#admit();
        break;
      case 'refused':
        this.refused();
        break;
      case 'locked':
        this.locked(answer.waitMs);
        break;
      case 'unanswered':
        this.#need(answer);
    }
  }

  #problemOf(answer: KeyAnswer, key: string | null): KeyProblem {
    switch (answer.kind) {
      case 'locked':
        return { kind: 'locked', untilMs: this.#ports.clock.nowMs() + answer.waitMs };
      case 'unanswered':
        return { kind: 'unanswered' };
      default:
        return { kind: key === null ? 'absent' : 'wrong' };
    }
  }

  /** Null when something newer was asked meanwhile. */
  async #ask(key: string | null): Promise<KeyAnswer | null> {
    this.#unlock?.();
    this.#unlock = null;
    const asked = ++this.#asked;
    if (this.#state.kind === 'needed') this.#setState({ ...this.#state, checking: true });
    const answer = await this.#ports.check(key);
    return asked === this.#asked ? answer : null;
  }

  #drop(): void {
    this.#key = null;
    this.#ports.store.write(null);
  }

  #need(why: KeyProblem): void {
    const first = this.#state.kind === 'fine';
    this.#setState({ kind: 'needed', why, checking: false });
    if (first) this.#events.onNeeded();
  }

  #admit(): void {
    this.#setState({ kind: 'fine' });
    this.#events.onAdmitted();
  }

  #setState(state: KeyState): void {
    this.#state = state;
    this.#events.onChange();
  }
}
