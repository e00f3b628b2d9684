import type { LineSocket, SocketEvents as SdkEvents } from '../../packages/client/src/ports.ts';
import type { Clock } from '../../packages/server/src/clock.ts';
import type { Bundle } from '../../packages/server/src/hub/bundle.ts';
import type {
  ClientSocket,
  SocketEvents as HubEvents,
} from '../../packages/server/src/hub/client-socket.ts';
import type { Direction } from './fault.ts';
import type { FaultLine, FaultNetwork } from './fault-network.ts';
import type { Cargo, FaultPipe } from './fault-pipe.ts';

const HANDSHAKE_BYTES = 400;
const FRAME_BYTES = 4;
/** What the kernels take on a line whose client does not read; more is unsent for the server. */
const KERNEL_BYTES = 65_536;
const ABNORMAL = 1006;
const NO_STATUS = 1005;

/** Whether a server lets somebody in: it calls `accept` or `refuse` of the line. */
export type Door = (line: MemoryLine) => void;

export interface MemoryLineOptions {
  readonly clock: Clock;
  readonly network: FaultNetwork;
  readonly events: SdkEvents;
  readonly door: Door;
}

/**
 * A WebSocket in memory, from the SDK's socket to the hub's: whole messages, each with its size,
 * go through the pipes of a network. Of a message that was cut nothing comes out.
 */
export class MemoryLine implements FaultLine, LineSocket {
  readonly pipes: Readonly<Record<Direction, FaultPipe>>;
  readonly #clock: Clock;
  readonly #network: FaultNetwork;
  readonly #sdk: SdkEvents;
  #hub: HubEvents | null = null;
  /** The SDK hears nothing any more: it was told of the end, or ended it itself. */
  #isSdkDone = false;
  #isHubDone = false;
  #isHubClosing = false;
  #isBehind = false;

  constructor({ clock, network, events, door }: MemoryLineOptions) {
    this.#clock = clock;
    this.#network = network;
    this.#sdk = events;
    this.pipes = {
      up: network.pipe('up'),
      down: network.pipe('down', () => this.#moved()),
    };
    if (network.conditions.refuses) {
      clock.after(1, () => this.refuse());
      return;
    }
    network.add(this);
    this.#put('up', HANDSHAKE_BYTES, () => door(this));
  }

  /** For the SDK it is over, whether or not the server knows. */
  get isSdkDone(): boolean {
    return this.#isSdkDone;
  }

  // What the SDK does.

  send(text: string): void {
    if (this.#isSdkDone) throw new Error('sent after the end of the socket');
    this.#put('up', text.length + FRAME_BYTES, () => {
      if (!this.#isHubDone) this.#hub?.message(text);
    });
  }

  close(): void {
    if (this.#isSdkDone) return;
    this.#isSdkDone = true;
    this.#put('up', FRAME_BYTES, () => this.#endHub(NO_STATUS));
  }

  // What the server does.

  accept(join: (socket: ClientSocket) => void): void {
    this.#put('down', HANDSHAKE_BYTES, () => {
      if (!this.#isSdkDone) this.#sdk.onopen(undefined);
    });
    join(this.#hubSocket());
  }

  /** An upgrade that is refused looks to the SDK like any line that did not come to be. */
  refuse(): void {
    this.#isHubDone = true;
    this.#put('down', HANDSHAKE_BYTES, () => this.#endSdk(ABNORMAL, ''));
  }

  // What happens to the line.

  cut(): void {
    this.pipes.up.destroy();
    this.pipes.down.destroy();
    this.#later(() => {
      this.#endSdk(ABNORMAL, '');
      this.#endHub(ABNORMAL);
    });
  }

  halfClose(direction: Direction): void {
    this.pipes[direction].destroy();
    this.#later(() => {
      if (direction === 'up') {
        this.#endHub(ABNORMAL);
        this.#put('down', 0, () => this.#endSdk(ABNORMAL, ''));
      } else {
        this.#endSdk(ABNORMAL, '');
        this.#put('up', 0, () => this.#endHub(ABNORMAL));
      }
    });
  }

  #hubSocket(): ClientSocket {
    const unsentBytes = (): number => this.#unsentBytes;
    return {
      get unsentBytes() {
        return unsentBytes();
      },
      listen: (events) => {
        this.#hub = events;
      },
      publish: (bundle) => this.#publish(bundle),
      send: (text) => this.#sendDown(Buffer.from(text)),
      ping: () => this.#ping(),
      pong: () => this.#put('down', FRAME_BYTES, () => {}),
      close: (code, reason) => this.#closeFromHub(code, reason),
      terminate: () => this.#terminate(),
    };
  }

  #publish({ publications }: Bundle): boolean {
    for (const { bytes } of publications) this.#sendDown(bytes);
    return this.#unsentBytes === 0;
  }

  #sendDown(bytes: Buffer): void {
    if (this.#isHubDone || this.#isHubClosing) return;
    this.#put('down', bytes.length + FRAME_BYTES, () => {
      if (!this.#isSdkDone) this.#sdk.onmessage({ data: bytes.toString() });
    });
    this.#isBehind ||= this.#unsentBytes > 0;
  }

  /** The SDK's socket answers by itself, as every WebSocket does. */
  #ping(): void {
    this.#put('down', FRAME_BYTES, () => {
      this.#put('up', FRAME_BYTES, () => {
        if (!this.#isHubDone) this.#hub?.pong();
      });
    });
  }

  #closeFromHub(code: number, reason: string): void {
    if (this.#isHubClosing || this.#isHubDone) return;
    this.#isHubClosing = true;
    this.#put('down', FRAME_BYTES + reason.length, () => {
      this.#endSdk(code, reason);
      this.#put('up', FRAME_BYTES, () => this.#endHub(code));
    });
  }

  #terminate(): void {
    this.pipes.up.destroy();
    this.#put('down', 0, () => this.#endSdk(ABNORMAL, ''));
    this.#later(() => this.#endHub(ABNORMAL));
  }

  get #unsentBytes(): number {
    return Math.max(0, this.pipes.down.waitingBytes - KERNEL_BYTES);
  }

  #moved(): void {
    if (!this.#isBehind || this.#unsentBytes > 0) return;
    this.#isBehind = false;
    this.#later(() => {
      if (this.#isHubDone) return;
      if (this.#unsentBytes > 0) this.#isBehind = true;
      else this.#hub?.drained();
    });
  }

  #endSdk(code: number, reason: string): void {
    if (!this.#isSdkDone) {
      this.#isSdkDone = true;
      this.#sdk.onclose({ code, reason });
    }
    this.#removeWhenDone();
  }

  #endHub(code: number): void {
    if (!this.#isHubDone) {
      this.#isHubDone = true;
      this.#hub?.closed(code);
    }
    this.#removeWhenDone();
  }

  #removeWhenDone(): void {
    if (this.#isSdkDone && this.#isHubDone) this.#network.remove(this);
  }

  #put(direction: Direction, sizeBytes: number, run: () => void): void {
    this.pipes[direction].put(wholeCargo(sizeBytes, run));
  }

  /** Not within the call that causes it. */
  #later(run: () => void): void {
    this.#clock.after(0, run);
  }
}

/** Runs once all of it has arrived. */
export function wholeCargo(sizeBytes: number, run: () => void): Cargo {
  return {
    sizeBytes,
    arrive: (_fromByte, toByte) => {
      if (toByte === sizeBytes) run();
    },
  };
}
