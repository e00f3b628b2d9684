import type { Tidegauge, Update } from '../../packages/client/src/api.ts';
import { connect } from '../../packages/client/src/node.ts';
import type { Fault } from './fault.ts';
import { durationOf } from './fault.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { ScheduledFault } from './fault-schedule.ts';
import type { GivenLog } from './given-log.ts';
import type { Wanted } from './history.ts';
import { observedSocket, type SocketObserver } from './observed-socket.ts';
import type { MempoolChannel } from './world-client.ts';

export interface RealClientOptions {
  readonly name: string;
  readonly serverPort: number;
  readonly seed: number;
  readonly given: GivenLog;
  readonly channels: readonly MempoolChannel[];
  readonly maps: { readonly symbols: readonly string[]; readonly intervalSec: number } | null;
  readonly onFault: (fault: Fault) => void;
}

export interface ClientFigures {
  sockets: number;
  questions: number;
  /** Data messages that came over sockets. */
  messages: number;
  /** From the end of each fault to the next update over a socket, ms. */
  readonly backMs: number[];
}

/** An SDK client with the runtime's own means, behind a fault proxy of its own. */
export class RealClient {
  readonly tide: Tidegauge;
  readonly proxy: FaultProxy;
  readonly figures: ClientFigures = { sockets: 0, questions: 0, messages: 0, backMs: [] };
  readonly #options: RealClientOptions;
  /** Faults that were over before anything came again. */
  #endedMs: number[] = [];

  private constructor(proxy: FaultProxy, options: RealClientOptions) {
    this.proxy = proxy;
    this.#options = options;
    const { figures } = this;
    this.tide = connect(`ws://127.0.0.1:${proxy.port}`, {
      WebSocket: observedSocket(counting(figures)),
      fetch: (url, init) => {
        figures.questions++;
        return fetch(url, init);
      },
    });
    // What is in the way is told as the status; only what must not be is looked at here.
    this.tide.on('error', (error) => {
      if (error.code !== 'UNAVAILABLE') throw error;
    });
    this.#subscribe();
  }

  static async start(options: RealClientOptions): Promise<RealClient> {
    const { serverPort: targetPort, seed } = options;
    return new RealClient(await FaultProxy.start({ targetPort, seed }), options);
  }

  run(schedule: readonly ScheduledFault[]): void {
    this.proxy.network.run(schedule, (fault) => {
      this.#options.onFault(fault);
      setTimeout(() => this.#endedMs.push(performance.now()), durationOf(fault));
    });
  }

  wanted(endMs: number, withinMs: number): readonly Wanted[] {
    const { name, channels, maps } = this.#options;
    const untilMs = endMs + withinMs;
    const mapsUntilMs = endMs + Math.max(withinMs, (maps?.intervalSec ?? 0) * 1000 + 1_000);
    return [
      ...channels.map((channel) => ({ to: name, channel, untilMs })),
      ...(maps?.symbols ?? []).map((channel) => ({ to: name, channel, untilMs: mapsUntilMs })),
    ];
  }

  async stop(): Promise<void> {
    this.tide.close();
    await this.proxy.stop();
  }

  #subscribe(): void {
    const { tide } = this;
    const { name, given, channels, maps } = this.#options;
    for (const channel of channels) {
      if (channel === 'transactions') tide.transactions(this.#seen(given.windows(name)));
      else tide[channel](this.#seen(given.wholes(name, channel)));
    }
    if (maps === null) return;
    const { symbols, intervalSec } = maps;
    tide.heatmap(symbols, this.#seen(given.wholes(name)), { interval: intervalSec });
  }

  #seen<Value extends Update>(handler: (update: Value) => void): (update: Value) => void {
    return (update) => {
      handler(update);
      if (update.via !== 'websocket') return;
      const nowMs = performance.now();
      for (const endedMs of this.#endedMs.splice(0)) this.figures.backMs.push(nowMs - endedMs);
    };
  }
}

function counting(figures: ClientFigures): SocketObserver {
  return {
    tried: () => {
      figures.sockets++;
    },
    opened: () => {},
    message: (text) => {
      if (text.includes('"seq":')) figures.messages++;
    },
    closed: () => {},
  };
}
