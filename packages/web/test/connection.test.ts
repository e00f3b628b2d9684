import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../src/line/connection.ts';
import type { LineState } from '../src/line/line-state.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeSockets } from './fake-sockets.ts';

let clock: FakeClock;
let sockets: FakeSockets;
let online: boolean;
let texts: string[];
let states: LineState[];
let connection: Connection;

beforeEach(() => {
  clock = new FakeClock();
  sockets = new FakeSockets();
  online = true;
  texts = [];
  states = [];
  connection = new Connection(
    { clock, openSocket: sockets.open, random: () => 0.5, isOnline: () => online },
    {
      onOpen: () => connection.send('hello'),
      onText: (text) => texts.push(text),
      onState: (state) => states.push(state),
    },
  );
});

/** The wait that the connection announced, in ms. */
function announcedWait(): number {
  const { state } = connection;
  if (state.kind !== 'waiting') throw new Error(`not waiting but ${state.kind}`);
  return state.retryAtMs - clock.nowMs();
}

function openLine(): void {
  connection.connect();
  sockets.last.events.onOpen();
}

/** With the draw fixed at 0.5 the wait is the step itself. */
function failTimes(count: number): number[] {
  const waits: number[] = [];
  for (let i = 0; i < count; i += 1) {
    sockets.last.events.onClose(1006, '');
    waits.push(announcedWait());
    clock.pass(announcedWait());
  }
  return waits;
}

describe('opening', () => {
  it('says what is wanted once the line is open, and passes texts on', () => {
    connection.connect();
    expect(connection.state).toEqual({ kind: 'connecting', failures: 0 });
    expect(connection.send('too early')).toBe(false);
    sockets.last.events.onOpen();
    expect(sockets.last.sent).toEqual(['hello']);
    sockets.last.events.onText('news');
    expect(texts).toEqual(['news']);
    expect(connection.state.kind).toBe('open');
  });

  it('gives up a handshake that takes longer than 10 s', () => {
    connection.connect();
    clock.pass(9_999);
    expect(connection.state.kind).toBe('connecting');
    clock.pass(1);
    expect(connection.state.kind).toBe('waiting');
    expect(sockets.last.closed).toBe(true);
  });

  it('does not open a second socket beside one', () => {
    openLine();
    connection.connect();
    expect(sockets.all).toHaveLength(1);
  });
});

describe('reconnecting', () => {
  it('waits 2, 4, 8, 16, 32 and again 32 s when every try fails', () => {
    connection.connect();
    expect(failTimes(6)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 32_000]);
  });

  it('starts over only after 10 s of messages', () => {
    openLine();
    sockets.last.events.onText('a');
    expect(failTimes(1)).toEqual([2_000]);
    sockets.last.events.onOpen();
    sockets.last.events.onText('a');
    clock.pass(9_999);
    expect(failTimes(1)).toEqual([4_000]);
    sockets.last.events.onOpen();
    sockets.last.events.onText('a');
    clock.pass(10_000);
    expect(failTimes(1)).toEqual([2_000]);
  });

  it('does not take an open line without messages for useful', () => {
    openLine();
    expect(failTimes(1)).toEqual([2_000]);
    sockets.last.events.onOpen();
    clock.pass(30_000);
    expect(failTimes(1)).toEqual([4_000]);
  });

  it.each([1001, 1012, 4008, 4029])('honours the hint of code %i', (code) => {
    openLine();
    sockets.last.events.onClose(code, 'reconnect after 1234 ms');
    expect(announcedWait()).toBe(1234);
    clock.pass(1233);
    expect(sockets.all).toHaveLength(1);
    clock.pass(1);
    expect(sockets.all).toHaveLength(2);
  });

  it('never has two sockets at once, whatever happens', () => {
    openLine();
    for (let i = 0; i < 5; i += 1) {
      sockets.last.events.onClose(1006, '');
      connection.pageShown();
      connection.networkChanged();
      expect(sockets.openCount).toBeLessThanOrEqual(1);
      sockets.last.events.onOpen();
    }
    expect(sockets.openCount).toBe(1);
  });

  it('hears nothing of a socket that it gave up', () => {
    openLine();
    const old = sockets.last;
    old.events.onClose(1006, '');
    clock.pass(2_000);
    sockets.last.events.onOpen();
    old.events.onText('late');
    old.events.onClose(4501, 'late');
    expect(texts).toEqual([]);
    expect(connection.state.kind).toBe('open');
  });
});

describe('staying away', () => {
  it.each([4500, 4501, 4999])('does not reconnect after code %i', (code) => {
    openLine();
    sockets.last.events.onClose(code, 'unauthorized');
    expect(connection.state).toEqual({ kind: 'refused', code, reason: 'unauthorized' });
    clock.pass(3_600_000);
    connection.pageShown();
    connection.networkChanged();
    expect(sockets.all).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('tries again when a person asks for it', () => {
    openLine();
    sockets.last.events.onClose(4501, 'unauthorized');
    connection.connect();
    expect(sockets.all).toHaveLength(2);
  });
});

describe('heartbeat', () => {
  it('pings each 30 s', () => {
    openLine();
    for (let i = 0; i < 4; i += 1) {
      clock.pass(15_000);
      sockets.last.events.onText('news');
    }
    expect(sockets.last.sent.slice(1)).toEqual(['{"action":"ping"}', '{"action":"ping"}']);
  });

  it('takes a line without a frame for 60 s for dead', () => {
    openLine();
    clock.pass(20_000);
    sockets.last.events.onText('news');
    clock.pass(59_999);
    expect(connection.state.kind).toBe('open');
    clock.pass(1);
    expect(connection.state.kind).toBe('waiting');
    expect(sockets.last.closed).toBe(true);
  });

  it('asks at once when the page is shown again, and expects an answer within 5 s', () => {
    openLine();
    clock.pass(1_000);
    connection.pageShown();
    expect(sockets.last.sent.at(-1)).toBe('{"action":"ping"}');
    clock.pass(5_000);
    expect(connection.state.kind).toBe('waiting');
  });

  it('keeps the line when the answer comes', () => {
    openLine();
    clock.pass(1_000);
    connection.pageShown();
    clock.pass(1_000);
    sockets.last.events.onText('pong');
    clock.pass(10_000);
    expect(connection.state.kind).toBe('open');
  });
});

describe('network and visibility', () => {
  it('does not try while the device is offline, and at once when it is back', () => {
    openLine();
    online = false;
    sockets.last.events.onClose(1006, '');
    expect(connection.state).toEqual({ kind: 'offline' });
    clock.pass(600_000);
    expect(sockets.all).toHaveLength(1);
    online = true;
    connection.networkChanged();
    expect(sockets.all).toHaveLength(2);
  });

  it('stops waiting when the network goes', () => {
    openLine();
    sockets.last.events.onClose(1006, '');
    online = false;
    connection.networkChanged();
    expect(connection.state).toEqual({ kind: 'offline' });
    expect(clock.pending).toBe(0);
  });

  it('tries at once when the page is shown while it waits', () => {
    openLine();
    sockets.last.events.onClose(1012, 'reconnect after 60000 ms');
    connection.pageShown();
    expect(sockets.all).toHaveLength(2);
  });

  it('leaves no timer behind when closed', () => {
    openLine();
    connection.pageShown();
    connection.close();
    expect(clock.pending).toBe(0);
    expect(sockets.openCount).toBe(0);
    expect(states.at(-1)).toEqual({ kind: 'closed' });
  });
});
