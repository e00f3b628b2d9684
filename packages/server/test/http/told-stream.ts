/** A stream of several channels, told to sockets that joined, skip and are spoken to in private. */
import { Bundles } from '../../src/hub/bundle.ts';
import type { ClientSocket } from '../../src/hub/client-socket.ts';
import { type Publication, publication } from '../../src/hub/publication.ts';

const TICKS = 24;
/** The lengths at which the headers of frames change are among the private messages. */
const PRIVATE_BYTES = [0, 1, 125, 126, 127, 65_535, 65_536] as const;
const CHANNEL_BYTES = { price: 180, BTCUSDT: 21_000, ETHUSDT: 9_000, full: 61_000 } as const;
const CHANNELS = ['price', 'BTCUSDT', 'ETHUSDT', 'full'] as const;

/** What the last message of a told stream is. */
export const LAST = 'that was all';

export interface Listener {
  readonly socket: ClientSocket;
  readonly channels: readonly string[];
  /** The first tick of which it is told. */
  readonly from: number;
  /** Ticks of which it is not, as if it was behind. */
  readonly skips: readonly number[];
  /** It is sent private messages as well. */
  readonly spokenTo: boolean;
}

/** One of each kind of listener, for as many sockets. */
export function listeners(sockets: readonly ClientSocket[]): Listener[] {
  const plans: Omit<Listener, 'socket'>[] = [
    { channels: ['BTCUSDT'], from: 0, skips: [], spokenTo: false },
    { channels: ['BTCUSDT', 'ETHUSDT'], from: 0, skips: [], spokenTo: true },
    { channels: ['BTCUSDT', 'ETHUSDT'], from: 3, skips: [7, 8, 9, 20], spokenTo: true },
    { channels: ['price', 'full'], from: 5, skips: [6, 11], spokenTo: true },
    { channels: ['price'], from: 1, skips: [4], spokenTo: false },
  ];
  return sockets.map((socket, i) => ({ socket, ...plans[i % plans.length]! }));
}

/** @returns what each of them has to hear */
export function tell(hearers: readonly Listener[]): string[][] {
  const bundles = new Bundles();
  const heard: string[][] = hearers.map(() => []);
  for (let tick = 0; tick < TICKS; tick++) {
    const all = CHANNELS.map((channel) => publicationOf(channel, tick));
    for (const [i, { socket, channels, from, skips, spokenTo }] of hearers.entries()) {
      if (tick >= from && !skips.includes(tick)) {
        const due = all.filter(({ channel }) => channels.includes(channel));
        socket.publish(bundles.of(due));
        heard[i]!.push(...due.map(({ bytes }) => bytes.toString()));
      }
      if (spokenTo && tick % 3 === 0) {
        const text = 'x'.repeat(PRIVATE_BYTES[(tick / 3) % PRIVATE_BYTES.length]!);
        socket.send(text);
        heard[i]!.push(text);
      }
    }
  }
  for (const [i, { socket }] of hearers.entries()) {
    socket.send(LAST);
    heard[i]!.push(LAST);
  }
  return heard;
}

/** JSON of which one number in twenty is another than at the tick before. */
function publicationOf(channel: keyof typeof CHANNEL_BYTES, tick: number): Publication {
  return publication(channel, tick, 'whole', () => {
    let numbers = '';
    for (let i = 0; numbers.length < CHANNEL_BYTES[channel]; i++) {
      const changed = i % 20 === tick % 20 ? tick : 0;
      numbers += `,${Math.imul(i + changed + 1, 2_654_435_761) >>> 0}`;
    }
    return `{"channel":"${channel}","seq":${tick},"unit":"€","values":[0${numbers}]}`;
  });
}
