import { beforeEach, describe, expect, test } from 'vitest';
import { SENDS_PER_LOOK, SLICE_MS } from '../../src/hub/limits.ts';
import { type Sender, SendQueue } from '../../src/hub/send-queue.ts';
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

/** Takes a millisecond to write. */
function slow(number: number): Sender {
  return {
    flush: () => {
      written.push(number);
      clock.ms += 1;
    },
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('the send queue', () => {
  test('writes at once while the turn is young', () => {
    queue.send(slow(1));
    queue.send(slow(2));
    expect(written).toEqual([1, 2]);
    expect(queue.busy).toBe(false);
  });

  test('what is over a slice waits for the next turns, in order', () => {
    expect(SLICE_MS).toBeLessThan(SENDS_PER_LOOK);
    for (const number of numbers(100)) queue.send(slow(number));
    expect(written).toEqual(numbers(SENDS_PER_LOOK));
    expect(queue.busy).toBe(true);
    clock.turn();
    expect(written).toEqual(numbers(2 * SENDS_PER_LOOK));
    queue.send(slow(100));
    expect(written).toHaveLength(2 * SENDS_PER_LOOK);
    while (queue.busy) clock.turn();
    expect(written).toEqual(numbers(101));
  });

  test('once the line is empty a new turn writes at once again', () => {
    for (const number of numbers(40)) queue.send(slow(number));
    while (queue.busy) clock.turn();
    clock.turn();
    written = [];
    queue.send(slow(1));
    expect(written).toEqual([1]);
  });

  test('a broadcast ends with its last write, not when the call returns', () => {
    queue.broadcast(['price', 'full'], () => {
      for (const number of numbers(SENDS_PER_LOOK + 1)) queue.send(slow(number));
    });
    expect(broadcasts).toEqual([]);
    clock.turn();
    expect(broadcasts).toEqual([{ channels: ['price', 'full'], durationMs: SENDS_PER_LOOK + 1 }]);
    queue.broadcast(['price'], () => {});
    expect(broadcasts[1]).toEqual({ channels: ['price'], durationMs: 0 });
  });

  test('for the end of the process everything leaves without a pause', () => {
    for (const number of numbers(200)) queue.send(slow(number));
    queue.flush();
    expect(written).toEqual(numbers(200));
    expect(queue.busy).toBe(false);
  });
});
