/** The window of points: whole to the program, sent in parts. */
import { describe, expect, test } from 'vitest';
import type { TransactionsUpdate } from '../src/index.ts';
import { type Connection, refusal } from './fakes/fake-server.ts';
import type { Point } from './fakes/publication.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

function at(...timesSec: number[]): Point[] {
  return timesSec.map((timeSec) => [timeSec, 95_000]);
}

function times(update: TransactionsUpdate | null): readonly number[] {
  return (update?.points ?? []).map(({ timeMs }) => timeMs / 1000);
}

/** Somebody who was given the points 1 and 2 as a window. */
async function withWindow(): Promise<{
  rig: Rig;
  seen: TransactionsUpdate[];
  connection: Connection;
}> {
  const rig = new Rig();
  const seen: TransactionsUpdate[] = [];
  rig.server.keepPoints(0);
  rig.server.points(...at(1, 2));
  rig.tide.transactions((update) => seen.push(update));
  await settle();
  rig.server.keepPoints(240);
  return { rig, seen, connection: rig.server.connection() };
}

/** What is published meanwhile does not arrive. */
function loses(connection: Connection, publish: () => void): void {
  connection.isDeaf = true;
  publish();
  connection.isDeaf = false;
}

test('the window comes whole, and each update has all of it', async () => {
  const { rig, seen } = await withWindow();
  rig.server.points(...at(3));
  rig.server.points(...at(4, 5));
  expect(seen.map(times)).toEqual([
    [1, 2],
    [1, 2, 3],
    [1, 2, 3, 4, 5],
  ]);
  expect(seen.map(({ whole }) => whole)).toEqual([true, false, false]);
  expect(seen.map(({ added }) => added.map(({ timeMs }) => timeMs / 1000))).toEqual([
    [1, 2],
    [3],
    [4, 5],
  ]);
  expect(seen[0]!.points[0]).toEqual({ timeMs: 1_000, priceUsd: 95_000, amountBtc: 0.001 });
});

test('what was handed out does not change afterwards', async () => {
  const { rig, seen } = await withWindow();
  rig.server.points(...at(3));
  expect(times(seen[0]!)).toEqual([1, 2]);
});

test('10,000 points at most: the oldest go', async () => {
  const { rig, seen } = await withWindow();
  rig.server.points(...at(...Array.from({ length: 9_999 }, (_, i) => 10 + i)));
  expect(seen.at(-1)!.points).toHaveLength(10_000);
  expect(times(seen.at(-1)!).slice(0, 2)).toEqual([2, 10]);
});

test('a window replaces what is there', async () => {
  const { seen, connection } = await withWindow();
  connection.send({
    type: 'transactions',
    seq: 5,
    epoch: 'run-1',
    data: { points: at(8, 9) },
  });
  expect(times(seen.at(-1)!)).toEqual([8, 9]);
  expect(seen.at(-1)).toMatchObject({ whole: true, missed: 3 });
  expect(seen.at(-1)!.added).toHaveLength(2);
});

describe('a gap', () => {
  test('is healed by the whole window, and said by its being whole', async () => {
    const { rig, seen, connection } = await withWindow();
    loses(connection, () => rig.server.points(...at(3)));
    rig.server.keepPoints(0);
    rig.server.points(...at(4));
    await settle();
    expect(connection.wishes.slice(1)).toMatchObject([
      { unsubscribe: expect.anything() as unknown },
      { subscribe: expect.anything() as unknown },
    ]);
    rig.server.points(...at(5));
    expect(seen.map(({ seq, whole }) => [seq, whole])).toEqual([
      [1, true],
      [3, true],
      [4, false],
    ]);
    expect(times(seen.at(-1)!)).toEqual([1, 2, 3, 4, 5]);
  });

  test('is asked about once, however much comes in the meantime', async () => {
    const { rig, connection } = await withWindow();
    loses(connection, () => rig.server.points(...at(3)));
    rig.server.points(...at(4));
    rig.server.points(...at(5));
    rig.server.points(...at(6));
    await settle();
    expect(connection.wishes.filter((each) => each.subscribe)).toHaveLength(2);
  });

  test('a later one is healed as well', async () => {
    const { rig, seen, connection } = await withWindow();
    rig.server.keepPoints(0);
    for (const n of [3, 5, 7]) {
      loses(connection, () => rig.server.points(...at(n)));
      rig.server.points(...at(n + 1));
      await settle();
    }
    expect(times(seen.at(-1)!)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(seen.map(({ whole }) => whole)).toEqual([true, true, true, true]);
  });

  test('between two connections is filled', async () => {
    const { rig, seen, connection } = await withWindow();
    rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
    connection.cut();
    rig.server.points(...at(3));
    rig.server.points(...at(4));
    await rig.untilRetry();
    expect(rig.server.connection().wishes[0]!.resume).toEqual({
      transactions: { epoch: 'run-1', seq: 1 },
    });
    expect(times(seen.at(-1)!)).toEqual([1, 2, 3, 4]);
    expect(seen.map(({ missed }) => missed)).toEqual([null, 0, 0]);
  });
});

test('another run of the server: the whole window', async () => {
  const { rig, seen } = await withWindow();
  rig.server.restart('run-2');
  rig.server.keepPoints(0);
  rig.server.points(...at(7));
  await rig.untilRetry();
  expect(times(seen.at(-1)!)).toEqual([7]);
  expect(seen.at(-1)).toMatchObject({ whole: true, epoch: 'run-2', missed: null });
});

test('without subprotocols the window tells the run, and is gone on from', async () => {
  const rig = new Rig();
  rig.server.isStuck = true;
  rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
  const seen: TransactionsUpdate[] = [];
  rig.tide.transactions((update) => seen.push(update));
  await settle();
  const socket = rig.sockets.all[0]!;
  socket.open();
  socket.receive({ type: 'transactions', seq: 7, epoch: 'e', data: { points: at(1) } });
  socket.receive({ type: 'transactions', seq: 8, data: { points: at(2) } });
  expect(seen.map(({ seq, epoch }) => [seq, epoch])).toEqual([
    [7, 'e'],
    [8, 'e'],
  ]);
  socket.end();
  await rig.untilRetry();
  rig.sockets.all[1]!.open();
  expect(rig.sockets.all[1]!.sent[0]!.resume).toEqual({ transactions: { epoch: 'e', seq: 8 } });
  rig.sockets.all[1]!.receive({
    type: 'transactions',
    seq: 9,
    epoch: 'e',
    data: { points: at(3) },
  });
  expect(seen.at(-1)).toMatchObject({ seq: 9, missed: 0 });
});
