import { beforeEach, describe, expect, it } from 'vitest';
import { KeyAccess } from '../src/key-access.ts';
import type { KeyAnswer } from '../src/line/key-check.ts';
import type { LineState } from '../src/line/line-state.ts';
import { FakeClock } from './fake-clock.ts';

const CONNECTING: LineState = { kind: 'connecting', failures: 0 };
const WAITING: LineState = { kind: 'waiting', retryAtMs: 0, failures: 1 };
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

async function refusedLine(): Promise<void> {
  access.lineChanged({ ...CONNECTING });
  access.lineChanged({ ...WAITING });
  await answer({ kind: 'refused' });
}

describe('a server that asks for no key', () => {
  it('is not asked whether it does while the line opens', () => {
    access.lineChanged(CONNECTING);
    access.lineChanged({ kind: 'open', sinceMs: 1 });
    access.lineChanged(WAITING);
    expect(asked).toEqual([]);
  });

  it('is asked when the line never opened, once for each try', async () => {
    access.lineChanged(CONNECTING);
    access.lineChanged(WAITING);
    access.lineChanged(WAITING);
    expect(asked).toEqual([null]);
    await answer({ kind: 'admitted' });
    await tryAgain({ kind: 'unanswered' });
    expect([access.state.kind, events]).toEqual(['fine', []]);
  });

  async function tryAgain(given: KeyAnswer): Promise<void> {
    access.lineChanged({ ...CONNECTING });
    access.lineChanged({ ...WAITING });
    await answer(given);
  }
});

describe('a server that asks for a key', () => {
  it('gets the one that a person gives, which is kept once it is right', async () => {
    await refusedLine();
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
    await refusedLine();
    void access.offer('wrong');
    await answer({ kind: 'refused' });
    expect(access.state).toMatchObject({ why: { kind: 'wrong' }, checking: false });
    expect([access.key, stored, events]).toEqual([null, null, ['needed']]);
  });

  it('is not asked with what cannot be a key', async () => {
    await refusedLine();
    for (const text of ['', ' ', 'two words', 'a\r\nb: c', 'schlüssel']) void access.offer(text);
    expect(asked).toHaveLength(1);
    expect(access.state).toMatchObject({ why: { kind: 'malformed' } });
  });

  it('is brought the key of the last visit at once; one that it forgot is forgotten', async () => {
    stored = KEY;
    visit();
    expect(access.key).toBe(KEY);
    await refusedLine();
    expect(asked).toEqual([KEY]);
    expect(access.state).toMatchObject({ why: { kind: 'wrong' } });
    expect([access.key, stored]).toEqual([null, null]);
  });

  it('asks again when a token has come to its end', async () => {
    stored = KEY;
    visit();
    access.lineChanged({ kind: 'refused', code: 4501, reason: '' });
    await answer({ kind: 'refused' });
    expect(access.state).toMatchObject({ kind: 'needed', why: { kind: 'wrong' } });
    access.lineChanged({ kind: 'refused', code: 4500, reason: '' });
    expect(asked).toHaveLength(1);
  });

  it('hears nothing while it has heard too many wrong ones; then the own key is tried', async () => {
    stored = KEY;
    visit();
    access.lineChanged(CONNECTING);
    access.lineChanged(WAITING);
    await answer({ kind: 'locked', waitMs: 30_000 });
    const untilMs = clock.nowMs() + 30_000;
    expect(access.state).toMatchObject({ why: { kind: 'locked', untilMs } });
    expect(access.key).toBe(KEY);
    clock.pass(29_999);
    expect(asked).toHaveLength(1);
    clock.pass(1);
    expect(asked).toEqual([KEY, KEY]);
    await answer({ kind: 'admitted' });
    expect([access.state.kind, events]).toEqual(['fine', ['needed', 'admitted']]);
  });

  it('answers the newest question only', async () => {
    await refusedLine();
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
