import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { restSchemas, schemas } from '@tidegauge/protocol';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPEN_ACCESS } from '../src/access/access.ts';
import type { Answer } from '../src/http/answer.ts';
import type { ServerView } from '../src/http/health.ts';
import { OriginPolicy } from '../src/http/origin-policy.ts';
import { Router } from '../src/http/router.ts';
import { restRoutes } from '../src/http/routes.ts';
import { pagePolicy } from '../src/http/security-headers.ts';
import { StaticFiles } from '../src/http/static-files.ts';
import type { PriceState } from '../src/hub/mempool-channels.ts';
import type { HeatmapCounters } from '../src/pipelines/heatmap-counters.ts';
import type { SourceStatus } from '../src/sources/source.ts';
import { LIVE, priceCounters, sourceStatus, WARMING } from './hub-fakes.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-page-'));
const script = 'console.log("tide");\n'.repeat(50);

beforeAll(() => {
  mkdirSync(path.join(directory, 'assets'));
  writeFileSync(path.join(directory, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(path.join(directory, 'assets', 'index-DPAcW-8M.js'), script);
  writeFileSync(path.join(directory, 'assets', 'font-AbCd1234.woff2'), Buffer.alloc(2000));
  writeFileSync(path.join(directory, 'robots.txt'), 'x');
  symlinkSync('/etc/hostname', path.join(directory, 'link.txt'));
});

afterAll(() => rmSync(directory, { recursive: true }));

const state: PriceState = {
  timeSec: 1_767_225_600.5,
  reading: LIVE,
  stats: { received: 12, filtered: 3, activeInWindow: 9, uptimeSec: 5 },
  confirmed: { estimate: LIVE, blockHeight: 702_861, blockTimeSec: 1_767_225_000, points: [] },
};

function viewOf(changes: Partial<ServerView> = {}): ServerView {
  return {
    demo: false,
    version: '1.2.3',
    draining: () => false,
    clients: () => 4,
    uptimeSec: () => 3600.9,
    source: () => sourceStatus(),
    counters: () => priceCounters(),
    problem: () => null,
    venue: () => null,
    store: () => null,
    price: () => state,
    ...changes,
  };
}

function routerOf(changes: Partial<ServerView> = {}, allowedOrigins: string[] = []): Router {
  return new Router({
    routes: restRoutes(viewOf(changes)),
    files: StaticFiles.load(directory),
    origins: new OriginPolicy(allowedOrigins),
    access: OPEN_ACCESS,
  });
}

function get(
  target: string,
  headers: Record<string, string> = {},
  router = routerOf(),
): Promise<Answer> {
  return ask(router, 'GET', target, { host: 'tide.example', ...headers });
}

function ask(
  router: Router,
  method: string,
  target: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { signal } = new AbortController();
  const client = '127.0.0.1';
  return router.answer({ method, target, client, address: client, headers, signal });
}

const json = (answer: Answer): Record<string, unknown> =>
  JSON.parse(answer.body.toString()) as Record<string, unknown>;

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
ajv.addSchema({ $id: 'wire', $defs: { ...schemas, ...restSchemas } });

function expectValid(name: keyof typeof restSchemas, answer: Answer): void {
  ajv.validate({ $ref: `wire#/$defs/${name}` }, json(answer));
  expect(ajv.errorsText()).toBe('No errors');
}

describe('/health', () => {
  test('says how the server and its sources are', async () => {
    const counters = priceCounters({
      blocks: 2,
      confirmed: 5,
      duplicates: 6,
      replaced: 1,
      withoutVotingOutput: 1,
      filteredByRule: { op_return: 2, coinbase: 0 },
      outputsByRule: { amount_range: 3 },
      malformedTransactions: { truncated: 4, no_inputs: 0 },
      malformedBlocks: { truncated: 0, merkle_mismatch: 1 },
    });
    const answer = await get('/health?probe=1', {}, routerOf({ counters: () => counters }));
    expectValid('HealthBody', answer);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(json(answer)).toEqual({
      status: 'ok',
      clients_connected: 4,
      mempool_active_txs: 9,
      mempool_received_txs: 12,
      mempool_filtered_txs: 3,
      last_block: { height: 702_861, time: 1_767_225_000 },
      price_status: 'live',
      uptime_seconds: 3600,
      demo: false,
      sources: {
        'stand-in': {
          demo: false,
          state: 'connected',
          since: 1_767_225_600,
          last_message: 1_767_225_601,
          frames: 7,
          missed: 0,
          dropped: 0,
          malformed: 0,
          detail: null,
        },
      },
      pipeline: {
        blocks: 2,
        confirmed: 5,
        duplicates: 6,
        replaced: 1,
        without_voting_output: 1,
        filtered_by_rule: { op_return: 2, coinbase: 0 },
        outputs_by_rule: { amount_range: 3 },
        malformed_transactions: { truncated: 4 },
        malformed_blocks: { merkle_mismatch: 1 },
      },
      heatmap: null,
      store: null,
      version: '1.2.3',
    });
  });

  test('degraded with what is wrong about what comes, beside what ails its source', async () => {
    const problem = (): string => 'the node is catching up';
    expect(json(await get('/health', {}, routerOf({ problem })))).toMatchObject({
      status: 'degraded',
      sources: { 'stand-in': { state: 'connected', detail: 'the node is catching up' } },
    });
    const source = () => sourceStatus({ detail: 'no blocks come' });
    expect(json(await get('/health', {}, routerOf({ problem, source })))).toMatchObject({
      sources: { 'stand-in': { detail: 'no blocks come. the node is catching up' } },
    });
  });

  const counters: HeatmapCounters = {
    candles: 1,
    candlesInProgress: 2,
    openInterest: 3,
    liquidations: 4,
    missing: 5,
    outOfOrder: 6,
    corrected: 7,
    duplicates: 8,
    tooLate: 9,
    malformed: { candle: 10, open_interest: 0, liquidation: 0 },
    ahead: 11,
    unknownSymbol: 12,
    saves: 13,
    failedSaves: 14,
    store: { stored: 15, failures: 16, dropped: 17 },
  };
  const venueOf = (status: Partial<SourceStatus>, problem: string | null) => () => {
    return { demo: false, status: sourceStatus({ name: 'venue', ...status }), counters, problem };
  };

  test('has the venue beside the node, and what became of what it brought', async () => {
    const venue = venueOf({ frames: 99 }, null);
    const store = () => ({ problem: null });
    const answer = await get('/health', {}, routerOf({ venue, store }));
    expectValid('HealthBody', answer);
    expect(json(answer)).toMatchObject({
      status: 'ok',
      sources: { 'stand-in': { frames: 7 }, venue: { frames: 99, detail: null } },
      heatmap: {
        candles: 1,
        candles_in_progress: 2,
        open_interest: 3,
        liquidations: 4,
        missing: 5,
        out_of_order: 6,
        corrected: 7,
        duplicates: 8,
        too_late: 9,
        malformed: { candle: 10 },
        ahead: 11,
        unknown_symbol: 12,
        rows_stored: 15,
        store_failures: 16,
        rows_dropped: 17,
      },
      store: { problem: null },
    });
  });

  test('degraded with what is wrong with the venue, what it brings, or the store', async () => {
    const lost = routerOf({ venue: venueOf({ state: 'lost', detail: 'no line' }, 'silent') });
    expect(json(await get('/health', {}, lost))).toMatchObject({
      status: 'degraded',
      sources: { venue: { state: 'lost', detail: 'no line. silent' } },
    });
    const silent = routerOf({ venue: venueOf({}, 'silent') });
    expect(json(await get('/health', {}, silent))).toMatchObject({
      status: 'degraded',
      sources: { 'stand-in': { detail: null }, venue: { detail: 'silent' } },
    });
    const damaged = await get('/health', {}, routerOf({ store: () => ({ problem: 'set aside' }) }));
    expectValid('HealthBody', damaged);
    expect(json(damaged)).toMatchObject({ status: 'degraded', store: { problem: 'set aside' } });
  });

  test('degraded without its source, 503 while draining, whatever else', async () => {
    const lost = { source: () => sourceStatus({ state: 'lost', lastFrameSec: null }) };
    const degraded = await get('/health', {}, routerOf({ ...lost, price: () => null }));
    expectValid('HealthBody', degraded);
    expect([degraded.status, json(degraded).status]).toEqual([200, 'degraded']);
    const partly = { source: () => sourceStatus({ detail: 'no blocks come' }) };
    expect(json(await get('/health', {}, routerOf(partly)))).toMatchObject({
      status: 'degraded',
      sources: { 'stand-in': { state: 'connected', detail: 'no blocks come' } },
    });
    const draining = await get('/health', {}, routerOf({ ...lost, draining: () => true }));
    expect([draining.status, json(draining).status]).toEqual([503, 'draining']);
  });
});

describe('/api/v1/price', () => {
  test('is the data of the newest price_update', async () => {
    const answer = await get('/api/v1/price');
    expectValid('PriceBody', answer);
    expect(json(answer)).toEqual({
      price: 87_412.5,
      confidence: 0.94,
      timestamp: 1_767_225_600.5,
      sample_size: 4309,
      low: 87_210.1,
      high: 87_603.9,
      status: 'live',
    });
  });

  test('marks a demo, and knows a price that is not there yet', async () => {
    const price = () => ({ ...state, reading: WARMING });
    const answer = await get('/api/v1/price', {}, routerOf({ demo: true, price }));
    expectValid('PriceBody', answer);
    expect(json(answer)).toMatchObject({ demo: true, price: null, status: 'warming_up' });
  });

  test('says how old a stale one is', async () => {
    const price = () => ({ ...state, reading: { ...LIVE, status: 'stale', asOfSec: 7 } as const });
    const answer = await get('/api/v1/price', {}, routerOf({ price }));
    expectValid('PriceBody', answer);
    expect(json(answer)).toMatchObject({ timestamp: 1_767_225_600.5, as_of: 7, status: 'stale' });
  });

  test('304 for whoever has it, also among others and weakly', async () => {
    const { etag } = (await get('/api/v1/price')).headers;
    for (const tags of [etag!, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await get('/api/v1/price', { 'if-none-match': tags });
      expect([answer.status, answer.body.length, answer.headers.etag]).toEqual([304, 0, etag]);
    }
    expect((await get('/api/v1/price', { 'if-none-match': '"other"' })).status).toBe(200);
    const later = routerOf({ price: () => ({ ...state, timeSec: 1_767_225_601 }) });
    expect((await get('/api/v1/price', { 'if-none-match': etag! }, later)).status).toBe(200);
  });

  test('a parameter that it does not take: 400 naming it and what is allowed', async () => {
    const answer = await get('/api/v1/price?currency=EUR');
    expectValid('ErrorBody', answer);
    expect(answer.status).toBe(400);
    expect(json(answer).error).toEqual({
      code: 'INVALID_PARAMETER',
      message: "unknown parameter 'currency=EUR'; /api/v1/price takes none",
    });
  });
});

describe('what is not there', () => {
  test('unknown paths: 404', async () => {
    for (const target of ['/nothing', '/api/v2/price', '/health/', '/ws', '/%']) {
      const answer = await get(target);
      expectValid('ErrorBody', answer);
      expect([target, answer.status]).toEqual([target, 404]);
    }
  });

  test('targets that are no path: 400', async () => {
    for (const target of ['*', '//evil.example/x', 'http://evil.example/', '']) {
      expect([target, (await get(target)).status]).toEqual([target, 400]);
    }
  });

  test('other methods: 405 with what is allowed', async () => {
    for (const target of ['/health', '/api/v1/price', '/', '/robots.txt']) {
      const answer = await ask(routerOf(), 'POST', target);
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toContain('GET, HEAD');
      expect(answer.headers.connection).toBe('close');
    }
  });
});

describe('other origins', () => {
  const listed = ['https://good.example'];
  const origin = (value: string) => ({ origin: value });

  test('by default no page of another origin may read', async () => {
    const { headers } = await get('/health', origin('https://good.example'));
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('a listed one may, and caches keep the answers apart', async () => {
    const router = routerOf({}, listed);
    for (const target of ['/health', '/api/v1/price', '/api/v1/price?x=1']) {
      expect((await get(target, origin('https://good.example'), router)).headers).toMatchObject({
        'access-control-allow-origin': 'https://good.example',
        'access-control-expose-headers': 'ETag, Retry-After',
        vary: 'Origin',
      });
      const { headers } = await get(target, origin('https://evil.example'), router);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers.vary).toBe('Origin');
    }
    expect((await get('/health', {}, routerOf({}, ['*']))).headers).toMatchObject({
      'access-control-allow-origin': '*',
    });
  });

  test('preflight', async () => {
    const preflight = (allowed: string[]) =>
      ask(routerOf({}, allowed), 'OPTIONS', '/api/v1/price', origin('https://good.example'));
    expect(await preflight(listed)).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-methods': 'GET, HEAD' },
    });
    expect((await preflight([])).headers).not.toHaveProperty('access-control-allow-methods');
  });

  test('who may open a WebSocket', () => {
    const own = new OriginPolicy([]);
    expect(own.allows(undefined, 'tide.example')).toBe(true);
    expect(own.allows('https://tide.example', 'tide.example')).toBe(true);
    expect(own.allows('https://TIDE.example', 'Tide.Example')).toBe(true);
    expect(own.allows('http://tide.example:8000', 'tide.example:8000')).toBe(true);
    expect(own.allows('http://tide.example:9000', 'tide.example:8000')).toBe(false);
    expect(own.allows('https://evil.example', 'tide.example')).toBe(false);
    expect(own.allows('null', 'tide.example')).toBe(false);
    expect(own.allows('https://tide.example', undefined)).toBe(false);
    expect(new OriginPolicy(['*']).allows('null', undefined)).toBe(true);
    expect(new OriginPolicy(listed).allows('https://good.example', 'tide.example')).toBe(true);
    expect(new OriginPolicy(listed).allows('https://good.example.evil', 'x')).toBe(false);
  });
});

describe('files', () => {
  test('the page, with a strict policy and a strong ETag', async () => {
    const answer = await get('/');
    expect(answer.body.toString()).toBe('<!doctype html><title>page</title>');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
    });
    expect((await get('/index.html')).headers.etag).toBe(answer.headers.etag);
    expect((await get('/', { 'if-none-match': answer.headers.etag! })).status).toBe(304);
    const policy = answer.headers['content-security-policy']!;
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("connect-src 'self' ws://tide.example wss://tide.example;");
    expect(policy).not.toContain('unsafe');
  });

  test('hashed ones are cached for good, others are asked for again', async () => {
    const { headers } = await get('/assets/index-DPAcW-8M.js');
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await get('/robots.txt')).headers['cache-control']).toBe('no-cache');
    expect((await get('/assets/font-AbCd1234.woff2')).headers['content-type']).toBe('font/woff2');
  });

  test('gzip for those who take it, under an ETag of its own', async () => {
    const plain = await get('/assets/index-DPAcW-8M.js');
    const packed = await get('/assets/index-DPAcW-8M.js', { 'accept-encoding': 'br, gzip' });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(packed.body).toString()).toBe(script);
    expect(packed.body.length).toBeLessThan(plain.body.length);
    expect(packed.headers.etag).not.toBe(plain.headers.etag);
    expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding' });
    for (const refused of ['br', 'gzip;q=0', 'gzip; q=0.0, br']) {
      const answer = await get('/assets/index-DPAcW-8M.js', { 'accept-encoding': refused });
      expect(answer.headers).not.toHaveProperty('content-encoding');
    }
    expect((await get('/robots.txt', { 'accept-encoding': 'gzip' })).body.toString()).toBe('x');
    const font = await get('/assets/font-AbCd1234.woff2', { 'accept-encoding': 'gzip' });
    expect(font.headers).not.toHaveProperty('content-encoding');
  });

  test('nothing but those files, whatever the path', async () => {
    for (const target of [
      '/../package.json',
      '/..%2fpackage.json',
      '/assets/../../secret',
      '/link.txt',
      '/assets',
      '/constructor',
      '/__proto__',
    ]) {
      expect([target, (await get(target)).status]).toEqual([target, 404]);
    }
    const router = routerOf();
    await fc.assert(
      fc.asyncProperty(fc.webPath(), fc.string(), async (target, other) => {
        for (const each of [target, `/${other}`]) {
          expect([200, 400, 404]).toContain((await get(each, {}, router)).status);
        }
      }),
    );
  });

  test('when the page was not built, a page that says how', () => {
    const answer = StaticFiles.load(path.join(directory, 'nowhere')).answer('/', {
      ifNoneMatch: undefined,
      acceptEncoding: undefined,
    });
    expect(answer!.status).toBe(200);
    expect(answer!.body.toString()).toContain('npm start');
  });
});

describe('content security policy', () => {
  const policyFor = (host: string | undefined): string =>
    pagePolicy(new URL('http://localhost/'), host, new OriginPolicy([]));

  test('names only a plain host', () => {
    expect(policyFor('127.0.0.1:8000')).toContain('ws://127.0.0.1:8000');
    for (const host of [undefined, '[::1]:8000', 'a b', "x; script-src 'unsafe-inline'", 'a,b']) {
      expect(policyFor(host)).toContain("connect-src 'self';");
    }
  });

  const framedBy = async (target: string, allowed: string[] = []): Promise<string | undefined> => {
    const { headers } = await get(target, {}, routerOf({}, allowed));
    return /frame-ancestors ([^;]*)$/.exec(headers['content-security-policy'] ?? '')?.[1];
  };

  test('lets nobody frame the whole page, whatever origins are allowed', async () => {
    for (const target of [
      '/',
      '/index.html',
      '/?embed=',
      '/?embed=all',
      '/?embed=Price',
      '/?embed=all&embed=price',
      '/?x=embed=price',
      '/?#embed=price',
      '/robots.txt?embed=price',
    ]) {
      expect([target, await framedBy(target, ['*'])]).toEqual([target, "'none'"]);
    }
  });

  test('lets a single chart be framed by its own pages and those of allowed origins', async () => {
    const listed = ['https://a.example', 'http://b.example:8080'];
    for (const target of ['/?embed=price', '/?x=1&embed=heatmap', '/index.html?embed=price']) {
      expect(await framedBy(target)).toBe("'self'");
      expect(await framedBy(target, listed)).toBe(`'self' ${listed.join(' ')}`);
      expect(await framedBy(target, ['*'])).toBe('*');
    }
  });
});
