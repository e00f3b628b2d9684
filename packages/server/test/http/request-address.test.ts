import { afterEach, expect, test } from 'vitest';
import { jsonAnswer } from '../../src/http/answer.ts';
import { type Served, serve } from './serve.ts';

let served: Served | null = null;

afterEach(async () => {
  await served?.close();
  served = null;
});

/** What a route is told of a request with these headers. */
async function toldOf(
  trustedProxies: readonly string[],
  headers: Record<string, string>,
): Promise<unknown> {
  const route = {
    path: '/who',
    parameters: [],
    answer: ({ address, client }: { address: string | null; client: string }) =>
      jsonAnswer(200, JSON.stringify([address, client])),
  };
  served ??= await serve([route], { trustedProxies });
  const answer = await fetch(`${served.origin}/who`, { headers });
  return answer.json();
}

test('without a proxy the address is that of the connection', async () => {
  expect(await toldOf([], {})).toEqual(['127.0.0.1', '127.0.0.1']);
});

test('of what an unknown proxy passes on nobody can tell who sent it', async () => {
  for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
    expect(await toldOf(['10.0.0.0/8'], { [name]: '127.0.0.1' })).toEqual([null, '127.0.0.1']);
  }
});

test('a trusted proxy says for whom; what it does not say is not guessed', async () => {
  const trusted = ['127.0.0.1', '10.0.0.0/8'];
  const told = (forwardedFor: string) => toldOf(trusted, { 'x-forwarded-for': forwardedFor });
  expect(await told('203.0.113.5')).toEqual(['203.0.113.5', '203.0.113.5']);
  expect(await told('127.0.0.1, 203.0.113.5')).toEqual(['203.0.113.5', '203.0.113.5']);
  expect(await told('10.1.1.1')).toEqual(['10.1.1.1', '10.1.1.1']);
  expect(await told('2001:db8:1:2::9, 10.1.1.1')).toEqual(['2001:db8:1:2::9', '2001:db8:1:2::/64']);
  for (const unreadable of ['unknown', '203.0.113.5:4711', '', '203.0.113.5,']) {
    expect(await told(unreadable)).toEqual([null, '127.0.0.1']);
  }
  expect(await toldOf(trusted, { via: '1.1 proxy' })).toEqual([null, '127.0.0.1']);
  expect(await toldOf(trusted, {})).toEqual(['127.0.0.1', '127.0.0.1']);
});
