/** Work on answers that a test holds in its hands. */
import { EventEmitter, once } from 'node:events';
import { type Answer, jsonAnswer } from '../../src/http/answer.ts';

/** Of somebody who waits. */
export const never: AbortSignal = new AbortController().signal;

/** A work that goes on until it is told to end, or called off. */
export class Work {
  readonly #events = new EventEmitter();
  signal: AbortSignal | null = null;

  readonly run = async (signal: AbortSignal): Promise<Answer> => {
    this.signal = signal;
    const [text] = (await once(this.#events, 'end', { signal })) as [string];
    return jsonAnswer(200, text);
  };

  get begun(): boolean {
    return this.signal !== null;
  }

  end(text = '{}'): void {
    this.#events.emit('end', text);
  }
}
