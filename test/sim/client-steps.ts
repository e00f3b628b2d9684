import { CHANNELS } from '@tidegauge/protocol';
import { clientFrame, OPCODES } from './frame-reader.ts';
import type { SimClient } from './sim-client.ts';
import { EPOCH, MESSAGE_BYTES_MAX, SYMBOLS } from './sim-server.ts';
import { type Claim, NO_CLAIM } from './subscriptions.ts';
import type { Departed, World } from './world.ts';

const INTERVALS_SEC = [1, 1.5, 2, 5, 60, undefined];
const DEFAULT_INTERVAL_SEC = 5;
const DEPARTED_MAX = 20;

/** Each is one error, at either address. */
const NONSENSE: readonly unknown[] = [
  '{',
  '[]',
  '"price"',
  '[[[[[[[[[[]]]]]]]]]]',
  { action: 'dance' },
  { action: 7 },
  { subscribe: 7 },
  { subscribe: ['everything'] },
  { subscribe: 'price', resume: 7 },
  { action: 'subscribe', symbols: [] },
  { action: 'subscribe', symbols: ['BTCUSDT'], update_interval: 0.5 },
  { action: 'ping', timestamp: {} },
];

interface Resumed {
  readonly epoch: string;
  readonly seq: number;
}

/** What clients do. Each does it, and says so in words. */
export class ClientSteps {
  readonly #world: World;
  readonly #departed: Departed[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  join(): string {
    if (this.#world.clients.length >= this.#world.clientsMax) return this.leave();
    return `${this.#world.join().name} joins`;
  }

  /** Many join at one moment. */
  crowd(): string {
    const room = this.#world.clientsMax - this.#world.clients.length;
    const count = Math.min(room, 1 + this.#world.random.below(30));
    for (let joined = 0; joined < count; joined++) this.#world.join();
    return `${count} join`;
  }

  /** Asks for channels, or gives them up. */
  choose(): string {
    return this.#withOne((client) =>
      client.record.isHeatmap ? this.#chooseSymbols(client) : this.#chooseChannels(client),
    );
  }

  ask(): string {
    return this.#withOne((client) => {
      const timestamp = this.#world.random.below(1_000);
      client.say({ type: 'ping', timestamp }, { pong: true }, this.#world.random.below(3));
      return 'asks for a pong';
    });
  }

  ping(): string {
    return this.#withOne((client) => {
      client.ping();
      return 'pings';
    });
  }

  pong(): string {
    return this.#withOne((client) => {
      client.pong();
      return 'sends a pong';
    });
  }

  nonsense(): string {
    return this.#withOne((client) => {
      const { random } = this.#world;
      const count = random.chance(0.1) ? 12 : 1 + random.below(3);
      for (let said = 0; said < count; said++) {
        if (random.chance(0.1)) client.sayBinary();
        else client.say(this.#world.pick(NONSENSE), { errors: 1 });
      }
      return `says ${count} things that make no sense`;
    });
  }

  flood(): string {
    return this.#withOne((client) => {
      const { messagesPer10sMax } = this.#world.settings;
      const count = this.#world.random.below(2.2 * messagesPer10sMax);
      for (let said = 0; said < count; said++) client.say({ action: 'ping' }, { pong: true });
      return `asks for ${count} pongs at once`;
    });
  }

  stall(): string {
    return this.#withOne((client) => {
      client.stream.stall();
      return 'stops reading';
    });
  }

  trickle(): string {
    return this.#withOne((client) => {
      const bytes = 1 + this.#world.random.below(2_000);
      client.stream.trickle(bytes);
      return `reads ${bytes} bytes`;
    });
  }

  flow(): string {
    return this.#withOne((client) => {
      client.stream.flow();
      return 'reads on';
    });
  }

  mute(): string {
    return this.#withOne((client) => {
      const { random } = this.#world;
      client.behave({ pings: random.chance(0.5), closes: random.chance(0.5) });
      client.isSilent = random.chance(0.5);
      return `answers otherwise than before${client.isSilent ? ', and says no more' : ''}`;
    });
  }

  leave(): string {
    return this.#withOne((client) => {
      const code = this.#world.pick([1000, 1001, 1005, 3000, 4321]);
      client.close(code);
      return `closes with ${code}`;
    });
  }

  cut(): string {
    return this.#withOne((client) => {
      this.#depart(client);
      client.cut();
      return 'is cut off';
    });
  }

  /** A client that was cut off comes back, and asks for what it had. */
  comeBack(): string {
    const departed = this.#departed.pop();
    if (departed === undefined) return 'nobody comes back';
    const { path, sessionId, positions } = departed;
    const client = this.#world.join({ path, sessionId: sessionId ?? 's0' }, departed);
    client.firstWords = () => this.#askAgain(client);
    return `${client.name} comes back, and has ${JSON.stringify([...positions])}`;
  }

  breach(): string {
    return this.#withOne((client) => {
      const mask = this.#world.bytes(4);
      const [bytes, code] = this.#world.pick<readonly [Buffer, number]>([
        [Buffer.from([0x81, 0x02, 0x7b, 0x7d]), 1002],
        [clientFrame(0x3, Buffer.from('x'), mask), 1002],
        [clientFrame(OPCODES.close, Buffer.from([0x03, 0xe7]), mask), 1002],
        [clientFrame(OPCODES.text, Buffer.from([0x22, 0xc3, 0x28, 0x22]), mask), 1007],
        [clientFrame(OPCODES.text, Buffer.alloc(MESSAGE_BYTES_MAX + 1, 0x20), mask), 1009],
      ]);
      client.breach(bytes, code);
      return `breaks RFC 6455, for ${code}`;
    });
  }

  /** Everybody reads and answers again, for the end of a run. */
  calm(): void {
    for (const client of this.#world.clients.slice()) {
      this.#world.begin();
      client.behave({ pings: true, closes: true });
      client.stream.flow();
    }
  }

  #withOne(act: (client: SimClient) => string): string {
    const { clients, random } = this.#world;
    const client = clients[random.below(clients.length)];
    if (client === undefined) return 'nobody is there';
    if (client.isSilent) return `${client.name} does nothing`;
    this.#world.begin();
    return `${client.name} ${act(client)}`;
  }

  #depart({ record, positions }: SimClient): void {
    const { path, sessionId } = record.traits;
    this.#departed.push({ path, sessionId, positions: new Map(positions) });
    if (this.#departed.length > DEPARTED_MAX) this.#departed.shift();
  }

  #askAgain(client: SimClient): void {
    const had = [...client.positions.keys()];
    if (had.length === 0) return;
    if (client.record.isHeatmap) this.#subscribeSymbols(client, had, true);
    else this.#subscribeChannels(client, had, [], true);
  }

  // /ws/mempool

  #chooseChannels(client: SimClient): string {
    const { random } = this.#world;
    const some = () => CHANNELS.filter(() => random.chance(0.35));
    if (random.chance(0.3)) return this.#subscribeChannels(client, [], some(), false);
    return this.#subscribeChannels(client, some(), random.chance(0.2) ? some() : [], false);
  }

  #subscribeChannels(
    client: SimClient,
    subscribe: readonly string[],
    unsubscribe: readonly string[],
    comesBack: boolean,
  ): string {
    const { random, server } = this.#world;
    const { record } = client;
    const { subscriptions } = record;
    const unknown = random.chance(0.05) ? ['everything'] : [];
    const names = [...subscribe, ...unknown];
    if (names.length + unsubscribe.length === 0) return 'keeps what it has';
    const { claims, resume } = this.#claims(client, subscribe, comesBack);
    const message = {
      ...(names.length > 0 ? { subscribe: names.length === 1 ? names[0] : names } : {}),
      ...(unsubscribe.length > 0 ? { unsubscribe } : {}),
      ...(Object.keys(resume).length > 0 ? { resume } : {}),
    };
    const apply = (): void => {
      for (const channel of unsubscribe) subscriptions.remove(channel);
      if (subscribe.length === 0) return;
      const replaced = record.hasChosen ? [] : subscriptions.channels();
      record.hasChosen = true;
      for (const channel of replaced)
        if (!subscribe.includes(channel)) subscriptions.remove(channel);
      for (const channel of subscribe) {
        if (subscriptions.has(channel)) continue;
        const offeredSeq = server.prices.current(channel)?.seq ?? 0;
        const claim = claims.get(channel) ?? NO_CLAIM;
        subscriptions.add(channel, { claim, offeredSeq, intervalMs: 0 });
      }
    };
    client.say(message, { errors: unknown.length, apply });
    return `says ${JSON.stringify(message)}`;
  }

  // /ws/heatmap

  #chooseSymbols(client: SimClient): string {
    const { random } = this.#world;
    const some = SYMBOLS.filter(() => random.chance(0.4));
    if (some.length === 0) return 'keeps what it has';
    if (!random.chance(0.3)) return this.#subscribeSymbols(client, some, false);
    const { subscriptions } = client.record;
    const apply = (): void => {
      for (const symbol of some) subscriptions.remove(symbol);
    };
    client.say({ action: 'unsubscribe', symbols: some }, { apply });
    return `gives up ${some.join()}`;
  }

  #subscribeSymbols(client: SimClient, symbols: readonly string[], comesBack: boolean): string {
    const { random } = this.#world;
    const { subscriptions } = client.record;
    const unknown = ['btcusd', 'x'].filter(() => random.chance(0.05));
    const update_interval = this.#world.pick(INTERVALS_SEC);
    const intervalMs = (update_interval ?? DEFAULT_INTERVAL_SEC) * 1_000;
    const { claims, resume } = this.#claims(client, symbols, comesBack);
    const mayWait = client.mayBeBehind || this.#world.server.sendQueue.busy;
    const apply = (): void => {
      for (const symbol of symbols) {
        const claim = claims.get(symbol) ?? NO_CLAIM;
        if (subscriptions.has(symbol)) subscriptions.change(symbol, intervalMs, mayWait);
        else subscriptions.add(symbol, { claim, offeredSeq: 0, intervalMs });
      }
    };
    const message = {
      action: 'subscribe',
      symbols: [...symbols, ...unknown],
      update_interval,
      resume,
    };
    client.say(message, { errors: unknown.length, apply });
    return `says ${JSON.stringify(message)}`;
  }

  // Coming back.

  /** Positions that it claims to have, and what of that is true. */
  #claims(
    client: SimClient,
    channels: readonly string[],
    comesBack: boolean,
  ): { claims: ReadonlyMap<string, Claim>; resume: Readonly<Record<string, Resumed>> } {
    const { random, server } = this.#world;
    const claims = new Map<string, Claim>();
    const resume: Record<string, Resumed> = {};
    for (const channel of channels) {
      const seq = client.positions.get(channel);
      if (seq === undefined || !random.chance(comesBack ? 0.9 : 0.3)) continue;
      const kind = comesBack ? 'right' : this.#world.pick(['right', 'old', 'foreign', 'wrong']);
      if (kind === 'foreign') resume[channel] = { epoch: 'another', seq };
      else if (kind === 'wrong') resume[channel] = { epoch: EPOCH, seq: seq + 1_000_000 };
      else {
        const claimed = kind === 'old' ? 1 + random.below(seq) : seq;
        const points = channel === 'transactions' ? server.journal.windows.get(claimed) : [];
        if (points === undefined) continue;
        resume[channel] = { epoch: EPOCH, seq: claimed };
        claims.set(channel, { seq: claimed, points });
      }
      this.#world.seen(`resume ${kind}`);
    }
    return { claims, resume };
  }
}
