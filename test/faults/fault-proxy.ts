import { once } from 'node:events';
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from 'node:net';
import { systemClock } from '../../packages/server/src/clock.ts';
import { Random } from '../../packages/server/src/sources/demo/random.ts';
import { DIRECTIONS, type Direction } from './fault.ts';
import { type FaultLine, FaultNetwork } from './fault-network.ts';
import type { FaultPipe } from './fault-pipe.ts';

/** What a stalled connection holds of each side; then the sender's own buffers fill. */
const HELD_BYTES_MAX = 65_536;

export interface FaultProxyOptions {
  /** The port on loopback that connections are passed on to. */
  readonly targetPort: number;
  /** Of the jitter; the faults themselves are given. */
  readonly seed?: number;
}

/**
 * A TCP proxy on loopback that cuts, stalls, delays and refuses, in front of any server: HTTP,
 * WebSocket, Redis. What it does wrong is told to its `network`, at once (`apply`) or by a schedule
 * (`run`). A connection whose server cannot be reached is reset.
 */
export class FaultProxy {
  readonly network: FaultNetwork;
  /** Connections that were taken, refused ones left out. */
  taken = 0;
  refused = 0;
  readonly #server: Server;

  private constructor({ targetPort, seed = 1 }: FaultProxyOptions) {
    const random = new Random(seed);
    this.network = new FaultNetwork(systemClock, () => random.unit());
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      if (this.network.conditions.refuses) {
        this.refused++;
        client.resetAndDestroy();
      } else {
        this.taken++;
        this.network.add(new TcpLine(this.network, client, targetPort));
      }
    });
  }

  /** On a free port. */
  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves once no socket and no timer is left. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.network.stop();
    await closed;
  }
}

/** One connection of a client, and the one to the server that belongs to it. */
class TcpLine implements FaultLine {
  readonly pipes: Readonly<Record<Direction, FaultPipe>>;
  readonly #network: FaultNetwork;
  /** Whom each direction leads to. */
  readonly #ends: Readonly<Record<Direction, Socket>>;

  constructor(network: FaultNetwork, client: Socket, targetPort: number) {
    this.#network = network;
    const server = createConnection({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true });
    this.#ends = { up: server, down: client };
    const room = (from: Socket, pipe: () => FaultPipe) => () => {
      if (pipe().waitingBytes < HELD_BYTES_MAX) from.resume();
    };
    this.pipes = {
      up: network.pipe(
        'up',
        room(client, () => this.pipes.up),
      ),
      down: network.pipe(
        'down',
        room(server, () => this.pipes.down),
      ),
    };
    this.#carry(client, 'up');
    this.#carry(server, 'down');
  }

  cut(how: 'fin' | 'rst'): void {
    for (const direction of DIRECTIONS) {
      this.pipes[direction].destroy();
      const end = this.#ends[direction];
      if (how === 'rst') end.resetAndDestroy();
      else end.destroy();
    }
    this.#network.remove(this);
  }

  halfClose(direction: Direction): void {
    this.pipes[direction].destroy();
    this.#ends[direction].end();
  }

  /** Everything that comes from a socket, its end included, goes through the pipe. */
  #carry(from: Socket, direction: Direction): void {
    const to = this.#ends[direction];
    const pipe = this.pipes[direction];
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      pipe.put({
        sizeBytes: bytes.length,
        arrive: (fromByte, toByte) => {
          if (to.writable && !to.write(bytes.subarray(fromByte, toByte))) pipe.hold();
        },
      });
      if (pipe.waitingBytes >= HELD_BYTES_MAX) from.pause();
    });
    to.on('drain', () => pipe.release());
    from.on('end', () => pipe.put({ sizeBytes: 0, arrive: () => to.end() }));
    // What broke is told behind what had come before, and not while nothing comes through.
    from.on('error', () => pipe.put({ sizeBytes: 0, arrive: () => to.resetAndDestroy() }));
    from.on('close', () => {
      if (DIRECTIONS.every((each) => this.#ends[each].destroyed)) this.#network.remove(this);
    });
  }
}
