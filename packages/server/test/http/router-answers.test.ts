import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Answer, jsonAnswer, polledAnswer } from '../../src/http/answer.ts';
import type { Route, RouteRequest } from '../../src/http/router.ts';
import { StoreError, type StoreErrorKind } from '../../src/store/store.ts';
import { ask, bodyAs, refusal, routerWith } from './ask.ts';

function route(path: string, answer: (request: RouteRequest) => Answer): Route {
  return { path, parameters: [], answer };
}

describe('a parameter in the path', () => {
  const echo = ({ pathValue }: RouteRequest): Answer =>
    jsonAnswer(200, JSON.stringify({ pathValue }));
  const router = routerWith([route('/maps/{symbol}', echo), route('/maps', echo)]);
  const valueAt = async (target: string): Promise<unknown> =>
    JSON.parse((await ask(router, target)).body.toString());

  test('is handed on decoded, once', async () => {
    expect(await valueAt('/maps/BTCUSDT')).toEqual({ pathValue: 'BTCUSDT' });
    expect(await valueAt('/maps/BTC%2FUSDT%3F')).toEqual({ pathValue: 'BTC/USDT?' });
    expect(await valueAt('/maps/100%2525')).toEqual({ pathValue: '100%25' });
    expect(await valueAt('/maps/%E2%82%BF')).toEqual({ pathValue: '₿' });
    expect(await valueAt('/maps')).toEqual({ pathValue: '' });
  });

  test('that is no encoding of UTF-8: 400 naming it', async () => {
    for (const bad of ['%', '%zz', '%ff', 'BTC%E2%82']) {
      expect(refusal(await ask(router, `/maps/${bad}`), 400)).toBe(
        `'${bad}' in the path is no valid percent-encoding of UTF-8`,
      );
    }
  });

  test('is one part of the path, and never empty', async () => {
    for (const target of ['/maps/', '/maps/a/b', '/map/BTC', '/maps/../BTC']) {
      refusal(await ask(router, target), 404);
    }
  });

  test('stands in what is said about unknown parameters', async () => {
    expect(refusal(await ask(router, '/maps/BTC?deep=1'), 400)).toBe(
      "unknown parameter 'deep=1'; /maps/{symbol} takes none",
    );
  });
});

describe('a route that throws', () => {
  const throwing = (error: Error) =>
    routerWith(
      [
        route('/history', () => {
          throw error;
        }),
      ],
      ['https://good.example'],
    );

  test('because the store is busy or slow: 503 with its words and when to come again', async () => {
    const cases: [StoreErrorKind, string, string][] = [
      ['busy', 'BUSY', '2'],
      ['deadline', 'TOOK_TOO_LONG', '10'],
    ];
    for (const [kind, code, retryAfter] of cases) {
      const answer = await ask(throwing(new StoreError(kind, 'all of it is in use')), '/history', {
        headers: { origin: 'https://good.example' },
      });
      expect(refusal(answer, 503)).toBe('all of it is in use');
      expect(bodyAs('ErrorBody', answer)).toMatchObject({ error: { code } });
      expect(answer.headers).toMatchObject({
        'retry-after': retryAfter,
        'access-control-allow-origin': 'https://good.example',
      });
    }
  });

  test('because the server is about to stop: 503', async () => {
    const answer = await ask(throwing(new StoreError('closed', 'closed')), '/history');
    expect(bodyAs('ErrorBody', answer)).toMatchObject({ error: { code: 'DRAINING' } });
    expect(answer.status).toBe(503);
  });

  test('for any other reason: the error goes on to whoever logs it', async () => {
    for (const error of [new Error('bug'), new StoreError('failed', 'no disk')]) {
      await expect(ask(throwing(error), '/history')).rejects.toBe(error);
    }
  });
});

describe('long answers', () => {
  const long = JSON.stringify({ columns: Array.from({ length: 3000 }, (_, each) => each) });
  const polled = ({ ifNoneMatch }: RouteRequest): Answer => polledAnswer(long, ifNoneMatch);
  const routes = [route('/long', polled), route('/short', () => jsonAnswer(200, '{}'))];
  const router = routerWith(routes);
  const gzip = { 'accept-encoding': 'gzip, br' };

  test('are compressed for those who take it', async () => {
    const packed = await ask(router, '/long', { headers: gzip });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(packed.body).toString()).toBe(long);
    const plain = await ask(router, '/long', { headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect([plain.headers.vary, plain.body.toString()]).toEqual(['Accept-Encoding', long]);
    const short = await ask(router, '/short', { headers: gzip });
    expect(short.headers).not.toHaveProperty('content-encoding');
  });

  test('keep their ETag, weakly, so that polling works either way', async () => {
    const plain = await ask(router, '/long');
    const packed = await ask(router, '/long', { headers: gzip });
    expect(packed.headers.etag).toBe(`W/${plain.headers.etag}`);
    for (const etag of [plain.headers.etag!, packed.headers.etag!]) {
      const headers = { ...gzip, 'if-none-match': etag };
      const again = await ask(router, '/long', { headers });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      expect(again.headers).toMatchObject({ vary: 'Accept-Encoding' });
      expect(again.headers).not.toHaveProperty('content-encoding');
    }
  });

  test('that several share are compressed once', async () => {
    const answer = jsonAnswer(200, long);
    const sharing = routerWith([route('/shared', () => answer)]);
    const asked = [1, 2].map(() => ask(sharing, '/shared', { headers: gzip }));
    const [first, second] = await Promise.all(asked);
    expect(gunzipSync(first!.body).toString()).toBe(long);
    expect(second!.body).toBe(first!.body);
  });

  test('vary by origin as well', async () => {
    const listed = routerWith(routes, ['https://good.example']);
    const { headers } = await ask(listed, '/long', { headers: gzip });
    expect(headers.vary).toBe('Accept-Encoding, Origin');
  });
});
