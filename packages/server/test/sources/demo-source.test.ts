import { describe, expect, it } from 'vitest';
import { BufferedSource } from '../../src/sources/buffered-source.ts';
import { DemoSource, type DemoSourceOptions } from '../../src/sources/demo-source.ts';
import { FrameQueue } from '../../src/sources/frame-queue.ts';
import { FakeClock } from './support/fake-clock.ts';
import { Recorder } from './support/recorder.ts';

const START_SEC = 1_767_225_600;
const HISTORY_SEC = 1200;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function settled(heard: Recorder, clock: FakeClock): Promise<void> {
  while (clock.timers === 0) await nextTurn();
  expect(heard.frames.length).toBeGreaterThan(0);
}

async function started(
  options: Partial<DemoSourceOptions> = {},
): Promise<{ source: DemoSource; heard: Recorder; clock: FakeClock }> {
  const clock = new FakeClock(START_SEC);
  const source = new DemoSource({ seed: 9, historySec: HISTORY_SEC, clock, ...options });
  const heard = new Recorder();
  await source.start(heard);
  await settled(heard, clock);
  return { source, heard, clock };
}

describe('demo source', () => {
  it('sends its history with its past times, then waits for the time to pass', async () => {
    const { source, heard, clock } = await started();
    const times = heard.frames.map((frame) => frame.timeSec);
    expect(times[0]).toBeGreaterThan(START_SEC - HISTORY_SEC);
    expect(times[0]).toBeLessThan(START_SEC - HISTORY_SEC + 10);
    expect(times.at(-1)).toBeLessThanOrEqual(START_SEC);
    expect(times.at(-1)).toBeGreaterThan(START_SEC - 10);
    expect(source.demo).toBe(true);
    expect(source.status()).toMatchObject({
      name: 'demo',
      state: 'connected',
      frames: heard.frames.length,
      lastFrameSec: times.at(-1),
      missed: 0,
      malformed: 0,
      detail: null,
    });
    expect(heard.statuses.map((status) => status.state)).toEqual(['connected']);
    expect(clock.timers).toBe(1);
    await source.stop();
  });

  it('goes live: each transaction at its time', async () => {
    const { source, heard, clock } = await started();
    const before = heard.frames.length;
    for (let i = 0; i < 300; i++) {
      clock.advance(100);
      await nextTurn();
      const last = heard.frames.at(-1)!;
      expect(last.timeSec).toBeLessThanOrEqual(clock.nowSec());
      if (heard.frames.length > before) expect(clock.nowSec() - last.timeSec).toBeLessThan(10);
    }
    expect(heard.frames.length - before).toBeGreaterThan(60);
    await source.stop();
  });

  it('gives the same bytes for the same seed and start, also across a restart of the process', async () => {
    const bytes = async (): Promise<string[]> => {
      const { source, heard } = await started({ startTimeSec: START_SEC });
      await source.stop();
      return heard.frames.map((frame) => Buffer.from(frame.body).toString('base64'));
    };
    const first = await bytes();
    expect(await bytes()).toEqual(first);
    expect(first.length).toBeGreaterThan(5000);
  });

  it('waits for room instead of flooding a small buffer: no frame of the history is dropped', async () => {
    const clock = new FakeClock(START_SEC);
    const demo = new DemoSource({ seed: 9, historySec: 600, clock });
    const source = new BufferedSource(demo, {
      queue: new FrameQueue({ framesMax: 20_000, bytesMax: 20_000_000 }),
      sliceMs: 0,
    });
    const heard = new Recorder();
    await source.start(heard);
    await settled(heard, clock);
    await source.whenIdle();
    expect(source.status().dropped).toBe(0);
    expect(heard.frames.length).toBe(demo.status().frames);
    expect(heard.counters()).toEqual(heard.counters().map((_, index) => index));
    await source.stop();
  });

  it('asks for room before each step', async () => {
    const clock = new FakeClock(START_SEC);
    const source = new DemoSource({ seed: 9, historySec: 600, clock });
    const heard = new Recorder();
    let open: (() => void) | null = null;
    let room: Promise<void> | null = null;
    await source.start({
      onStatus: () => {},
      onFrame: (frame) => {
        heard.onFrame(frame);
        if (heard.frames.length !== 50) return;
        room = new Promise((resolve) => {
          open = resolve;
        });
      },
      whenRoom: () => room,
    });
    for (let i = 0; i < 20; i++) await nextTurn();
    expect(heard.frames.length).toBe(50);
    room = null;
    open!();
    await settled(heard, clock);
    expect(heard.frames.length).toBeGreaterThan(2000);
    await source.stop();
  });

  it('stops also while there never is room', async () => {
    const source = new DemoSource({ seed: 9, clock: new FakeClock(START_SEC) });
    const never = new Promise<void>(() => {});
    await source.start({ onStatus: () => {}, onFrame: () => {}, whenRoom: () => never });
    await nextTurn();
    await source.stop();
  });

  it('catches up with a wall clock that went ahead, and goes on under one set back', async () => {
    const { source, heard, clock } = await started();
    clock.jump(1800);
    clock.advance(5000);
    await settled(heard, clock);
    expect(clock.nowSec() - heard.frames.at(-1)!.timeSec).toBeLessThan(10);
    clock.jump(-7200);
    const before = heard.frames.length;
    for (let i = 0; i < 100; i++) {
      clock.advance(200);
      await nextTurn();
    }
    expect(heard.frames.length - before).toBeGreaterThan(40);
    await source.stop();
  });

  it('stops in the midst of its history and while asleep, twice, and says nothing afterwards', async () => {
    const clock = new FakeClock(START_SEC);
    const source = new DemoSource({ seed: 9, clock });
    const heard = new Recorder();
    await source.start(heard);
    await Promise.all([source.stop(), source.stop()]);
    const count = heard.frames.length;
    await nextTurn();
    expect(heard.frames.length).toBe(count);
    await expect(source.start(heard)).rejects.toThrow('starts once');

    const live = await started();
    await live.source.stop();
    expect(live.clock.timers).toBe(0);
    await live.source.stop();
  });
});
