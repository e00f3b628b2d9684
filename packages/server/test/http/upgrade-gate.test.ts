import { describe, expect, test } from 'vitest';
import { OriginPolicy } from '../../src/http/origin-policy.ts';
import { type GateDecision, UpgradeGate } from '../../src/http/upgrade-gate.ts';

function decide(target: string, subprotocols?: string): GateDecision {
  const gate = new UpgradeGate({
    enabled: true,
    paths: ['/ws/mempool'],
    connectionsMax: 0,
    connectionsPerAddressMax: 0,
    origins: new OriginPolicy([]),
  });
  const none = { origin: undefined, host: undefined };
  return gate.decide({ target, version: '13', subprotocols, ...none });
}

describe('the session that a client names', () => {
  test('is passed on, and none is no mistake', () => {
    expect(decide('/ws/mempool?session=aB_-9')).toMatchObject({ ok: true, sessionId: 'aB_-9' });
    expect(decide('/ws/mempool')).toMatchObject({ ok: true, sessionId: null });
    expect(decide(`/ws/mempool?session=${'x'.repeat(64)}`).ok).toBe(true);
  });

  test.each([
    ['', "session '' is not allowed; allowed is 1 to 64 letters, digits, _ or -"],
    ['x'.repeat(65), /^session 'x+' is not allowed/],
    ['a b', /^session 'a b' is not allowed/],
    ['a&session=b', 'session is given 2 times; allowed is once'],
  ])('%s is refused', (value, message) => {
    expect(decide(`/ws/mempool?session=${value}`)).toMatchObject({
      ok: false,
      refusal: { status: 400, code: 'INVALID_PARAMETER' },
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });
});

describe('a client that wants no default', () => {
  test('says so in the address', () => {
    const none = { ok: true, wantsDefault: false };
    expect(decide('/ws/mempool?subscribe=none')).toMatchObject(none);
    expect(decide('/ws/mempool?session=a&subscribe=none')).toMatchObject(none);
    expect(decide('/ws/mempool')).toMatchObject({ ok: true, wantsDefault: true });
  });

  test.each([
    ['', "subscribe '' is not allowed; allowed is none, or no subscribe"],
    ['price', "subscribe 'price' is not allowed; allowed is none, or no subscribe"],
    ['none&subscribe=none', 'subscribe is given 2 times; allowed is once'],
  ])('%s is refused', (value, message) => {
    expect(decide(`/ws/mempool?subscribe=${value}`)).toMatchObject({
      ok: false,
      refusal: { status: 400, code: 'INVALID_PARAMETER' },
      message,
    });
  });
});

describe('a client that wants a hello without a subprotocol', () => {
  test('says so in the address', () => {
    expect(decide('/ws/mempool?hello=yes')).toMatchObject({ ok: true, wantsHello: true });
    expect(decide('/ws/mempool')).toMatchObject({ ok: true, wantsHello: false });
  });

  test('another word is refused', () => {
    expect(decide('/ws/mempool?hello=no')).toMatchObject({
      ok: false,
      refusal: { status: 400, code: 'INVALID_PARAMETER' },
      message: "hello 'no' is not allowed; allowed is yes, or no hello",
    });
  });
});

describe('a key offered as a subprotocol', () => {
  const decided = (subprotocols?: string): GateDecision => decide('/ws/mempool', subprotocols);

  test('is taken beside ours, wherever it stands', () => {
    const taken = { ok: true, wantsHello: true, credential: 'the.key' };
    expect(decided('tidegauge.v1, tidegauge.auth.the.key')).toMatchObject(taken);
    expect(decided('tidegauge.auth.the.key,x.v9,tidegauge.v1')).toMatchObject(taken);
    expect(decided('tidegauge.v1')).toMatchObject({ ok: true, credential: null });
    expect(decided('tidegauge.v1, tidegauge.auth.')).toMatchObject({ ok: true, credential: null });
    expect(decided()).toMatchObject({ ok: true, wantsHello: false, credential: null });
  });

  test('is never repeated, nor does it make an unknown subprotocol a known one', () => {
    expect(decided('tidegauge.auth.the.key')).toMatchObject({
      refusal: { code: 'UNKNOWN_SUBPROTOCOL' },
      message: 'a key alone is offered as subprotocol; allowed: tidegauge.v1 beside it',
    });
    expect(decided('graphql-ws, tidegauge.auth.the.key')).toMatchObject({
      refusal: { code: 'UNKNOWN_SUBPROTOCOL' },
      message: "unknown subprotocol 'graphql-ws'; allowed: tidegauge.v1 or none",
    });
  });
});
