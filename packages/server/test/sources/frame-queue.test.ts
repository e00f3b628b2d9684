import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameQueue } from '../../src/sources/frame-queue.ts';
import type { Frame } from '../../src/sources/source.ts';

function frame(counter: number, bytes = 10): Frame {
  return { topic: 'rawtx', body: new Uint8Array(bytes), counter, timeSec: 0 };
}

function drain(queue: FrameQueue): number[] {
  const counters: number[] = [];
  for (let next = queue.shift(); next !== null; next = queue.shift()) counters.push(next.counter);
  return counters;
}

describe('frame queue', () => {
  it('gives frames back in order', () => {
    const queue = new FrameQueue({ framesMax: 4, bytesMax: 1000 });
    for (let i = 0; i < 3; i++) queue.push(frame(i));
    expect(queue.length).toBe(3);
    expect(queue.bytes).toBe(30);
    expect(drain(queue)).toEqual([0, 1, 2]);
    expect(queue.shift()).toBeNull();
    expect(queue.bytes).toBe(0);
  });

  it('drops the oldest over the count, and counts it', () => {
    const queue = new FrameQueue({ framesMax: 3, bytesMax: 1000 });
    for (let i = 0; i < 8; i++) queue.push(frame(i));
    expect(queue.dropped).toBe(5);
    expect(drain(queue)).toEqual([5, 6, 7]);
  });

  it('drops the oldest over the bytes, and counts it', () => {
    const queue = new FrameQueue({ framesMax: 100, bytesMax: 100 });
    queue.push(frame(0, 60));
    queue.push(frame(1, 40));
    expect(queue.dropped).toBe(0);
    queue.push(frame(2, 1));
    expect(queue.dropped).toBe(1);
    expect(queue.bytes).toBe(41);
    expect(drain(queue)).toEqual([1, 2]);
  });

  it('keeps the newest even when it alone is over the bytes', () => {
    const queue = new FrameQueue({ framesMax: 100, bytesMax: 100 });
    queue.push(frame(0, 10));
    queue.push(frame(1, 500));
    expect(drain(queue)).toEqual([1]);
    expect(queue.dropped).toBe(1);
  });

  it('has room while less than a quarter full by both bounds', () => {
    const queue = new FrameQueue({ framesMax: 8, bytesMax: 1000 });
    queue.push(frame(0));
    queue.push(frame(1));
    expect(queue.hasRoom).toBe(true);
    queue.push(frame(2));
    expect(queue.hasRoom).toBe(false);
    drain(queue);
    queue.push(frame(3, 251));
    expect(queue.hasRoom).toBe(false);
  });

  it('refuses limits that can hold nothing', () => {
    expect(() => new FrameQueue({ framesMax: 0, bytesMax: 10 })).toThrow(/1 or more, got 0 frames/);
  });

  it('agrees with a plain list under any mix of pushes and shifts', () => {
    const operation = fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 40 }) }),
      fc.constant('shift' as const),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const queue = new FrameQueue({ framesMax: 5, bytesMax: 100 });
        const list: Frame[] = [];
        let dropped = 0;
        const bytes = () => list.reduce((sum, each) => sum + each.body.length, 0);
        for (const [index, next] of operations.entries()) {
          if (next === 'shift') {
            expect(queue.shift()).toBe(list.shift() ?? null);
          } else {
            const pushed = frame(index, next.push);
            list.push(pushed);
            queue.push(pushed);
            while (list.length > 1 && (list.length > 5 || bytes() > 100)) {
              list.shift();
              dropped++;
            }
          }
          expect([queue.length, queue.bytes, queue.dropped]).toEqual([
            list.length,
            bytes(),
            dropped,
          ]);
        }
      }),
    );
  });
});
