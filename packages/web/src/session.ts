/** Joins the connection to what the page knows: says what is wanted, takes in what comes. */
import type { Cancel, Clock } from './clock.ts';
import { Connection, type ConnectionPorts } from './line/connection.ts';
import type { Dashboard } from './model/dashboard.ts';
import { readMessage } from './wire/read-message.ts';

/** Not `full`: that repeats a thousand points twice a second, some 120 KB/s. */
const SUBSCRIBE = JSON.stringify({ subscribe: ['price', 'transactions', 'confirmed'] });
const LEAVE_POINTS = JSON.stringify({ unsubscribe: 'transactions' });
const ASK_POINTS = JSON.stringify({ subscribe: 'transactions' });
/** If the window of points has not come by then, it is asked for again. */
const WINDOW_DUE_MS = 10_000;

export class Session {
  readonly connection: Connection;
  readonly #clock: Clock;
  readonly #state: Dashboard;
  readonly #changed: () => void;
  #windowDue: Cancel | null = null;

  /** @param changed called after each change of the state */
  constructor(ports: ConnectionPorts, state: Dashboard, changed: () => void) {
    this.#clock = ports.clock;
    this.#state = state;
    this.#changed = changed;
    this.connection = new Connection(ports, {
      onOpen: () => {
        this.connection.send(SUBSCRIBE);
        this.#expectWindow();
      },
      onText: (text) => this.#take(text),
      onState: (line) => {
        if (line.kind !== 'open') this.#cancelWindow();
        state.lineChanged(line, ports.clock.nowMs());
        changed();
      },
    });
  }

  #take(text: string): void {
    const effect = this.#state.take(readMessage(text), this.#clock.nowMs());
    if (effect === 'ask-window') this.#askWindow();
    if (!this.#state.stream.waitsForWindow) this.#cancelWindow();
    this.#changed();
  }

  #askWindow(): void {
    this.connection.send(LEAVE_POINTS);
    this.connection.send(ASK_POINTS);
    this.#expectWindow();
  }

  #expectWindow(): void {
    this.#cancelWindow();
    this.#windowDue = this.#clock.after(WINDOW_DUE_MS, () => this.#askWindow());
  }

  #cancelWindow(): void {
    this.#windowDue?.();
    this.#windowDue = null;
  }
}
