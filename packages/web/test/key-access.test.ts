import { beforeEach, describe, expect, it } from 'vitest';
import { KeyAccess } from '../src/key-access.ts';
import type { KeyAnswer } from '../src/rest/key-check.ts';
import { FakeClock } from './fake-clock.ts';

const KEY = 'a-key-of-some-length';

let clock: FakeClock;
let stored: string | null;
let answers: ((answer: KeyAnswer) => void)[];
let asked: (string | null)[];
let events: string[];
let access: KeyAccess;

function visit(): void {
  access = new KeyAccess(
    {
      clock,
      store: {
        read: () => stored,
        write: (key) => {
          stored = key;
        },
      },
      check: (key) => {
        asked.push(key);
        return new Promise((resolve) => answers.push(resolve));
      },
    },
    {
      onNeeded: () => events.push('needed'),
      onAdmitted: () => events.push('admitted'),
      onChange: () => {},
    },
  );
}

beforeEach(() => {
  clock = new FakeClock();
  stored = null;
  answers = [];
  asked = [];
  events = [];
  visit();
});

/** The oldest question that is open is answered, and what follows from it done. */
async function answer(given: KeyAnswer): Promise<void> {
  answers.shift()!(given);
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
}

describe('a server that asks for a key', () => {
  it('gets the one that a person gives, which is kept once it is right', async () => {
    access.refused();
    expect(access.state).toEqual({ kind: 'needed', why: { kind: 'absent' }, checking: false });
    expect(events).toEqual(['needed']);
    void access.offer(` ${KEY}\n`);
    expect(access.state).toMatchObject({ checking: true });
    expect([asked.at(-1), stored]).toEqual([KEY, null]);
    await answer({ kind: 'admitted' });
    expect([access.state.kind, access.key, stored]).toEqual(['fine', KEY, KEY]);
    expect(events).toEqual(['needed', 'admitted']);
  });

  it('says that a wrong one is wrong, and keeps it not', async () => {
    access.refused();
    void access.offer('wrong');
    await answer({ kind: 'refused' });
    expect(access.state).toMatchObject({ why: { kind: 'wrong' }, checking: false });
    expect([access.key, stored, events]).toEqual([null, null, ['needed']]);
  });

  it('is not asked with what cannot be a key', () => {
    access.refused();
    for (const text of ['', ' ', 'two words', 'a\r\nb: c', 'schlüssel']) void access.offer(text);
    expect(asked).toEqual([]);
    expect(access.state).toMatchObject({ why: { kind: 'malformed' } });
  });

  it('is brought the key of the last visit at once; one that it forgot is forgotten', () => {
    stored = KEY;
    visit();
    expect(access.key).toBe(KEY);
    access.refused();
    expect(events).toEqual(['needed']);
    expect(access.state).toMatchObject({ why: { kind: 'wrong' } });
    expect([access.key, stored]).toEqual([null, null]);
  });

  it('hears nothing while it has heard too many wrong ones; then the own key is tried', async () => {
    stored = KEY;
    visit();
    access.locked(30_000);
    const untilMs = clock.nowMs() + 30_000;
    expect(access.state).toMatchObject({ why: { kind: 'locked', untilMs } });
    expect(access.key).toBe(KEY);
    clock.pass(29_999);
    expect(asked).toEqual([]);
    clock.pass(1);
    expect(asked).toEqual([KEY]);
    await answer({ kind: 'locked', waitMs: 5_000 });
    clock.pass(5_000);
    expect(asked).toEqual([KEY, KEY]);
    await answer({ kind: 'admitted' });
    expect([access.state.kind, events]).toEqual(['fine', ['needed', 'admitted']]);
  });

  it('that does not know the own key either, when it hears again, has it forgotten', async () => {
    stored = KEY;
    visit();
    access.locked(1_000);
    clock.pass(1_000);
    await answer({ kind: 'refused' });
    expect(access.state).toMatchObject({ why: { kind: 'wrong' }, checking: false });
    expect([access.key, stored, events]).toEqual([null, null, ['needed']]);
  });

  it('that hears nothing and knows of no own key is left to the person', () => {
    access.locked(1_000);
    clock.pass(60_000);
    expect(asked).toEqual([]);
    expect(access.state).toMatchObject({ kind: 'needed', why: { kind: 'locked' } });
  });

  it('that does not answer lets the person try again', async () => {
    stored = KEY;
    visit();
    access.locked(1_000);
    clock.pass(1_000);
    await answer({ kind: 'unanswered' });
    expect(access.state).toMatchObject({ why: { kind: 'unanswered' }, checking: false });
    expect(access.key).toBe(KEY);
  });

  it('answers the newest question only', async () => {
    access.refused();
    void access.offer('first');
    void access.offer('second');
    await answer({ kind: 'admitted' });
    expect(access.state).toMatchObject({ kind: 'needed', checking: true });
    await answer({ kind: 'refused' });
    expect(access.state).toMatchObject({ why: { kind: 'wrong' }, checking: false });
    expect(stored).toBeNull();
  });
});

describe('forgetting', () => {
  it('drops the key and asks for another', async () => {
    stored = KEY;
    visit();
    void access.forget();
    expect([access.key, stored, events]).toEqual([null, null, ['needed']]);
    await answer({ kind: 'refused' });
    expect(access.state).toMatchObject({ why: { kind: 'absent' }, checking: false });
  });

  it('changes nothing else where none is asked for', async () => {
    stored = KEY;
    visit();
    void access.forget();
    await answer({ kind: 'admitted' });
    expect([access.state.kind, events]).toEqual(['fine', ['needed', 'admitted']]);
  });
});
