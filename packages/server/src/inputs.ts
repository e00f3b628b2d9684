/** Chooses by the settings where data comes from and where history is kept. */
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { StoredVenue } from './pipelines/market-stored-venue.ts';
import { BufferedSource } from './sources/buffered-source.ts';
import { DemoSource } from './sources/demo-source.ts';
import { DemoVenue } from './sources/demo-venue.ts';
import type { Source } from './sources/source.ts';
import type { Venue } from './sources/venue.ts';
import { ZmqSource } from './sources/zmq-source.ts';
import { MemoryStore } from './store/memory-store.ts';
import { openStore } from './store/open-store.ts';
import { type Store, StoreError } from './store/store.ts';

/** Everything that data comes from, and the history it goes to. */
export interface Inputs {
  readonly source: Source;
  /** History of the price. */
  readonly priceStore: Store;
  readonly venue: Venue;
  /** History of the markets; may be the same store. */
  readonly marketStore: Store;
}

/**
 * Opens what the settings name. What is made up never comes near the history on disk: a demo keeps
 * its own in memory.
 * @throws StoreError when the history cannot be opened
 */
export async function openInputs(
  config: Config,
  log: Log,
  clock: Clock,
  open: typeof openStore = openStore,
): Promise<Inputs> {
  const source = chooseSource(config, log, clock);
  const fromFiles = config.venues === 'files';
  const real = source.demo && !fromFiles ? null : await openHistory(config, log, clock, open);
  const ofDemo = source.demo || !fromFiles ? await open({ directory: null, log, clock }) : null;
  const marketStore = fromFiles ? real! : ofDemo!;
  return {
    source,
    priceStore: source.demo ? ofDemo! : real!,
    venue: await chooseVenue(config, log, clock, marketStore),
    marketStore,
  };
}

/** The node that the settings name, or else the demo; says which in the log. */
export function chooseSource(config: Config, log: Log, clock: Clock): Source {
  const { bitcoinZmqTx, bitcoinZmqBlock, demoSeed } = config;
  if (bitcoinZmqTx === null && bitcoinZmqBlock === null) {
    log.warn(
      { demo: true },
      'DEMO: made-up transactions, not a real price. To connect a Bitcoin node, set ' +
        'BITCOIN_ZMQ_TX and BITCOIN_ZMQ_BLOCK to its zmqpubrawtx and zmqpubrawblock, ' +
        'such as tcp://127.0.0.1:28332',
    );
    return new BufferedSource(new DemoSource({ seed: demoSeed, clock }));
  }
  log.info({ tx: bitcoinZmqTx, block: bitcoinZmqBlock }, 'reading from a Bitcoin node over ZMQ');
  return new BufferedSource(
    new ZmqSource({ txEndpoint: bitcoinZmqTx, blockEndpoint: bitcoinZmqBlock, clock }),
  );
}

async function chooseVenue(config: Config, log: Log, clock: Clock, store: Store): Promise<Venue> {
  if (config.venues === 'demo') {
    log.warn(
      { demo: true },
      'DEMO: made-up futures markets, not real liquidation levels. To see those of your own ' +
        'data, run tidegauge ingest FILE... and set VENUES=files',
    );
    return new DemoVenue({ seed: config.demoSeed, clock });
  }
  const venue = await StoredVenue.open(store, clock);
  const symbols = venue.markets.map(({ symbol }) => symbol);
  log.info({ symbols, store: store.place }, 'reading futures markets from ingested files');
  return venue;
}

/** On a machine without the database a price from a node goes on, but is not kept. */
async function openHistory(
  config: Config,
  log: Log,
  clock: Clock,
  open: typeof openStore,
): Promise<Store> {
  try {
    return await open({ directory: config.dataDir, log, clock });
  } catch (error) {
    const isMissing = error instanceof StoreError && error.kind === 'no_package';
    if (!isMissing || config.venues === 'files') throw error;
    const problem = `the price is not kept beyond this run: ${error.message}`;
    log.error({ event: 'store_without_database' }, problem);
    return new MemoryStore({ clock, problem });
  }
}
