import { CLOSE_CODES } from '@tidegauge/protocol';
import type { Access } from '../access/access.ts';
import { buildClientSide, type ClientSide } from '../client-side.ts';
import { type Clock, every } from '../clock.ts';
import { ClientAddresses } from '../http/client-address.ts';
import { RequestForwarder } from '../http/request-forwarder.ts';
import type { StaleSource } from '../hub/heatmap-endpoint.ts';
import { CountReport } from './count-report.ts';
import { Others } from './headcount.ts';
import { FIGURES_INTERVAL_MS } from './limits.ts';
import type {
  CarriedPublication,
  FeedName,
  FromWorker,
  StartMessage,
  ToWorker,
} from './messages.ts';
import type { OutLine } from './out-line.ts';
import type { RemoteLog } from './remote-log.ts';
import { HeatmapReplica, Replica } from './replica.ts';
import { ReplicaStream } from './replica-stream.ts';
import { ALWAYS_FOLLOWED } from './worker-feed.ts';

export interface WorkerParts {
  readonly start: StartMessage;
  readonly line: OutLine<FromWorker>;
  readonly log: RemoteLog;
  readonly clock: Clock;
  readonly access: Access;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Serves clients on replicas of what the main process publishes. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #price: Replica;
  readonly #heatmap: HeatmapReplica;
  readonly #priceStream: ReplicaStream;
  readonly #others: Others = new Others();
  readonly #report: CountReport;
  readonly #forwarder: RequestForwarder;
  readonly #clients: ClientSide;
  #stale: readonly StaleSource[] = [];
  #draining = false;
  #cancelTurns: () => void = () => {};

  constructor(parts: WorkerParts) {
    const { start, log, clock } = parts;
    this.#parts = parts;
    this.#price = new Replica({
      epoch: start.epoch,
      always: ALWAYS_FOLLOWED,
      onWants: () => this.#tellWants('price', this.#price),
    });
    this.#heatmap = new HeatmapReplica({
      epoch: start.epoch,
      always: [],
      onWants: () => this.#tellWants('heatmap', this.#heatmap),
    });
    this.#heatmap.carry(start.symbols);
    this.#priceStream = new ReplicaStream(this.#price, () => this.#clients.price);
    this.#report = new CountReport({
      clock,
      countOf: (key) => this.#clients.countOf(key),
      onReport: () => this.#tellClients(),
    });
    const addresses = new ClientAddresses(start.config.trustedProxies);
    const { upstream } = start;
    this.#forwarder = new RequestForwarder({ upstream, addresses, log });
    this.#clients = this.#buildClients(addresses);
  }

  /** Takes clients from now on. @returns false when it cannot listen, which it has told then */
  async listen(): Promise<boolean> {
    const { line, clock } = this.#parts;
    try {
      const port = await this.#clients.listen();
      line.offer('listening', () => ({ kind: 'listening', port }));
    } catch (error) {
      const { code, message } = reasonOf(error);
      line.offer('listening', () => ({ kind: 'not_listening', code, message }));
      return false;
    }
    this.#cancelTurns = every(clock, FIGURES_INTERVAL_MS, () => this.#turn());
    return true;
  }

  take(message: Exclude<ToWorker, StartMessage>): void {
    switch (message.kind) {
      case 'publications':
        this.#takePublications(message.feed, message.publications);
        break;
      case 'symbols':
        this.#heatmap.carry(message.symbols);
        break;
      case 'stale_markets':
        this.#stale = message.sources;
        break;
      case 'lost_source':
        this.#clients.price.tellLost(message.source);
        break;
      case 'others':
        this.#others.take(message.connections, message.changed);
        break;
      case 'drain':
        void this.#drain(message.durationMs);
    }
  }

  /**
   * Lets go of everything, in little time: the main process is gone, or this one is not sound. New
   * clients are left to the other processes at once.
   */
  async abandon(durationMs: number): Promise<void> {
    this.#cancelTurns();
    void this.#clients.close();
    if (this.#draining) return;
    this.#draining = true;
    const { clock } = this.#parts;
    const late = new Promise<void>((resolve) => clock.after(2 * durationMs, resolve));
    await Promise.race([this.#clients.drain(durationMs, CLOSE_CODES.goingAway), late]);
  }

  #buildClients(addresses: ClientAddresses): ClientSide {
    const { start } = this.#parts;
    return buildClientSide({
      ...this.#parts,
      config: start.config,
      addresses,
      epoch: start.epoch,
      price: { states: this.#price, demo: start.demo.price },
      heatmap: {
        states: this.#heatmap,
        demo: start.demo.heatmap,
        staleSources: () => this.#stale,
      },
      router: this.#forwarder,
      draining: () => this.#draining,
      shared: {
        others: this.#others,
        onCount: (addressKey) => this.#report.changed(addressKey),
      },
    });
  }

  #takePublications(feed: FeedName, publications: readonly CarriedPublication[]): void {
    if (feed === 'price') this.#priceStream.take(publications);
    // The clients' own rhythm finds what is new.
    else this.#heatmap.take(publications);
  }

  async #drain(durationMs: number): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    await this.#clients.drain(durationMs);
    this.#turn();
    this.#parts.line.offer('drained', () => ({ kind: 'drained' }));
  }

  #turn(): void {
    const subscribed = this.#clients.subscribers();
    this.#price.release(subscribed);
    this.#heatmap.release(subscribed);
    this.#parts.line.offer('figures', () => ({
      kind: 'figures',
      figures: this.#clients.figures(),
    }));
  }

  #tellWants(feed: FeedName, replica: Replica): void {
    this.#parts.line.offer(`wants ${feed}`, () => ({
      kind: 'wants',
      feed,
      wants: replica.wants(),
    }));
  }

  #tellClients(): void {
    this.#parts.line.offer('clients', () => ({
      kind: 'clients',
      connections: this.#clients.connections,
      changed: this.#report.take(),
    }));
  }
}

function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  return { code: 'code' in error ? String(error.code) : '', message: error.message };
}
