import { beforeEach, describe, expect, it } from 'vitest';
import { Loader, type LoadOutcome, type LoadState } from '../../src/rest/loader.ts';
import { FakeClock } from '../fake-clock.ts';

interface Question {
  readonly signal: AbortSignal;
  answer(outcome: LoadOutcome<string>): Promise<void>;
}

let clock: FakeClock;
let questions: Question[];
let states: LoadState['kind'][];
let values: string[];
let loader: Loader<string>;
let last: LoadState;

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const load = (signal: AbortSignal): Promise<LoadOutcome<string>> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    questions.push({
      signal,
      answer: async (outcome) => {
        resolve(outcome);
        await settled();
      },
    });
  });

beforeEach(() => {
  clock = new FakeClock();
  questions = [];
  states = [];
  values = [];
  loader = new Loader(
    { clock, random: () => 0.5 },
    {
      onState: (state) => {
        last = state;
        states.push(state.kind);
      },
      onValue: (value) => values.push(value),
    },
  );
});

const problem = (over: object = {}): LoadOutcome<string> => ({
  kind: 'problem',
  message: 'busy',
  passing: true,
  retryAfterMs: null,
  ...over,
});

describe('loader', () => {
  it('hands on what it loads', async () => {
    loader.start(load);
    await questions[0]!.answer({ kind: 'ok', value: 'map' });
    expect([states, values]).toEqual([['loading', 'loaded'], ['map']]);
    expect(clock.pending).toBe(0);
  });

  it('tries again after 2, 4 and 8 s, or when the server says', async () => {
    loader.start(load);
    const waits: number[] = [];
    for (const retryAfterMs of [null, null, 700, null]) {
      await questions.at(-1)!.answer(problem({ retryAfterMs }));
      if (last.kind !== 'failed') throw new Error(`not failed but ${last.kind}`);
      waits.push(last.retryAtMs! - clock.nowMs());
      clock.pass(waits.at(-1)!);
    }
    expect(waits).toEqual([2_000, 4_000, 700, 16_000]);
    await questions.at(-1)!.answer({ kind: 'ok', value: 'map' });
    expect([values, questions.length]).toEqual([['map'], 5]);
  });

  it('waits for a person where trying again changes nothing', async () => {
    loader.start(load);
    await questions[0]!.answer(problem({ passing: false }));
    expect(last).toEqual({ kind: 'failed', message: 'busy', retryAtMs: null });
    expect(clock.pending).toBe(0);
    loader.retry();
    expect(questions).toHaveLength(2);
  });

  it('calls off what is under way when something else is wanted', async () => {
    loader.start(load);
    loader.start(load);
    expect(questions.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    await questions[0]!.answer({ kind: 'ok', value: 'old' });
    await questions[1]!.answer({ kind: 'ok', value: 'new' });
    expect(values).toEqual(['new']);
  });

  it('leaves nothing behind when it is stopped', async () => {
    loader.start(load);
    await questions[0]!.answer(problem());
    loader.stop();
    expect([clock.pending, last.kind]).toEqual([0, 'idle']);
    loader.retry();
    expect(questions).toHaveLength(1);
  });
});
