/** Programs whose own code throws. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

function thrower(words: string): () => never {
  return () => {
    throw new Error(words);
  };
}

describe('a handler that throws', () => {
  test('is told as an error with its cause, and keeps nothing from the others', async () => {
    const rig = new Rig();
    const seen: number[] = [];
    rig.tide.price(({ seq }) => seen.push(seq));
    rig.tide.price(thrower('no canvas'));
    rig.tide.price(({ seq }) => seen.push(seq));
    await settle();
    rig.server.price();
    rig.server.price();
    expect(seen).toEqual([1, 1, 2, 2]);
    expect(rig.errors).toMatchObject([
      { code: 'HANDLER_FAILED', cause: { message: 'no canvas' } },
      { code: 'HANDLER_FAILED' },
    ]);
    expect(rig.errors[0]!.message).toContain('no canvas');
    expect(rig.tide.status).toMatchObject({ state: 'live', error: null });
  });

  test('whatever it throws', async () => {
    const rig = new Rig();
    const things: unknown[] = [null, undefined, 7, 'words', { a: 1 }];
    let next = 0;
    rig.tide.price(() => {
      throw things[next++] as Error;
    });
    await settle();
    for (const _ of things) rig.server.price();
    expect(rig.errors.map(({ cause }) => cause)).toEqual(things);
  });

  test('with nobody who listens, it stands in the log', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const rig = new Rig({ isUnheard: true });
    const seen: number[] = [];
    rig.tide.price(thrower('no canvas'));
    rig.tide.price(({ seq }) => seen.push(seq));
    await settle();
    rig.server.price();
    expect(seen).toEqual([1]);
    expect(log.mock.calls).toMatchObject([[{ code: 'HANDLER_FAILED' }]]);
    expect(rig.tide.status.state).toBe('live');
  });

  test('of maps and of polling alike', async () => {
    const rig = new Rig();
    rig.server.refusal = { status: 502, body: '' };
    rig.server.map('A');
    rig.tide.heatmap(['A'], thrower('no canvas'));
    await rig.pass(20_000);
    expect(rig.tide.status.state).toBe('polling');
    expect(rig.errors.filter(({ code }) => code === 'HANDLER_FAILED')).toHaveLength(1);
  });
});

describe('a listener that throws', () => {
  test('of the status, is told', async () => {
    const rig = new Rig();
    rig.tide.on('status', thrower('no label'));
    rig.tide.price();
    await settle();
    expect(rig.errors[0]).toMatchObject({ code: 'HANDLER_FAILED', cause: { message: 'no label' } });
    expect(rig.states.at(-1)).toBe('live');
  });

  test('of warnings, is told', async () => {
    const rig = new Rig();
    rig.tide.on('warning', thrower('no label'));
    rig.tide.price();
    await settle();
    rig.server.connection().send({ type: 'warning', code: 'HIGH_TIDE', message: '' });
    expect(rig.errors).toMatchObject([{ code: 'HANDLER_FAILED' }]);
  });

  test('of errors, does not make another error without end', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const rig = new Rig();
    rig.tide.on('error', thrower('no log'));
    rig.tide.price(thrower('no canvas'));
    await settle();
    rig.server.price();
    expect(rig.errors.map(({ code }) => code)).toEqual(['HANDLER_FAILED']);
    expect(log.mock.calls).toMatchObject([[{ message: 'no log' }]]);
  });
});

test('trouble that nobody listens for stands in the log, so that it is not lost', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  const rig = new Rig({ isUnheard: true });
  rig.tide.price();
  await settle();
  rig.server.connection().cut(4500, 'ten errors within 10 s');
  expect(log).toHaveBeenCalledOnce();
  expect(log.mock.calls[0]![0]).toMatchObject({ code: 'REFUSED', closeCode: 4500 });
  expect(String(log.mock.calls[0]![0])).toContain('ten errors within 10 s');
});

test('a handler that is told what others know may wish for more, and change what is wished for', async () => {
  const rig = new Rig();
  rig.tide.price();
  const maps = rig.tide.heatmap(['A']);
  await settle();
  rig.server.price();
  rig.server.map('A');
  const other = rig.tide.heatmap(['A']);
  rig.tide.price(() => rig.tide.transactions());
  rig.tide.heatmap(['A'], () => other.change(['B']));
  await settle();
  rig.server.map('B');
  expect(other.latest).toMatchObject({ symbol: 'B' });
  expect(maps.latest).toMatchObject({ symbol: 'A', isLive: true });
  expect(rig.errors).toEqual([]);
});
