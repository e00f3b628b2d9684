import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeTx, plainInput, plainTx, txidOf } from '../../../onchain/test/encode-tx.ts';
import { seeded, votesAt } from '../../../onchain/test/synthetic-votes.ts';
import { runCommandLine } from '../../src/commands/command-line.ts';
import { replayCommand } from '../../src/commands/replay.ts';
import { fileOf, missingFile } from './files.ts';

const START_SEC = 1_713_571_767;
const FIELDS = ['time', 'height', 'price', 'low', 'high', 'confidence', 'sample_size', 'status'];

class Sink extends Writable {
  text = '';
  readonly isTTY: boolean;
  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _: string, done: (error?: Error) => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Takes some writes, then fails as a pipe does whose reader has gone, or a full disk. */
class FailingSink extends Sink {
  readonly #code: string;
  #writesLeft: number;
  writes = 0;
  constructor(code: string, writesLeft: number) {
    super();
    this.#code = code;
    this.#writesLeft = writesLeft;
  }
  override _write(chunk: Buffer, encoding: string, done: (error?: Error) => void): void {
    this.writes += 1;
    if (this.#writesLeft-- > 0) super._write(chunk, encoding, done);
    else setImmediate(done, Object.assign(new Error(`write ${this.#code}`), { code: this.#code }));
  }
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function replay(
  args: readonly string[],
  { stdout = new Sink(), stderr = new Sink() }: { stdout?: Sink; stderr?: Sink } = {},
): Promise<Ran> {
  const io = { stdout, stderr, env: {} };
  const code = await runCommandLine(['replay', ...args], io, [replayCommand]);
  return { code, out: stdout.text, err: stderr.text };
}

function linesOf(out: string): Record<string, unknown>[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function blockLine(index: number, outputs: readonly number[] = []): string {
  return JSON.stringify({ height: 840_000 + index, time: START_SEC + index * 600, outputs });
}

function blockLines(from: number, count: number): string {
  return Array.from({ length: count }, (_, i) => blockLine(from + i)).join('\n');
}

const goodFile = (): string => fileOf('good.ndjson', blockLine(0));

describe('called wrongly: the reason, exit code 2, and nothing is replayed', () => {
  test('without a file', async () => {
    expect(await replay([])).toEqual({
      code: 2,
      out: '',
      err: 'tidegauge replay: no file given: tidegauge replay FILE...\n',
    });
  });

  test('all problems at once, beside a good file', async () => {
    const missing = missingFile('x.ndjson');
    const { code, out, err } = await replay([goodFile(), '--fast', 'notes.txt', missing]);
    expect([code, out]).toEqual([2, '']);
    expect(err.trim().split('\n')).toEqual([
      'tidegauge replay: unknown option --fast: replay takes files and --help',
      'tidegauge replay: notes.txt: its name has to end in ' +
        '.ndjson, .ndjson.gz, .raw, .blk, .hex, .hex.gz',
      `tidegauge replay: ${missing}: cannot be read ` +
        `(ENOENT: no such file or directory, access '${missing}')`,
    ]);
  });

  test('help says what is read and what is written', async () => {
    const { code, out, err } = await replay(['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`{${FIELDS.map((field) => `"${field}"`).join(',')}}`);
    for (const ending of ['.ndjson.gz', '.raw', '.hex.gz']) expect(out).toContain(ending);
  });
});

describe('what comes out', () => {
  test('a line a block with exactly the fields of the contract, in order over the files', async () => {
    const random = seeded(3);
    const day = Array.from({ length: 12 }, (_, i) => blockLine(i, votesAt(random, 64_000, 1000)));
    const { code, out, err } = await replay([
      fileOf('a.ndjson', day.slice(0, 6).join('\n')),
      fileOf('b.ndjson.gz', gzipSync(`${day.slice(6).join('\r\n')}\r\n`)),
    ]);
    expect([code, err]).toEqual([0, '']);
    const lines = linesOf(out);
    expect(lines.map(({ height }) => height)).toEqual(day.map((_, i) => 840_000 + i));
    for (const line of lines) expect(Object.keys(line)).toEqual(FIELDS);
    const last = lines.at(-1)!;
    expect(last).toMatchObject({ status: 'live', time: START_SEC + 6600 });
    for (const field of ['price', 'low', 'high']) {
      const cents = Number(last[field]) * 100;
      expect(Math.abs(cents - Math.round(cents))).toBeLessThan(1e-6);
    }
    expect(Math.abs(Number(last.price) / 64_000 - 1)).toBeLessThan(0.003);
    expect(Number(last.low)).toBeLessThan(Number(last.price));
    expect(Number(last.high)).toBeGreaterThan(Number(last.price));
    expect(Number(last.confidence)).toBeGreaterThan(0.5);
    expect(Number(last.confidence)).toBeLessThanOrEqual(1);
  });

  test('null while it cannot tell', async () => {
    const { out } = await replay([goodFile()]);
    expect(out).toBe(
      `{"time":${START_SEC},"height":840000,"price":null,"low":null,"high":null,` +
        '"confidence":0,"sample_size":0,"status":"warming_up"}\n',
    );
  });

  test('one line for a mempool; without a block before it, it has no time', async () => {
    const hex = [1, 2].map((number) => {
      const tx = plainTx({ inputs: [plainInput({ prevTxid: txidOf(number) })] });
      return Buffer.from(encodeTx(tx)).toString('hex');
    });
    const pool = fileOf('pool.hex', hex.join('\n'));
    const alone = linesOf((await replay([pool])).out);
    expect(alone).toMatchObject([{ time: null, height: null, sample_size: 4 }]);
    const after = linesOf((await replay([goodFile(), pool])).out);
    expect(after[1]).toMatchObject({ time: START_SEC, height: 840_000, sample_size: 4 });
  });
});

describe('what is wrong in the files: named, left out, exit code 1', () => {
  test('a bad line in the middle, with file and line', async () => {
    const path = fileOf('x.ndjson', `${blockLine(0)}\n{"height":1,"time":true}\n${blockLine(2)}\n`);
    const { code, out, err } = await replay([path]);
    expect(code).toBe(1);
    expect(linesOf(out).map(({ height }) => height)).toEqual([840_000, 840_002]);
    expect(err).toBe(`tidegauge replay: ${path}:2: time is true, allowed: unix seconds\n`);
  });

  test('a file that breaks off does not keep the next from being replayed', async () => {
    const whole = gzipSync(blockLines(0, 20));
    const cut = fileOf('cut.ndjson.gz', whole.subarray(0, whole.length - 12));
    const next = fileOf('next.ndjson', blockLine(50));
    const { code, out, err } = await replay([cut, next]);
    expect(code).toBe(1);
    expect(linesOf(out).at(-1)).toMatchObject({ height: 840_050 });
    expect(err).toBe(`tidegauge replay: ${cut}: unexpected end of file\n`);
  });

  test('a mempool that breaks off has an estimate of its own, not one with the next', async () => {
    const pool = (from: number, count: number): string =>
      Array.from({ length: count }, (_, i) => {
        const tx = plainTx({ inputs: [plainInput({ prevTxid: txidOf(from + i) })] });
        return Buffer.from(encodeTx(tx)).toString('hex');
      }).join('\n');
    const whole = gzipSync(pool(1, 400));
    const cut = fileOf('cut.hex.gz', whole.subarray(0, whole.length / 2));
    const next = fileOf('next.ndjson', blockLine(0));
    const { code, out, err } = await replay([cut, next]);
    expect(code).toBe(1);
    const lines = linesOf(out);
    expect(lines.map(({ height }) => height)).toEqual([null, 840_000]);
    expect(Number(lines[0]!.sample_size)).toBeGreaterThan(0);
    expect(Number(lines[0]!.sample_size)).toBeLessThan(800);
    expect(err).toContain(`${cut}: unexpected end of file`);
  });

  test('a block that is none, and one in hex', async () => {
    const block = fileOf('x.raw', Uint8Array.of(1, 2, 3));
    const pool = fileOf('x.hex', 'zz\n00\n');
    const { code, out, err } = await replay([block, pool]);
    expect(code).toBe(1);
    expect(linesOf(out)).toMatchObject([{ height: null, sample_size: 0, status: 'warming_up' }]);
    expect(err.trim().split('\n')).toEqual([
      `tidegauge replay: ${block}: no valid block: truncated`,
      `tidegauge replay: ${pool}:1: not a transaction in hex`,
      `tidegauge replay: ${pool}:2: no valid transaction: truncated`,
    ]);
  });

  test('of many problems twenty are told and the rest counted', async () => {
    const path = fileOf('x.ndjson', '{\n'.repeat(500));
    const { code, err } = await replay([path]);
    const lines = err.trim().split('\n');
    expect(code).toBe(1);
    expect(lines).toHaveLength(21);
    expect(lines[19]).toBe(`tidegauge replay: ${path}:20: not JSON`);
    expect(lines[20]).toBe('tidegauge replay: 480 more problems like these');
  });
});

describe('who reads along', () => {
  test('progress is drawn on a terminal, and gone at the end', async () => {
    const path = fileOf('x.ndjson', blockLines(0, 1200));
    const { out, err } = await replay([path], { stderr: new Sink(true) });
    expect(linesOf(out)).toHaveLength(1200);
    const clear = '\r\x1b[K';
    expect(err).toBe(
      `${clear}replay: 500 blocks, file 1 of 1: ${path}` +
        `${clear}replay: 1000 blocks, file 1 of 1: ${path}${clear}`,
    );
  });

  test('nowhere else', async () => {
    const path = fileOf('x.ndjson', blockLines(0, 1200));
    expect((await replay([path])).err).toBe('');
  });

  test('a problem does not stand in the middle of the progress line', async () => {
    const path = fileOf('x.ndjson', `${blockLines(0, 500)}\n{\n`);
    const { err } = await replay([path], { stderr: new Sink(true) });
    expect(err).toContain(`: ${path}\r\x1b[Ktidegauge replay: ${path}:501: not JSON\n`);
  });

  test('a reader that has had enough ends it without a word', async () => {
    // What is wrong behind the point where it left is not looked at any more.
    const path = fileOf('x.ndjson', `${blockLines(0, 20_000)}\n{\n`);
    const stdout = new FailingSink('EPIPE', 2);
    const { code, err } = await replay([path, path], { stdout });
    expect([code, err]).toEqual([0, '']);
    expect(linesOf(stdout.text)).toHaveLength(512);
    expect(stdout.writes).toBe(3);
  });

  test('a disk that is full is a failure', async () => {
    const path = fileOf('x.ndjson', blockLines(0, 5000));
    const { code, err } = await replay([path], { stdout: new FailingSink('ENOSPC', 1) });
    expect(code).toBe(1);
    expect(err).toBe('tidegauge replay: stdout: write ENOSPC\n');
  });
});
