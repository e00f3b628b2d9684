import { beforeEach, describe, expect, test } from 'vitest';
import type { Mailing } from '../../src/hub/endpoint.ts';
import { SENDS_PER_LOOK, SLICE_MS } from '../../src/hub/limits.ts';
import { SendQueue } from '../../src/hub/send-queue.ts';
import { FakeClock } from '../hub-fakes.ts';

let clock: FakeClock;
let queue: SendQueue;
let written: number[];
let broadcasts: { channels: readonly string[]; durationMs: number }[];

beforeEach(() => {
  clock = new FakeClock();
  written = [];
  broadcasts = [];
  queue = new SendQueue({
    clock,
    soon: (callback) => clock.soon(callback),
    onBroadcast: (channels, durationMs) => broadcasts.push({ channels, durationMs }),
  });
});

/** Clients of which each takes a millisecond to write. */
function slow(...clients: number[]): Mailing {
  const left = [...clients];
  return {
    sendNext: () => {
      const client = left.shift();
      if (client === undefined) return false;
      written.push(client);
      clock.ms += 1;
      return true;
    },
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('the send queue', () => {
  test('a few are written at once', () => {
    queue.broadcast(['price'], slow(1, 2));
    expect(written).toEqual([1, 2]);
    expect(queue.busy).toBe(false);
    expect(broadcasts).toEqual([{ channels: ['price'], durationMs: 2 }]);
  });

  test('what is over a slice waits for the next turns, in order', () => {
    expect(SLICE_MS).toBeLessThanOrEqual(SENDS_PER_LOOK);
    queue.broadcast(['price'], slow(...numbers(100)));
    expect(written).toEqual(numbers(SENDS_PER_LOOK));
    expect(queue.busy).toBe(true);
    clock.turn();
    expect(written).toEqual(numbers(2 * SENDS_PER_LOOK));
    queue.broadcast(['BTCUSDT'], slow(100));
    expect(written).toHaveLength(2 * SENDS_PER_LOOK);
    while (queue.busy) clock.turn();
    expect(written).toEqual(numbers(101));
  });

  test('once nothing is left the next broadcast is written at once again', () => {
    queue.broadcast(['price'], slow(...numbers(40)));
    while (queue.busy) clock.turn();
    written = [];
    queue.broadcast(['price'], slow(1));
    expect(written).toEqual([1]);
  });

  test('a broadcast ends with its last write, and one that waits began when it came', () => {
    queue.broadcast(['price', 'full'], slow(...numbers(SENDS_PER_LOOK + 1)));
    queue.broadcast(['BTCUSDT'], slow(1, 2));
    expect(broadcasts).toEqual([]);
    clock.turn();
    expect(broadcasts).toEqual([
      { channels: ['price', 'full'], durationMs: SENDS_PER_LOOK + 1 },
      { channels: ['BTCUSDT'], durationMs: 3 },
    ]);
  });

  test('for the end of the process everything leaves without a pause', () => {
    queue.broadcast(['price'], slow(...numbers(200)));
    queue.broadcast(['BTCUSDT'], slow(200));
    queue.flush();
    expect(written).toEqual(numbers(201));
    expect(queue.busy).toBe(false);
    clock.turn();
    expect(broadcasts).toHaveLength(2);
  });
});
