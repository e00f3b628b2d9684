import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { AccessError } from '../src/access/open-access.ts';
import type { Command } from '../src/commands/command.ts';
import { runCommandLine } from '../src/commands/command-line.ts';
import { configCommand } from '../src/commands/config.ts';
import { Ending } from '../src/commands/ending.ts';
import { listenProblem } from '../src/commands/listen-problem.ts';
import { type StreamServer, serveCommand } from '../src/commands/serve.ts';
import { createLog } from '../src/log.ts';
import { StoreError } from '../src/store/store.ts';
import { FakeClock, FakeLog } from './hub-fakes.ts';

class Sink extends Writable {
  text = '';
  isTTY = false;
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

class FakeServer implements StreamServer {
  drains = 0;
  problem: Error | null = null;
  start(): Promise<string> {
    return this.problem === null
      ? Promise.resolve('http://127.0.0.1:8000/')
      : Promise.reject(this.problem);
  }
  clients(): number {
    return 3;
  }
  drain(): Promise<void> {
    this.drains++;
    return Promise.resolve();
  }
}

const server = new FakeServer();
const port = new FakeProcess();
const serve = serveCommand(() => Promise.resolve(server), new FakeClock(), port);
const echo: Command = {
  name: 'echo',
  summary: 'says it again',
  help: () => 'help of echo',
  run: (args, io) => {
    io.stdout.write(args.join('|'));
    return Promise.resolve(7);
  },
};

async function call(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const code = await runCommandLine(args, { stdout, stderr, env }, [serve, configCommand, echo]);
  return { code, out: stdout.text, err: stderr.text };
}

test('a history that cannot be opened is told in its own words, and nothing starts', async () => {
  const locked = new StoreError('locked', 'data/tidegauge.duckdb is open in process 7: stop it');
  const [stdout, stderr] = [new Sink(), new Sink()];
  const failing = serveCommand(() => Promise.reject(locked), new FakeClock(), port);
  expect(await runCommandLine(['serve'], { stdout, stderr, env: {} }, [failing])).toBe(1);
  expect(stderr.text).toBe(`tidegauge: ${locked.message}\n`);
  expect(port.eventNames()).toEqual([]);
});

test('serve with keys that cannot be read: every problem, and that it was called wrongly', async () => {
  const unusable = new AccessError(['API_KEYS_FILE: a', 'JWT_SECRET_FILE: b']);
  const [stdout, stderr] = [new Sink(), new Sink()];
  const failing = serveCommand(() => Promise.reject(unusable), new FakeClock(), port);
  expect(await runCommandLine(['serve'], { stdout, stderr, env: {} }, [failing])).toBe(2);
  expect(stderr.text).toMatch(/^tidegauge: API_KEYS_FILE: a\ntidegauge: JWT_SECRET_FILE: b\n/);
  expect(port.eventNames()).toEqual([]);
});

describe('the command line', () => {
  test('help names every command, and each has its own', async () => {
    const { code, out } = await call(['--help']);
    expect(code).toBe(0);
    for (const name of ['serve', 'config', 'echo']) expect(out).toContain(`  ${name}`);
    expect((await call(['help', 'echo'])).out).toBe('help of echo\n');
    expect((await call(['echo', 'x', '-h'])).out).toBe('help of echo\n');
    expect((await call(['help'])).out).toBe(out);
  });

  test('help of serve comes from the table and says how to connect a node', async () => {
    for (const args of [
      ['serve', '--help'],
      ['config', '--help'],
    ]) {
      const { code, out } = await call(args);
      expect(code).toBe(0);
      expect(out).toContain('--bitcoin-zmq-tx  (BITCOIN_ZMQ_TX; unset)');
    }
    expect((await call(['serve', '--help'])).out).toContain('zmqpubrawtx=tcp://');
  });

  test('version', async () => {
    expect((await call(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('an unknown command is named, with what was probably meant', async () => {
    const { code, err } = await call(['sevre']);
    expect(code).toBe(2);
    expect(err).toBe(
      "tidegauge: there is no command 'sevre'; allowed: serve, config, echo. Did you mean serve?\n",
    );
    expect((await call(['x'.repeat(500)])).err.length).toBeLessThan(150);
  });

  test('arguments reach the command, its code comes back', async () => {
    expect(await call(['echo', 'a', '--b=c'])).toEqual({ code: 7, out: 'a|--b=c', err: '' });
  });

  test('without a command it is serve', async () => {
    for (const args of [['--prot=1'], ['serve', '--prot=1']]) {
      const { code, err } = await call(args);
      expect(code).toBe(2);
      expect(err).toContain('--prot: there is no such flag; did you mean --port?');
      expect(err).toContain('tidegauge serve --help');
    }
  });
});

describe('config', () => {
  test('prints the effective settings, and doubts about the environment apart', async () => {
    const { code, out, err } = await call(['config', '--port=9'], { WS_MAX_CONECTIONS: '5' });
    expect(code).toBe(0);
    expect(out).toMatch(/^PORT=9 +# flag --port$/m);
    expect(err).toBe(
      'tidegauge: WS_MAX_CONECTIONS is set but unknown; did you mean WS_MAX_CONNECTIONS?\n',
    );
  });

  test('prints all problems', async () => {
    const { code, out, err } = await call(['config', '--port=x'], { HOST: 'a b' });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('--port: ');
    expect(err).toContain('HOST: ');
  });
});

describe('serve', () => {
  test('runs until a signal, drains and ends with 0', async () => {
    server.drains = 0;
    const running = call(['serve'], { WS_MAX_CONECTIONS: '5' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.drains).toBe(0);
    port.emit('SIGTERM');
    const { code, out } = await running;
    expect([code, server.drains]).toEqual([0, 1]);
    const lines = out.trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toMatchObject([
      { msg: 'WS_MAX_CONECTIONS is set but unknown; did you mean WS_MAX_CONNECTIONS?' },
      { url: 'http://127.0.0.1:8000/' },
      { event: 'drain', why: 'SIGTERM', clients: 3 },
      { event: 'stopped' },
    ]);
    expect(port.eventNames()).toEqual([]);
  });

  test.each(['uncaughtException', 'unhandledRejection'])(
    '%s: logged, drained, 1',
    async (event) => {
      const running = call(['serve']);
      await new Promise((resolve) => setImmediate(resolve));
      port.emit(event, new Error('a bug'));
      const { code, out } = await running;
      expect(code).toBe(1);
      expect(out).toContain('a bug');
      expect(out).toContain('"why":"crash"');
    },
  );

  test('says in words why it cannot listen, and leaves nothing open', async () => {
    server.drains = 0;
    server.problem = Object.assign(new Error('listen'), { code: 'EADDRINUSE' });
    const { code, err } = await call(['serve']);
    server.problem = null;
    expect(code).toBe(1);
    expect(err).toContain('port 8000 on 127.0.0.1 is in use');
    expect(server.drains).toBe(1);
    expect(port.eventNames()).toEqual([]);
  });
});

describe('listening problems in words', () => {
  const problem = (code: string, at = 8000) =>
    listenProblem(Object.assign(new Error(code), { code }), 'tide.example', at);

  test('each with what to do', () => {
    expect(problem('EADDRINUSE')).toContain('another port: --port 8001 (or PORT=8001)');
    expect(problem('EADDRINUSE', 65_535)).toContain('--port 65534');
    expect(problem('EACCES', 80)).toContain('port 80 of tide.example: ports under 1024');
    expect(problem('EADDRNOTAVAIL')).toContain('tide.example is no address of this machine');
    expect(problem('ENOTSUP')).toContain('--workers 0 (or WORKERS=0)');
    expect(problem('ENOTFOUND')).toContain('could not be resolved');
    expect(problem('EAI_AGAIN')).toContain('could not be resolved');
    expect(problem('EMFILE')).toBe('could not listen on port 8000 of tide.example: EMFILE');
    expect(listenProblem('odd', 'x', 1)).toContain('odd');
  });
});

describe('the end of the process', () => {
  test('signals within 300 ms are one keystroke, a later one ends at once', async () => {
    const [clock, log, proc] = [new FakeClock(), new FakeLog(), new FakeProcess()];
    const ending = new Ending(proc, clock, log);
    proc.emit('SIGINT');
    expect(await ending.asked).toEqual({ why: 'SIGINT', exitCode: 0 });
    clock.advance(299);
    proc.emit('SIGINT');
    proc.emit('SIGTERM');
    expect(proc.exits).toEqual([]);
    clock.advance(1);
    proc.emit('SIGINT');
    proc.emit('SIGTERM');
    expect(proc.exits).toEqual([130, 143]);
    ending.dispose();
    expect(proc.eventNames()).toEqual([]);
  });

  test('a second failure while ending does not wait', () => {
    const proc = new FakeProcess();
    const ending = new Ending(proc, new FakeClock(), new FakeLog());
    proc.emit('uncaughtException', new Error('one'));
    expect(proc.exits).toEqual([]);
    proc.emit('unhandledRejection', new Error('two'));
    expect(proc.exits).toEqual([1]);
    ending.dispose();
  });
});

describe('the log', () => {
  const line = (format: 'auto' | 'json' | 'pretty', isTTY: boolean) => {
    const sink = new Sink();
    sink.isTTY = isTTY;
    const log = createLog(sink, { level: 'info', format });
    log.debug({}, 'not this');
    log.info({ event: 'drain', n: 1 }, 'stopping');
    return sink.text;
  };

  test('JSON, and pretty on a terminal', () => {
    expect(JSON.parse(line('auto', false))).toMatchObject({ event: 'drain', msg: 'stopping' });
    expect(JSON.parse(line('json', true))).toMatchObject({ n: 1 });
    for (const text of [line('auto', true), line('pretty', false)]) {
      expect(text).toContain('stopping');
      expect(text).not.toContain('"msg"');
      expect(text).not.toContain('not this');
    }
  });
});
