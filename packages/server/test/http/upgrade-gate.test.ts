import { describe, expect, test } from 'vitest';
import { OriginPolicy } from '../../src/http/origin-policy.ts';
import { type GateDecision, UpgradeGate } from '../../src/http/upgrade-gate.ts';

const EMPTY = { connections: 0, fromAddress: 0, draining: false };

function decide(target: string): GateDecision {
  const gate = new UpgradeGate({
    enabled: true,
    paths: ['/ws/mempool'],
    connectionsMax: 0,
    connectionsPerAddressMax: 0,
    origins: new OriginPolicy([]),
  });
  const none = { origin: undefined, host: undefined, subprotocols: undefined };
  return gate.decide({ target, version: '13', ...none }, EMPTY);
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
