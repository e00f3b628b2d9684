import { REFUSALS } from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import { type Answer, refusalAnswer } from './answer.ts';
import { type TurnLimits, Turns } from './turns.ts';

export interface ClientTurnLimits extends TurnLimits {
  /** Whoever waits for longer is turned away. */
  readonly waitMs: number;
}

/** Who asks, and until when. */
export interface Asker {
  /** What clients are counted by; see addressKey. */
  readonly client: string;
  /** Aborted when the answer has gone out, or nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/**
 * Lets each client have few answers at work or on their way to it, so that one that asks much and
 * takes little is in its own way only. Its next questions wait, holding nothing, until it has taken
 * an answer; only when that takes long, or too many wait, are they refused.
 */
export class ClientTurns {
  readonly #clock: Clock;
  readonly #limits: ClientTurnLimits;
  /** Of those who have a turn. */
  readonly #byClient: Map<string, Turns> = new Map();

  constructor(clock: Clock, limits: ClientTurnLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many clients have a turn. */
  get size(): number {
    return this.#byClient.size;
  }

  /**
   * The answer of a work that begins when it is the client's turn, or the refusal of it. The turn
   * is over when the signal is aborted.
   *
   * @throws what the work throws; the signal's reason
   */
  async run({ client, signal }: Asker, work: () => Promise<Answer>): Promise<Answer> {
    const turns = this.#byClient.get(client) ?? new Turns(this.#limits);
    if (turns.full || !(await this.#take(turns, client, signal))) return this.#refusal();
    const leave = (): void => {
      turns.leave();
      if (turns.idle) this.#byClient.delete(client);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return work();
  }

  /** False when the turn did not come in time. */
  async #take(turns: Turns, client: string, signal: AbortSignal): Promise<boolean> {
    const late = new AbortController();
    const cancel = this.#clock.after(this.#limits.waitMs, () => late.abort());
    try {
      const turn = turns.take(AbortSignal.any([signal, late.signal]));
      this.#byClient.set(client, turns);
      await turn;
      return true;
    } catch (error) {
      if (!late.signal.aborted || signal.aborted) throw error;
      return false;
    } finally {
      cancel();
    }
  }

  #refusal(): Answer {
    const { atOnce } = this.#limits;
    return refusalAnswer(
      REFUSALS.tooManyRequests,
      `${atOnce} answers are at work for this address or not yet taken by it; no more are allowed`,
    );
  }
}
