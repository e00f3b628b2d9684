import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeTx, plainTx } from '../../../onchain/test/encode-tx.ts';
import {
  isReplayFile,
  REPLAY_ENDINGS,
  type ReplayItem,
  readReplayFile,
} from '../../src/sources/replay-file.ts';
import { drained, fileOf, missingFile } from './files.ts';

async function itemsOf(path: string): Promise<ReplayItem[]> {
  const { items, error } = await drained(readReplayFile(path));
  if (error !== null) throw error;
  return items;
}

const bytes = encodeTx(plainTx());
const hex = Buffer.from(bytes).toString('hex');
const line = '{"height":840000,"time":1713571767,"outputs":[12345,67890]}';

test('the kinds of file are told by their ending', () => {
  for (const ending of REPLAY_ENDINGS) expect(isReplayFile(`a.b${ending}`)).toBe(true);
  for (const name of ['x', 'x.json', 'x.raw.gz', 'ndjson', 'x.NDJSON', 'x.hex.bak']) {
    expect(isReplayFile(name), name).toBe(false);
  }
});

describe.each([
  ['', (text: string) => Buffer.from(text)],
  ['.gz', (text: string) => gzipSync(text)],
])('a block a line (.ndjson%s)', (packing, pack) => {
  const write = (text: string) => fileOf(`blocks.ndjson${packing}`, pack(text));

  test('time, height, amounts and where it stood', async () => {
    const path = write(`\n${line}\r\n  \n{"x":1,"outputs":[],"time":0,"height":0}`);
    expect(await itemsOf(path)).toEqual([
      {
        kind: 'outputs',
        where: `${path}:2`,
        timeSec: 1_713_571_767,
        height: 840_000,
        amountsSats: [12_345, 67_890],
      },
      { kind: 'outputs', where: `${path}:4`, timeSec: 0, height: 0, amountsSats: [] },
    ]);
  });

  test.each([
    ['{"height":1,', 'not JSON'],
    ['7', 'not an object {"height","time","outputs"}'],
    ['null', 'not an object {"height","time","outputs"}'],
    ['[]', 'time is missing, allowed: unix seconds'],
    ['{"height":1,"outputs":[]}', 'time is missing, allowed: unix seconds'],
    ['{"height":1,"time":"7","outputs":[]}', 'time is "7", allowed: unix seconds'],
    ['{"height":1,"time":1.5,"outputs":[]}', 'time is 1.5, allowed: unix seconds'],
    ['{"height":1,"time":-1,"outputs":[]}', 'time is -1, allowed: unix seconds'],
    [
      '{"height":1,"time":1713571767000,"outputs":[]}',
      'time is 1713571767000, allowed: unix seconds',
    ],
    ['{"time":1,"outputs":[]}', 'height is missing, allowed: a block height'],
    ['{"height":null,"time":1,"outputs":[]}', 'height is null, allowed: a block height'],
    ['{"height":1,"time":1}', 'outputs is missing, allowed: a list of satoshi'],
    ['{"height":1,"time":1,"outputs":{}}', 'outputs is {}, allowed: a list of satoshi'],
    [
      '{"height":1,"time":1,"outputs":[5,0.1]}',
      'outputs is 0.1, allowed: satoshi as whole numbers',
    ],
    ['{"height":1,"time":1,"outputs":[-5]}', 'outputs is -5, allowed: satoshi as whole numbers'],
    [
      '{"height":1,"time":1,"outputs":[null]}',
      'outputs is null, allowed: satoshi as whole numbers',
    ],
    [
      '{"height":1,"time":1,"outputs":[1e300]}',
      'outputs is 1e+300, allowed: satoshi as whole numbers',
    ],
  ])('%s: named with its line, the others come', async (bad, reason) => {
    const path = write(`${line}\n\n${bad}\n${line}\n`);
    const items = await itemsOf(path);
    expect(items.map(({ kind }) => kind)).toEqual(['outputs', 'problem', 'outputs']);
    expect(items[1]).toEqual({ kind: 'problem', where: `${path}:3`, reason });
  });

  test('a long wrong value is shown cut', async () => {
    const [item] = await itemsOf(write(`{"time":"${'x'.repeat(5000)}"}`));
    expect(item).toMatchObject({ kind: 'problem' });
    expect(JSON.stringify(item).length).toBeLessThan(400);
  });
});

describe.each([
  ['', (text: string) => Buffer.from(text)],
  ['.gz', (text: string) => gzipSync(text)],
])('a transaction a line (.hex%s)', (packing, pack) => {
  const write = (text: string) => fileOf(`pool.hex${packing}`, pack(text));

  test('each in its bytes, in either case, and one end', async () => {
    const path = write(`${hex}\r\n\n ${hex.toUpperCase()} \n${hex}`);
    expect(await itemsOf(path)).toEqual([
      ...[1, 3, 4].map((number) => ({
        kind: 'transaction',
        where: `${path}:${number}`,
        bytes: Buffer.from(bytes),
      })),
      { kind: 'mempool_end', where: path },
    ]);
  });

  test('an empty mempool ends all the same', async () => {
    const path = write('');
    expect(await itemsOf(path)).toEqual([{ kind: 'mempool_end', where: path }]);
  });

  test.each([['xyz'], ['abc'], [`${hex}0`], [`0x${hex}`], [`${hex.slice(0, 20)} ${hex}`]])(
    '%s is no hex: named with its line, the others come',
    async (bad) => {
      const path = write(`${hex}\n${bad}\n${hex}\n`);
      const items = await itemsOf(path);
      expect(items.map(({ kind }) => kind)).toEqual([
        'transaction',
        'problem',
        'transaction',
        'mempool_end',
      ]);
      expect(items[1]).toEqual({
        kind: 'problem',
        where: `${path}:2`,
        reason: 'not a transaction in hex',
      });
    },
  );
});

test('a mempool that breaks off ends before the error, and leaves nothing to the next', async () => {
  const whole = gzipSync(Array.from({ length: 5 }, () => hex).join('\n'));
  const cut = whole.subarray(0, whole.length - 9);
  const { items, error } = await drained(readReplayFile(fileOf('pool.hex.gz', cut)));
  expect(error).toMatchObject({ message: 'unexpected end of file' });
  expect(items.at(-1)!.kind).toBe('mempool_end');
  expect(items.filter(({ kind }) => kind === 'mempool_end')).toHaveLength(1);
});

test.each(['.raw', '.blk'])('one serialized block (%s), whatever its bytes', async (ending) => {
  const content = Uint8Array.of(1, 2, 255, 0);
  const path = fileOf(`block${ending}`, content);
  expect(await itemsOf(path)).toEqual([
    { kind: 'block', where: path, bytes: Buffer.from(content) },
  ]);
});

test.each(REPLAY_ENDINGS)('a missing %s', async (ending) => {
  const { error } = await drained(readReplayFile(missingFile(`x${ending}`)));
  expect(error).toMatchObject({ code: 'ENOENT' });
});
