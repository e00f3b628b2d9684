/** Clients' bytes as they should be, and what may happen to them on their way. */
import fc from 'fast-check';
import { MESSAGE_BYTES_MAX } from './conformance-server.ts';
import { BINARY, CLOSE, CONTINUATION, closeFrame, frame, PING, PONG, RSV1, TEXT } from './frame.ts';
import { deflated, pingMessage } from './raw-client.ts';

/** A message in fragments, with control frames between them. */
interface Message {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly compressed: boolean;
  readonly cuts: readonly number[];
  readonly between: readonly Buffer[];
}

const control: fc.Arbitrary<Buffer> = fc
  .tuple(fc.constantFrom(PING, PONG), fc.uint8Array({ maxLength: 125 }))
  .map(([opcode, payload]) => frame(opcode, Buffer.from(payload)));

const payload: fc.Arbitrary<Buffer> = fc
  .oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 15 }).map(pingMessage) },
    { weight: 1, arbitrary: fc.constant('') },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(125, 126, 127, 4096, 65_535, MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX + 1)
        .map((bytes) => pingMessage('long').padEnd(bytes)),
    },
  )
  .map((text) => Buffer.from(text));

const message: fc.Arbitrary<Buffer> = fc
  .record({
    opcode: fc.constantFrom(TEXT, TEXT, TEXT, BINARY),
    payload,
    compressed: fc.boolean(),
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
    between: fc.array(control, { maxLength: 2 }),
  })
  .map(framesOf);

const closing: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constant(frame(CLOSE)),
  fc
    .tuple(fc.constantFrom(1000, 1001, 1003, 3000, 4999), fc.string({ maxLength: 20 }))
    .map(([code, reason]) => closeFrame(code, reason)),
);

/** What a right client may send after its handshake, as far as it is answered. */
export const stream: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: message }, control), { minLength: 1, maxLength: 4 }),
    fc.option(closing, { nil: Buffer.alloc(0) }),
  )
  .map(([frames, end]) => Buffer.concat([...frames, end]));

/** What happens to bytes on their way; places are taken modulo their number. */
export type Damage =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'drop' | 'repeat'; readonly at: number; readonly length: number }
  | { readonly kind: 'cut'; readonly at: number };

/** Headers are few among many bytes of payload: half of all damage is done near the beginning. */
const place = fc.oneof(fc.nat(40), fc.nat());
const damage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      at: place,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('drop' as const, 'repeat' as const),
      at: place,
      length: fc.integer({ min: 1, max: 200 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: place }) },
);

export const damages: fc.Arbitrary<Damage[]> = fc.array(damage, { maxLength: 3 });
/** Where to cut a stream into segments. */
export const splits: fc.Arbitrary<number[]> = fc.array(fc.nat(), { maxLength: 6 });

function framesOf({ opcode, payload, compressed, cuts, between }: Message): Buffer {
  const parts = splitAt(compressed ? deflated(payload) : payload, cuts);
  const frames = parts.map((part, index) =>
    frame(index === 0 ? opcode : CONTINUATION, part, {
      fin: index === parts.length - 1,
      rsv: index === 0 && compressed ? RSV1 : 0,
    }),
  );
  return Buffer.concat(frames.flatMap((each, i) => (i === 0 ? [each] : [...between, each])));
}

/** Cuts at places modulo the length; the same place twice makes an empty part. */
export function splitAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = places.map((at) => at % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [...cuts, bytes.length].map((end, i) => bytes.subarray(cuts[i - 1] ?? 0, end));
}

export function damaged(bytes: Buffer, each: Damage): Buffer {
  const at = each.at % Math.max(1, bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (each.kind) {
    case 'flip': {
      const flipped = Buffer.from(bytes);
      if (flipped.length > 0) flipped[at]! ^= 1 << each.bit;
      return flipped;
    }
    case 'insert':
      return Buffer.concat([before, each.bytes, after]);
    case 'drop':
      return Buffer.concat([before, after.subarray(each.length)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, each.length), after]);
    case 'cut':
      return before;
  }
}
