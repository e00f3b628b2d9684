import { describe, expect, test } from 'vitest';
import { type Answer, jsonAnswer } from '../../src/http/answer.ts';
import { ClientTurns } from '../../src/http/client-turns.ts';
import { FakeClock } from '../hub-fakes.ts';

const LIMITS = { atOnce: 2, waitingMax: 1, waitMs: 5_000 };
/** Lets everything happen that is due. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A question of some client, and what became of it. */
class Question {
  readonly #taken = new AbortController();
  readonly answer: Promise<Answer>;
  begun = false;

  constructor(turns: ClientTurns, client: string) {
    this.answer = turns.run({ client, signal: this.#taken.signal }, () => {
      this.begun = true;
      return Promise.resolve(jsonAnswer(200, '{}'));
    });
    // Each test looks at those that matter to it.
    this.answer.catch(() => {});
  }

  /** The client has the answer, or does not want it any more. */
  take(): void {
    this.#taken.abort(new Error('gone'));
  }
}

function ask(turns: ClientTurns, ...clients: string[]): Question[] {
  return clients.map((client) => new Question(turns, client));
}

describe('the turns of clients', () => {
  test('a client begins a third answer when it has taken one of two', async () => {
    const clock = new FakeClock();
    const turns = new ClientTurns(clock, LIMITS);
    const [first, second, third] = ask(turns, 'a', 'a', 'a');
    await settled();
    expect([first!.begun, second!.begun, third!.begun]).toEqual([true, true, false]);
    second!.take();
    expect((await third!.answer).status).toBe(200);
    first!.take();
    third!.take();
    expect([turns.size, clock.timers]).toEqual([0, 0]);
  });

  test('that takes none is in nobody else’s way', async () => {
    const turns = new ClientTurns(new FakeClock(), LIMITS);
    ask(turns, 'a', 'a', 'a', 'a', 'a');
    const others = ask(turns, 'b', 'c', 'b');
    const answers = await Promise.all(others.map(({ answer }) => answer));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('with too many waiting is refused the next, and told when to come again', async () => {
    const turns = new ClientTurns(new FakeClock(), LIMITS);
    const [, , waiting, refused] = ask(turns, 'a', 'a', 'a', 'a');
    const { status, headers, body } = await refused!.answer;
    expect([status, headers['retry-after']]).toEqual([429, '5']);
    expect(JSON.parse(body.toString())).toEqual({
      error: {
        code: 'TOO_MANY_REQUESTS',
        message:
          '2 answers are at work for this address or not yet taken by it; no more are allowed',
      },
    });
    expect([waiting!.begun, refused!.begun]).toEqual([false, false]);
  });

  test('whoever waits for long is refused, and its place is free', async () => {
    const clock = new FakeClock();
    const turns = new ClientTurns(clock, LIMITS);
    const [first, , waiting] = ask(turns, 'a', 'a', 'a');
    clock.advance(LIMITS.waitMs - 1);
    await settled();
    const state = Promise.race([waiting!.answer, Promise.resolve('waits')]);
    expect(await state).toBe('waits');
    clock.advance(1);
    expect((await waiting!.answer).status).toBe(429);
    const [next] = ask(turns, 'a');
    first!.take();
    expect((await next!.answer).status).toBe(200);
    expect(waiting!.begun).toBe(false);
  });

  test('whoever goes away while it waits leaves no trace', async () => {
    const clock = new FakeClock();
    const turns = new ClientTurns(clock, LIMITS);
    const [first, second, gone] = ask(turns, 'a', 'a', 'a');
    gone!.take();
    await expect(gone!.answer).rejects.toThrow('gone');
    await settled();
    for (const each of [first!, second!]) each.take();
    expect([gone!.begun, turns.size, clock.timers]).toEqual([false, 0, 0]);
    const signal = AbortSignal.abort(new Error('gone before'));
    const work = () => Promise.resolve(jsonAnswer(200, '{}'));
    await expect(turns.run({ client: 'a', signal }, work)).rejects.toThrow('gone before');
    expect(turns.size).toBe(0);
  });

  test('a work that fails keeps its turn until the refusal has gone out', async () => {
    const turns = new ClientTurns(new FakeClock(), LIMITS);
    const gone = new AbortController();
    const failing = () => Promise.reject(new Error('no disk'));
    const asked = turns.run({ client: 'a', signal: gone.signal }, failing);
    await expect(asked).rejects.toThrow('no disk');
    expect(turns.size).toBe(1);
    gone.abort();
    expect(turns.size).toBe(0);
  });
});
