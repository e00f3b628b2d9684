import { describe, expect, test } from 'vitest';
import {
  actionAfterClose,
  CHANNELS,
  CLOSE_CODES,
  CLOSE_REASON_BYTES_MAX,
  ERROR_CODES,
  HEATMAP_PATH,
  MEMPOOL_PATH,
  parseReconnectHint,
  REFUSALS,
  reconnectHint,
  SUBPROTOCOL,
  schemas,
  WARNING_CODES,
} from '../src/index.ts';

describe('codes', () => {
  test('our close codes say by their range what the client does', () => {
    for (const { code, name } of Object.values(CLOSE_CODES)) {
      const terminal = name === 'BAD_CLIENT' || name === 'UNAUTHORIZED';
      expect(actionAfterClose(code), name).toBe(terminal ? 'stop' : 'reconnect');
    }
    expect(actionAfterClose(4499)).toBe('reconnect');
    expect(actionAfterClose(4500)).toBe('stop');
    expect(actionAfterClose(4999)).toBe('stop');
    expect(actionAfterClose(1006)).toBe('reconnect');
  });

  test('no code twice, each under its own name', () => {
    const codes = Object.values(CLOSE_CODES).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const [key, { code }] of Object.entries(ERROR_CODES)) expect(code).toBe(key);
    for (const [key, { code }] of Object.entries(WARNING_CODES)) expect(code).toBe(key);
    expect(Object.keys(ERROR_CODES).sort()).toEqual([...schemas.ErrorCode.enum].sort());
  });

  test('a hint survives the way through a close reason', () => {
    expect(reconnectHint(1234.4)).toBe('reconnect after 1234 ms');
    expect(parseReconnectHint(reconnectHint(9_999_999))).toBe(9_999_999);
    expect(parseReconnectHint('going away')).toBeNull();
    expect(reconnectHint(Number.MAX_SAFE_INTEGER).length).toBeLessThan(CLOSE_REASON_BYTES_MAX);
  });

  test('refusals where a retry makes sense say when', () => {
    for (const { status, retryAfterSec } of Object.values(REFUSALS)) {
      expect(retryAfterSec !== null).toBe(status === 429 || status === 503);
    }
  });

  test('names of the wire', () => {
    expect(CHANNELS).toEqual(['full', 'price', 'transactions', 'histogram', 'confirmed']);
    expect(SUBPROTOCOL).toBe('tidegauge.v1');
    expect([MEMPOOL_PATH, HEATMAP_PATH]).toEqual(['/ws/mempool', '/ws/heatmap']);
  });
});
