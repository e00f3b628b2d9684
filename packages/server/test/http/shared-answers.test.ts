import { describe, expect, test } from 'vitest';
import { SharedAnswers } from '../../src/http/shared-answers.ts';
import { StoreError } from '../../src/store/store.ts';
import { FakeClock } from '../hub-fakes.ts';
import { never, Work } from './work.ts';

describe('shared answers', () => {
  test('one work for all who ask for the same at about the same time', async () => {
    const shared = new SharedAnswers(new FakeClock());
    const [work, other] = [new Work(), new Work()];
    const answers = [1, 2, 3].map(() => shared.answer('a', never, work.run));
    const different = shared.answer('b', never, other.run);
    work.end('{"a":1}');
    other.end('{"b":1}');
    const [first, second, third] = await Promise.all(answers);
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect((await different).body.toString()).toBe('{"b":1}');
  });

  test('is made anew for whoever asks later', async () => {
    const clock = new FakeClock();
    const shared = new SharedAnswers(clock);
    const [early, late] = [new Work(), new Work()];
    const first = shared.answer('a', never, early.run);
    early.end('1');
    await first;
    clock.advance(1_999);
    expect(await shared.answer('a', never, late.run)).toBe(await first);
    clock.advance(1);
    const second = shared.answer('a', never, late.run);
    late.end('2');
    expect((await second).body.toString()).toBe('2');
  });

  test('is kept for as long, also when the first ones are done with it', async () => {
    const clock = new FakeClock();
    const shared = new SharedAnswers(clock);
    const work = new Work();
    const done = new AbortController();
    const first = shared.answer('a', done.signal, work.run);
    work.end('1');
    await first;
    done.abort();
    expect(work.signal!.aborted).toBe(false);
    expect(await shared.answer('a', done.signal, new Work().run)).toBe(await first);
    clock.advance(2_000);
    expect(work.signal!.aborted).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('is held as long as somebody takes it in', async () => {
    const clock = new FakeClock();
    const shared = new SharedAnswers(clock);
    const work = new Work();
    const slow = new AbortController();
    const answer = shared.answer('a', slow.signal, work.run);
    work.end('1');
    await answer;
    clock.advance(5_000);
    expect(work.signal!.aborted).toBe(false);
    slow.abort();
    expect(work.signal!.aborted).toBe(true);
  });

  test('is kept for as long as was said', async () => {
    const clock = new FakeClock();
    const shared = new SharedAnswers(clock, { keptMs: 500 });
    const [early, late] = [new Work(), new Work()];
    const first = shared.answer('a', never, early.run);
    early.end('1');
    await first;
    clock.advance(499);
    expect(await shared.answer('a', never, late.run)).toBe(await first);
    clock.advance(1);
    const second = shared.answer('a', never, late.run);
    late.end('2');
    expect((await second).body.toString()).toBe('2');
  });

  test('are no more than may be: those beyond are made for who asks, and end with him', async () => {
    const clock = new FakeClock();
    const shared = new SharedAnswers(clock, { sharedMax: 1 });
    const [first, second] = [new Work(), new Work()];
    const answer = shared.answer('a', never, first.run);
    const asker = new AbortController();
    const beyond = shared.answer('b', asker.signal, second.run);
    expect(second.signal).toBe(asker.signal);
    second.end('2');
    expect((await beyond).body.toString()).toBe('2');
    expect(shared.answer('a', never, new Work().run)).toBe(answer);
    first.end('1');
    await answer;
    clock.advance(2_000);
    const room = new Work();
    const later = shared.answer('b', never, room.run);
    expect(shared.answer('b', never, new Work().run)).toBe(later);
    room.end('3');
    expect((await later).body.toString()).toBe('3');
  });

  test('that took longer than that is not kept', async () => {
    const clock = new FakeClock();
    const shared = new SharedAnswers(clock);
    const work = new Work();
    const one = new AbortController();
    const answer = shared.answer('a', one.signal, work.run);
    clock.advance(2_000);
    work.end('1');
    await answer;
    expect(work.signal!.aborted).toBe(false);
    one.abort();
    expect(work.signal!.aborted).toBe(true);
  });

  test('the work goes on for those who stay, and ends with the last of them', async () => {
    const shared = new SharedAnswers(new FakeClock());
    const work = new Work();
    const [one, two] = [new AbortController(), new AbortController()];
    const answers = [one, two].map(({ signal }) => shared.answer('a', signal, work.run));
    one.abort();
    expect(work.signal!.aborted).toBe(false);
    const ends = answers.map((answer) => expect(answer).rejects.toThrow('aborted'));
    two.abort();
    expect(work.signal!.aborted).toBe(true);
    await Promise.all(ends);
    const next = new Work();
    const answer = shared.answer('a', never, next.run);
    next.end();
    expect((await answer).status).toBe(200);
  });

  test('a failure is told to all who asked, and the next one tries anew', async () => {
    const shared = new SharedAnswers(new FakeClock());
    const failing = () => Promise.reject(new StoreError('failed', 'no disk'));
    const answers = [1, 2].map(() => shared.answer('a', never, failing));
    await Promise.all(answers.map((answer) => expect(answer).rejects.toThrow('no disk')));
    const work = new Work();
    const answer = shared.answer('a', never, work.run);
    work.end();
    expect((await answer).status).toBe(200);
  });
});
