import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bundle, Bundles } from '../../src/hub/bundle.ts';
import { type DeflateTerms, deflateTerms } from '../../src/hub/deflate-terms.ts';
import { type Publication, publication } from '../../src/hub/publication.ts';
import { type DeflatedStream, SharedDeflate } from '../../src/hub/shared-deflate.ts';
import { Inflater, readFrames } from './frame-reader.ts';

const TAKEOVER = deflateTerms(false, 15)!;

/** JSON that does not compress well by itself; nearly the same at the next `seq`. */
function text(channel: string, seq: number, bytes: number): string {
  let digits = '';
  for (let i = 0; digits.length < bytes; i++) {
    digits += `${Math.imul(i + (i % 20 === seq % 20 ? seq : 0), 2_654_435_761) >>> 0},`;
  }
  return JSON.stringify({ type: 'ünïcode €', channel, seq, digits: digits.slice(0, bytes) });
}

function publicationOf(channel: string, seq: number, bytes: number): Publication {
  return publication(channel, seq, 'whole', () => text(channel, seq, bytes));
}

/** One client: what it is sent, inflated as it would. */
class Reader {
  readonly #stream: DeflatedStream;
  readonly #inflater: Inflater;

  constructor(shared: SharedDeflate, terms: DeflateTerms) {
    this.#stream = shared.stream(terms);
    this.#inflater = new Inflater(terms.keepsWindow, terms.windowBits);
  }

  /** @returns the bytes on the wire */
  take(bundle: Bundle): number {
    const bytes = this.#stream.frames(bundle);
    const frames = readFrames(bytes);
    for (const { fin, rsv1, opcode } of frames)
      expect([fin, rsv1, opcode]).toEqual([true, true, 1]);
    const wanted = bundle.publications.map((each) => each.bytes.toString());
    expect(frames.map((frame) => this.#inflater.message(frame))).toEqual(wanted);
    return bytes.length;
  }
}

describe('a compressed stream', () => {
  test('costs next to nothing where a message is nearly the one before', () => {
    const shared = new SharedDeflate();
    const reader = new Reader(shared, TAKEOVER);
    const alone = reader.take(new Bundle([publicationOf('BTCUSDT', 1, 20_000)]));
    const next = reader.take(new Bundle([publicationOf('BTCUSDT', 2, 20_000)]));
    expect(next).toBeLessThan(alone / 5);
  });

  test('is the same bytes for all of a cohort, and one form for who joins it', () => {
    const shared = new SharedDeflate();
    const [first, second] = [shared.stream(TAKEOVER), shared.stream(TAKEOVER)];
    const bundles = [1, 2, 3].map((seq) => new Bundle([publicationOf('price', seq, 500)]));
    expect(first.frames(bundles[0]!)).toBe(second.frames(bundles[0]!));
    expect(first.frames(bundles[1]!)).toBe(second.frames(bundles[1]!));
    const joiner = shared.stream(TAKEOVER);
    expect(joiner.frames(bundles[1]!)).not.toBe(second.frames(bundles[1]!));
    // Who was sent the same twice has the same in its window as who was sent it once.
    const forms = [first, second, joiner].map((stream) => stream.frames(bundles[2]!));
    expect(new Set(forms).size).toBe(1);
  });

  test('clients of one bundle are one cohort, however often the bundle was put together', () => {
    const shared = new SharedDeflate();
    const both = [publicationOf('BTCUSDT', 1, 900), publicationOf('ETHUSDT', 1, 900)];
    const next = new Bundle([publicationOf('BTCUSDT', 2, 900)]);
    const [one, other] = [shared.stream(TAKEOVER), shared.stream(TAKEOVER)];
    one.frames(new Bundle(both));
    other.frames(new Bundle(both));
    expect(one.frames(next)).toBe(other.frames(next));
  });

  test('so are clients of different bundles whose last 32 KiB are of one message', () => {
    const shared = new SharedDeflate();
    const [price, full] = [publicationOf('price', 1, 200), publicationOf('full', 1, 40_000)];
    const next = new Bundle([publicationOf('full', 2, 40_000)]);
    const [one, other] = [shared.stream(TAKEOVER), shared.stream(TAKEOVER)];
    one.frames(new Bundle([full]));
    other.frames(new Bundle([price, full]));
    expect(one.frames(next)).toBe(other.frames(next));
  });

  test('of several symbols profits as well: the last message of each is in the window', () => {
    const shared = new SharedDeflate();
    const reader = new Reader(shared, TAKEOVER);
    const both = (seq: number) =>
      new Bundle([publicationOf('BTCUSDT', seq, 10_000), publicationOf('ETHUSDT', seq, 10_000)]);
    const alone = reader.take(both(1));
    expect(reader.take(both(2))).toBeLessThan(alone / 3);
  });

  test('without takeover, or with a small window, has each message by itself', () => {
    for (const terms of [deflateTerms(true, 15)!, deflateTerms(false, 9)!]) {
      const shared = new SharedDeflate();
      const [reader, late] = [new Reader(shared, terms), new Reader(shared, terms)];
      reader.take(new Bundle([publicationOf('price', 1, 20_000)]));
      const bundle = new Bundle([publicationOf('price', 2, 20_000)]);
      expect(reader.take(bundle)).toBe(late.take(bundle));
    }
  });

  test('of nothing is one empty block', () => {
    const bundle = new Bundle([publication('x', 1, 'whole', () => '')]);
    expect(new SharedDeflate().stream(TAKEOVER).frames(bundle)).toEqual(Buffer.from([0xc1, 1, 0]));
  });

  test('a bundle is compressed for eight cohorts; the others share a form, and then are one', () => {
    const shared = new SharedDeflate();
    const readers = Array.from({ length: 20 }, () => shared.stream(TAKEOVER));
    for (const [i, reader] of readers.entries()) {
      reader.frames(new Bundle([publicationOf(`c${i}`, 1, 300)]));
    }
    const [next, after] = [2, 3].map(
      (seq) => new Bundle([publicationOf('a', seq, 300), publicationOf('b', seq, 300)]),
    );
    expect(new Set(readers.map((reader) => reader.frames(next!))).size).toBe(9);
    expect(new Set(readers.map((reader) => reader.frames(after!))).size).toBe(1);
  });

  test('so is a message, in however many bundles it is', () => {
    const shared = new SharedDeflate();
    const message = publicationOf('all', 1, 300);
    const sizes = Array.from({ length: 20 }, (_, i) => {
      const before = publication(`c${i}`, 1, 'whole', () => message.bytes.toString());
      return new Reader(shared, TAKEOVER).take(new Bundle([before, message]));
    });
    expect(new Set(sizes.slice(0, 8)).size).toBe(1);
    expect(sizes[8]).toBeGreaterThan(sizes[0]! + 50);
    expect(new Set(sizes.slice(8)).size).toBe(1);
  });

  test('a large cohort has one of its own, however many small ones come first', () => {
    const shared = new SharedDeflate();
    const small = Array.from({ length: 20 }, () => new Reader(shared, TAKEOVER));
    const large = Array.from({ length: 64 }, () => new Reader(shared, TAKEOVER));
    const sizes = [1, 2, 3].map((seq) => {
      const message = publicationOf('BTCUSDT', seq, 20_000);
      for (const [i, reader] of small.entries()) {
        reader.take(new Bundle([message, publicationOf(`c${i}`, seq, 300)]));
      }
      const bundle = new Bundle([message]);
      return large.map((reader) => reader.take(bundle));
    });
    const [alone, ...next] = sizes.map((each) => Math.max(...each));
    for (const bytes of next) expect(bytes).toBeLessThan(alone! / 5);
  });

  test('what a window held is forgotten in time; its clients get the form without', () => {
    const shared = new SharedDeflate();
    const [waiting, busy] = [new Reader(shared, TAKEOVER), new Reader(shared, TAKEOVER)];
    const joining = new Reader(shared, TAKEOVER);
    const first = new Bundle([publicationOf('slow', 1, 30_000)]);
    waiting.take(first);
    for (let seq = 1; seq <= 300; seq++) {
      busy.take(new Bundle([publication('fast', seq, 'whole', () => `${seq} `.padEnd(40_000))]));
    }
    const next = new Bundle([publicationOf('slow', 2, 30_000)]);
    const alone = joining.take(next);
    expect(waiting.take(next)).toBe(alone);
    expect(waiting.take(new Bundle([publicationOf('slow', 3, 30_000)]))).toBeLessThan(alone / 5);
  });
});

describe('whatever clients subscribe to and skip', () => {
  const CHANNELS = ['BTCUSDT', 'ETHUSDT', 'full', 'price'] as const;
  const BYTES = { BTCUSDT: 9_000, ETHUSDT: 21_000, full: 60_000, price: 200 } as const;
  const TERMS = [TAKEOVER, deflateTerms(true, 15)!, deflateTerms(false, 9)!];

  const client = fc.record({
    channels: fc.subarray([...CHANNELS], { minLength: 1 }),
    terms: fc.constantFrom(TAKEOVER, ...TERMS),
    fromTick: fc.nat({ max: 8 }),
    skips: fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 6 }),
  });

  test('each one inflates what was published', () => {
    fc.assert(
      fc.property(fc.array(client, { minLength: 1, maxLength: 12 }), (clients) => {
        const shared = new SharedDeflate();
        const bundles = new Bundles();
        const readers = clients.map(({ terms }) => new Reader(shared, terms));
        for (let tick = 0; tick <= 12; tick++) {
          const due = CHANNELS.map((each) => publicationOf(each, tick, BYTES[each]));
          clients.forEach(({ channels, fromTick, skips }, i) => {
            if (tick < fromTick || skips.includes(tick)) return;
            const own = due.filter(({ channel }) => channels.some((each) => each === channel));
            readers[i]!.take(bundles.of(own));
          });
        }
      }),
      { numRuns: 15 },
    );
  });
});
