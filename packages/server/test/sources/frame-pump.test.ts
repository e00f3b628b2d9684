import { describe, expect, it } from 'vitest';
import { BufferedSource } from '../../src/sources/buffered-source.ts';
import { FramePump } from '../../src/sources/frame-pump.ts';
import { FrameQueue } from '../../src/sources/frame-queue.ts';
import type { Frame, Source, SourceEvents, SourceStatus } from '../../src/sources/source.ts';

function frame(counter: number): Frame {
  return { topic: 'rawtx', body: new Uint8Array(8), counter, timeSec: 0 };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('frame pump', () => {
  it('hands on every frame, in order, never within push', async () => {
    const seen: number[] = [];
    const pump = new FramePump((next) => seen.push(next.counter));
    for (let i = 0; i < 5000; i++) pump.push(frame(i));
    expect(seen).toEqual([]);
    await pump.whenIdle();
    expect(seen).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    pump.push(frame(5000));
    await pump.whenIdle();
    expect(seen.at(-1)).toBe(5000);
  });

  it('gives timers and sockets their turn between slices', async () => {
    let nowMs = 0;
    const seen: string[] = [];
    const pump = new FramePump(
      (next) => {
        nowMs += 1;
        seen.push(String(next.counter));
      },
      { sliceMs: 3, monotonicMs: () => nowMs },
    );
    for (let i = 0; i < 9; i++) pump.push(frame(i));
    const mark = (): void => {
      seen.push('turn');
      if (seen.length < 12) setImmediate(mark);
    };
    setImmediate(mark);
    await pump.whenIdle();
    expect(seen.join(' ')).toMatch(/^0 1 2 turn 3 4 5 turn 6 7 8/);
  });

  it('makes some headway in each slice however slow the consumer is', async () => {
    let nowMs = 0;
    const seen: number[] = [];
    const pump = new FramePump(
      (next) => {
        nowMs += 1000;
        seen.push(next.counter);
      },
      { sliceMs: 1, monotonicMs: () => nowMs },
    );
    for (let i = 0; i < 3; i++) pump.push(frame(i));
    await pump.whenIdle();
    expect(seen).toEqual([0, 1, 2]);
  });

  it('tells a source that can wait when there is room', async () => {
    let taken = 0;
    let nowMs = 0;
    const pump = new FramePump(
      () => {
        taken++;
        nowMs++;
      },
      {
        queue: new FrameQueue({ framesMax: 8, bytesMax: 1000 }),
        sliceMs: 1,
        monotonicMs: () => nowMs,
      },
    );
    pump.push(frame(0));
    expect(pump.whenRoom()).toBeNull();
    for (let i = 1; i < 8; i++) pump.push(frame(i));
    const room = pump.whenRoom();
    expect(room).not.toBeNull();
    await room;
    expect(taken).toBe(6);
    expect(pump.queue.dropped).toBe(0);
  });

  it('hands on nothing after stop, and lets no one wait', async () => {
    const seen: number[] = [];
    const pump = new FramePump((next) => seen.push(next.counter), {
      queue: new FrameQueue({ framesMax: 4, bytesMax: 1000 }),
    });
    for (let i = 0; i < 4; i++) pump.push(frame(i));
    const room = pump.whenRoom();
    const idle = pump.whenIdle();
    pump.stop();
    pump.push(frame(9));
    await Promise.all([room, idle]);
    await nextTurn();
    expect(seen).toEqual([]);
    expect(pump.queue.length).toBe(0);
    pump.stop();
  });
});

class StepSource implements Source {
  readonly name = 'step';
  readonly demo = false;
  events: SourceEvents | null = null;
  stopped = false;
  start(events: SourceEvents): Promise<void> {
    this.events = events;
    return Promise.resolve();
  }
  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }
  status(): SourceStatus {
    return {
      name: 'step',
      state: 'connected',
      sinceSec: 0,
      lastFrameSec: null,
      frames: 0,
      missed: 0,
      dropped: 0,
      malformed: 0,
      detail: null,
    };
  }
}

describe('buffered source', () => {
  it('bounds what waits for a stalled consumer and shows the loss in the status', async () => {
    const inner = new StepSource();
    const source = new BufferedSource(inner, {
      queue: new FrameQueue({ framesMax: 10, bytesMax: 1000 }),
    });
    const seen: number[] = [];
    const statuses: SourceStatus[] = [];
    await source.start({
      onFrame: (next) => seen.push(next.counter),
      onStatus: (status) => statuses.push(status),
    });
    for (let i = 0; i < 25; i++) inner.events!.onFrame(frame(i));
    inner.events!.onStatus(inner.status());
    expect(statuses.map((status) => status.dropped)).toEqual([15]);
    await source.whenIdle();
    expect(seen).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
    expect(source.status()).toMatchObject({ name: 'step', dropped: 15 });
    expect(source.demo).toBe(false);
    await source.stop();
    expect(inner.stopped).toBe(true);
  });

  it('starts once', async () => {
    const source = new BufferedSource(new StepSource());
    const events: SourceEvents = { onFrame: () => {}, onStatus: () => {} };
    await source.start(events);
    await expect(source.start(events)).rejects.toThrow('started twice');
    await source.stop();
  });
});
