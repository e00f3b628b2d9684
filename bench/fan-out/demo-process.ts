/** The product as it is: the demo through decode, filter and model, each 500 ms. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { OPEN_ACCESS } from '../../packages/server/src/access/access.ts';
import { buildServer } from '../../packages/server/src/build-server.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { loadConfig } from '../../packages/server/src/config.ts';
import { PricePipeline } from '../../packages/server/src/pipelines/price-pipeline.ts';
import { BufferedSource } from '../../packages/server/src/sources/buffered-source.ts';
import { DemoSource } from '../../packages/server/src/sources/demo-source.ts';
import type { Venue } from '../../packages/server/src/sources/venue.ts';
import { MemoryStore } from '../../packages/server/src/store/memory-store.ts';
import { obey, SILENT } from '../fan-out-harness.ts';

const POINTS = 1_000;

const NO_VENUE: Venue = {
  name: 'none',
  demo: false,
  markets: [],
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  status: () => ({
    name: 'none',
    state: 'connected',
    sinceSec: 0,
    lastFrameSec: null,
    frames: 0,
    missed: 0,
    dropped: 0,
    malformed: 0,
    detail: null,
  }),
};

const pipeline = new PricePipeline();
const loaded = loadConfig([], {});
if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
const store = new MemoryStore();
const server = buildServer({
  config: { ...loaded.config, port: 0, wsMaxConnectionsPerIp: 0 },
  log: SILENT,
  clock: systemClock,
  access: OPEN_ACCESS,
  source: new BufferedSource(new DemoSource({ seed: 1 })),
  priceStore: store,
  venue: NO_VENUE,
  marketStore: store,
  pipeline,
  pageDirectory: '',
  random: Math.random,
});
const url = await server.start();
while (pipeline.points(POINTS).length < POINTS) await delay(100);
obey([]);
process.send!(url);
