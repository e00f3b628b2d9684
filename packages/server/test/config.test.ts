import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Config, type ConfigResult, flagName, loadConfig } from '../src/config.ts';
import { configListing, settingsHelp } from '../src/config-help.ts';
import { CONFIG_ROWS } from '../src/config-table.ts';
import { editDistance, nearMiss } from '../src/near-miss.ts';

function loaded(args: string[], env: Record<string, string> = {}): ConfigResult & { ok: true } {
  const result = loadConfig(args, env);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result;
}

function problemsOf(args: string[], env: Record<string, string> = {}): readonly string[] {
  const result = loadConfig(args, env);
  if (result.ok) throw new Error('was taken');
  return result.problems;
}

describe('values', () => {
  test('defaults are those of the operations page', () => {
    expect(loaded([]).config).toEqual({
      host: '127.0.0.1',
      port: 8000,
      logLevel: 'info',
      logFormat: 'auto',
      bitcoinZmqTx: null,
      bitcoinZmqBlock: null,
      mempoolUpdateIntervalMs: 500,
      mempoolWindowHours: 3,
      venues: 'demo',
      dataDir: './data',
      retentionDays: 90,
      leverageWeights: null,
      wsEnabled: true,
      wsUpdateIntervalSec: 5,
      wsMaxConnections: 1000,
      wsMaxConnectionsPerIp: 10,
      wsSlowConsumerTimeoutSec: 1,
      wsMaxPendingBytes: 1_048_576,
      wsMaxMessageBytes: 4096,
      wsMaxMessagesPer10s: 100,
      allowedOrigins: [],
      wsCompression: true,
      workers: 0,
      apiKeysFile: null,
      jwtSecretFile: null,
      jwtJwksUrl: null,
      jwtIssuer: null,
      jwtAudience: null,
      metricsAllow: ['127.0.0.0/8', '::1'],
      trustedProxies: [],
      drainSeconds: 10,
      demoSeed: 1,
    });
    expectTypeOf<Config['logFormat']>().toEqualTypeOf<'auto' | 'json' | 'pretty'>();
    expectTypeOf<Config['bitcoinZmqTx']>().toEqualTypeOf<string | null>();
    expectTypeOf<Config['allowedOrigins']>().toEqualTypeOf<readonly string[]>();
  });

  test('flags go before the environment, that before defaults; empty counts as unset', () => {
    const { config, origins } = loaded(['--port=9000'], { PORT: '7', HOST: '::1', LOG_LEVEL: '' });
    expect(config).toMatchObject({ port: 9000, host: '::1', logLevel: 'info' });
    expect(origins).toMatchObject({ port: 'flag', host: 'environment', logLevel: 'default' });
  });

  test('a flag takes its value behind = or as the next word; the last one counts', () => {
    const { config } = loaded([
      '--bitcoin-zmq-tx',
      'tcp://127.0.0.1:28332',
      '--port=1',
      '--port=2',
    ]);
    expect(config).toMatchObject({ bitcoinZmqTx: 'tcp://127.0.0.1:28332', port: 2 });
  });

  test('a path is taken as it stands, but not blank and not with a line break or NUL in it', () => {
    expect(loaded(['--data-dir', '/srv/tide gauge']).config.dataDir).toBe('/srv/tide gauge');
    for (const path of [' ', 'data\n', 'a\0b']) {
      expect(problemsOf([`--data-dir=${path}`])[0]).toContain('a path without control characters');
    }
  });

  test('leverage weights are taken as written, or the pair that is wrong is named', () => {
    const env = { LEVERAGE_WEIGHTS: '10:.5, 50:.5' };
    expect(loaded([], env).config.leverageWeights).toBe('10:.5, 50:.5');
    const [problem] = problemsOf(['--leverage-weights', '10:.5,500:.5']);
    expect(problem).toContain('--leverage-weights');
    expect(problem).toContain('leverage 500 is liquidated where it is opened');
  });

  test('a boolean flag may stand alone', () => {
    expect(loaded(['--ws-enabled', '--port=1']).config).toMatchObject({ wsEnabled: true, port: 1 });
    expect(loaded(['--ws-enabled', 'no']).config.wsEnabled).toBe(false);
    expect(loaded(['--ws-enabled=OFF']).config.wsEnabled).toBe(false);
    expect(loaded(['--ws-enabled'], { WS_ENABLED: 'false' }).config.wsEnabled).toBe(true);
  });

  test('lists are split, cleaned and normalized', () => {
    const env = {
      ALLOWED_ORIGINS: 'https://Example.com/, http://localhost:5173',
      TRUSTED_PROXIES: '10.0.0.0/8,::1',
    };
    expect(loaded([], env).config).toMatchObject({
      allowedOrigins: ['https://example.com', 'http://localhost:5173'],
      trustedProxies: ['10.0.0.0/8', '::1'],
    });
    expect(loaded([], { ALLOWED_ORIGINS: '*' }).config.allowedOrigins).toEqual(['*']);
  });
});

describe('problems', () => {
  test('all at once, each with name, value and what is allowed', () => {
    const problems = problemsOf(['--port', 'http', '--prot=1', '--log-level'], {
      WS_MAX_CONNECTIONS: '-1',
      LOG_FORMAT: 'xml',
      BITCOIN_ZMQ_BLOCK: '127.0.0.1:28332',
    });
    expect(problems).toEqual([
      '--prot: there is no such flag; did you mean --port?',
      '--log-level: its value is missing: allowed is one of debug, info, warn, error, silent',
      "--port: 'http' is not allowed: allowed is a whole number from 0 to 65535",
      "LOG_FORMAT: 'xml' is not allowed: allowed is one of auto, json, pretty",
      expect.stringMatching(
        /^BITCOIN_ZMQ_BLOCK: '127.0.0.1:28332' is not allowed: .*tcp:\/\/ or ipc:/,
      ),
      "WS_MAX_CONNECTIONS: '-1' is not allowed: allowed is a whole number from 0 to 1000000",
    ]);
  });

  test.each([
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PORT', '65536'],
    ['PORT', ' '],
    ['HOST', 'http://localhost'],
    ['HOST', 'localhost:8000'],
    ['MEMPOOL_UPDATE_INTERVAL_MS', '99'],
    ['MEMPOOL_WINDOW_HOURS', 'Infinity'],
    ['WS_ENABLED', 'maybe'],
    ['ALLOWED_ORIGINS', 'example.com'],
    ['ALLOWED_ORIGINS', 'https://example.com/path'],
    ['ALLOWED_ORIGINS', 'https://a.com,file:///x'],
    ['JWT_JWKS_URL', 'example.com/jwks.json'],
    ['JWT_JWKS_URL', 'file:///jwks.json'],
    ['JWT_JWKS_URL', 'https://user:secret@example.com/'],
    ['JWT_ISSUER', ' '],
    ['TRUSTED_PROXIES', 'proxy.local'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '10.0.0.0/8/8'],
  ])('%s=%s is refused', (name, value) => {
    const problems = problemsOf([], { [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name}: '${value}' `);
    expect(problems[0]).toContain('allowed is');
  });

  test('settings that exclude each other, and those that need another', () => {
    const [JWT_SECRET_FILE, JWT_JWKS_URL] = ['secret', 'https://example.com/jwks.json'];
    expect(problemsOf([], { JWT_SECRET_FILE, JWT_JWKS_URL })).toEqual([
      expect.stringMatching(/^JWT_SECRET_FILE and JWT_JWKS_URL are both set: .*one of them$/),
    ]);
    expect(problemsOf(['--jwt-issuer=us'], { JWT_AUDIENCE: 'gauge', API_KEYS_FILE: 'k' })).toEqual([
      'JWT_ISSUER is set, but no token is taken: that needs JWT_SECRET_FILE or JWT_JWKS_URL',
      'JWT_AUDIENCE is set, but no token is taken: that needs JWT_SECRET_FILE or JWT_JWKS_URL',
    ]);
    const alone = { JWT_JWKS_URL, JWT_ISSUER: 'us', JWT_AUDIENCE: 'gauge' };
    expect(loaded([], alone).config).toMatchObject({ jwtJwksUrl: JWT_JWKS_URL, jwtIssuer: 'us' });
  });

  test('the bad part of a list is named', () => {
    expect(problemsOf([], { TRUSTED_PROXIES: '::1,proxy.local' })[0]).toContain(
      "'proxy.local' in it is not allowed",
    );
  });

  test('an unknown flag takes its value with it, a stray word is named', () => {
    expect(problemsOf(['--colour', 'red'])).toEqual(['--colour: there is no such flag']);
    expect(problemsOf(['--colour', '--port=1'])).toEqual(['--colour: there is no such flag']);
    expect(problemsOf(['fast'])).toEqual(["'fast' is not understood: only flags stand here"]);
    expect(problemsOf([`--${'x'.repeat(99)}`])[0]!.length).toBeLessThan(100);
  });

  test('variables that nearly have a known name are reported, others are not', () => {
    const env = {
      WS_MAX_CONECTIONS: '5',
      MEMPOOL_UPDATE_INTERVAL: '500',
      bitcoin_zmq_tx: 'tcp://127.0.0.1:28332',
      TRUSTED_PROXYS: '::1',
      LOGNAME: 'me',
      HOSTS: 'x',
      BITCOIN_RPC_URL: 'http://127.0.0.1:8332',
      PATH: '/bin',
    };
    expect(loaded([], env).warnings).toEqual([
      'WS_MAX_CONECTIONS is set but unknown; did you mean WS_MAX_CONNECTIONS?',
      'MEMPOOL_UPDATE_INTERVAL is set but unknown; did you mean MEMPOOL_UPDATE_INTERVAL_MS?',
      'bitcoin_zmq_tx is set but unknown; did you mean BITCOIN_ZMQ_TX?',
      'TRUSTED_PROXYS is set but unknown; did you mean TRUSTED_PROXIES?',
    ]);
  });

  test('no arguments and no environment make it throw', () => {
    const env = fc.dictionary(fc.constantFrom(...envNames(), 'OTHER'), fc.string());
    fc.assert(
      fc.property(fc.array(fc.string()), env, (args, variables) => {
        expect(typeof loadConfig(args, variables).ok).toBe('boolean');
      }),
    );
  });
});

describe('help and listing', () => {
  test('help names every flag, variable and default, within 100 columns', () => {
    const help = settingsHelp();
    for (const env of envNames()) expect(help).toContain(`${flagName(env)}  (${env}; `);
    expect(help).toContain(
      '--mempool-update-interval-ms  (MEMPOOL_UPDATE_INTERVAL_MS; default 500 ms)',
    );
    expect(help).toContain('--bitcoin-zmq-tx  (BITCOIN_ZMQ_TX; unset)');
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('the listing says where each value came from and can be read back', () => {
    const { config, origins } = loaded(['--port=9'], { ALLOWED_ORIGINS: '*' });
    const listing = configListing(config, origins);
    expect(listing).toMatch(/^PORT=9 +# flag --port$/m);
    expect(listing).toMatch(/^ALLOWED_ORIGINS='\*' +# environment$/m);
    expect(listing).toMatch(/^BITCOIN_ZMQ_TX= +# default$/m);
    const env = Object.fromEntries(
      listing.split('\n').map((line) => {
        const [, name, value] = /^(\w+)='?([^'# ]*)/.exec(line)!;
        return [name!, value!];
      }),
    );
    expect(loaded([], env).config).toEqual(config);
  });

  test('secrets are masked, in the listing and in problems', () => {
    const rows = { ...CONFIG_ROWS, host: { ...CONFIG_ROWS.host!, secret: true } };
    const { config, origins } = loaded(['--host=hunter2']);
    const listing = configListing(config, origins, rows);
    expect(listing).toMatch(/^HOST=\*{8} /);
    expect(listing).not.toContain('hunter2');
    const result = loadConfig(['--host=hunter 2'], {}, rows);
    expect(result).toMatchObject({ ok: false });
    expect(JSON.stringify(result)).not.toContain('hunter');
  });
});

describe('near misses', () => {
  test('counts inserts, removals, replacements and swaps', () => {
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('abc', '')).toBe(3);
    expect(editDistance('port', 'prot')).toBe(1);
    expect(editDistance('serve', 'sevre')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  test('the closest wins, and nothing far away', () => {
    expect(nearMiss('sreve', ['replay', 'serve'])).toBe('serve');
    expect(nearMiss('dance', ['replay', 'serve', 'config'])).toBeNull();
  });

  test('is symmetric, zero only for equals', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

function envNames(): string[] {
  return Object.values(CONFIG_ROWS).map((row) => row.env);
}
