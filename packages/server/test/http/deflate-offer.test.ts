import { describe, expect, test } from 'vitest';
import { chooseOffer } from '../../src/http/deflate-offer.ts';

const choose = (header: string) => chooseOffer(header, { clientWindowBits: 10 });

const SHARED = { keepsWindow: true, windowBits: 15 };
const alone = (windowBits: number) => ({ keepsWindow: false, windowBits });

describe('an offer of permessage-deflate', () => {
  test.each([
    ['permessage-deflate', SHARED],
    ['permessage-deflate; server_max_window_bits=15', SHARED],
    ['permessage-deflate; client_no_context_takeover', SHARED],
    ['permessage-deflate; server_no_context_takeover', alone(15)],
    ['permessage-deflate; server_max_window_bits=14', alone(14)],
    ['permessage-deflate; server_no_context_takeover; server_max_window_bits=9', alone(9)],
    ['permessage-deflate; server_max_window_bits="10"', alone(10)],
    // zlib cannot compress for so small a window: then nothing is compressed.
    ['permessage-deflate; server_max_window_bits=8', null],
  ])('%s', (header, terms) => {
    expect(choose(header)).toEqual({
      header: header.replaceAll('"', ''),
      terms,
      limitsClientWindow: false,
    });
  });

  test.each([
    ['', false],
    ['; client_max_window_bits', true],
    ['; client_max_window_bits=15', true],
    ['; client_max_window_bits=10', true],
    ['; client_max_window_bits=9', false],
  ])('the window of a client is limited where it can be, and not raised: "%s"', (end, limits) => {
    const offer = choose(`permessage-deflate${end}`);
    expect(offer).toMatchObject({ limitsClientWindow: limits, terms: SHARED });
  });

  test.each([
    'x-webkit-deflate-frame',
    'permessage-deflate; unknown',
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; server_max_window_bits=7',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_max_window_bits=09',
    'permessage-deflate; client_max_window_bits=x',
    'permessage-deflate; server_no_context_takeover=1',
    'permessage-deflate; client_no_context_takeover=true',
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    'Permessage-Deflate',
  ])('is declined: %s', (header) => {
    expect(choose(header)).toBeNull();
  });

  test('that is declined leaves the next one to be taken', () => {
    const header =
      'x, permessage-deflate; server_max_window_bits=99 ,\tpermessage-deflate;client_max_window_bits, permessage-deflate';
    expect(choose(header)).toEqual({
      header: 'permessage-deflate; client_max_window_bits',
      terms: SHARED,
      limitsClientWindow: true,
    });
  });

  test.each([
    '',
    'permessage-deflate;',
    'permessage-deflate,',
    'permessage-deflate=1',
    'permessage-deflate; =9',
    'permessage-deflate; server_max_window_bits=',
    'permessage-deflate; server_max_window_bits="9',
    'permessage-deflate; server_max_window_bits="9, x"',
    'permessage deflate',
    'permessage-deflate, x; ü',
  ])('is malformed: %s', (header) => {
    expect(choose(header)).toBe('malformed');
  });
});
