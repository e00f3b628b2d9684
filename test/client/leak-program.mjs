/**
 * Closes clients in each of their states and tells what they leave behind; for Node 20 as well, and
 * so not TypeScript. That it ends by itself is part of the test.
 *
 * Arguments: the module with `connect`, a server that goes by the path, one that is well.
 */
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const ROUNDS = 200;
const WARM_UP_ROUNDS = 40;

const [entry, hostile, well] = process.argv.slice(2);
const { connect } = await import(pathToFileURL(entry).href);

// The shortest waits, so that a third failure does not take half a minute.
Math.random = () => 0.01;

/** What keeps the process: not its own output, nor the turn that looks. */
function open() {
  const own = new Set(['PipeWrap', 'TTYWrap', 'Immediate']);
  return process.getActiveResourcesInfo().filter((name) => !own.has(name));
}

function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

async function until(holds) {
  while (!holds()) await turn();
}

/** Where to, what else it is given, and when it is in its state. */
const STATES = {
  idle: [well, {}, () => true, []],
  live: [well, {}, ({ status }) => status.state === 'live'],
  connecting: [`${hostile}silent/`, {}, () => open().includes('TCPSocketWrap')],
  waiting: [`${hostile}refuses/`, {}, ({ status }) => status.retryAtMs !== null],
  polling: [`${hostile}polls/`, {}, ({ status }) => status.state === 'polling'],
  asking: [`${hostile}no-answer/`, {}, ({ status }) => status.retryAtMs !== null],
  token: [well, { token: () => new Promise(() => {}) }, ({ status }) => status.state !== 'idle'],
  deaf: [`${hostile}deaf/`, {}, () => true, undefined, 'deaf'],
};

async function closedIn(name) {
  const [url, options, isThere, symbols = ['BTCUSDT']] = STATES[name];
  // Node may still be closing the files that it read.
  await until(() => open().length === 0);
  const tide = connect(url, options);
  if (symbols.length > 0) {
    tide.price(() => {});
    tide.heatmap(symbols, () => {});
  }
  tide.on('error', () => {});
  await until(() => isThere(tide));
  // A handshake that nobody is told of takes its time.
  if (name === 'deaf') await new Promise((resolve) => setTimeout(resolve, 300));
  const before = open();
  const { state } = tide.status;
  const closedMs = performance.now();
  tide.close();
  tide.close();
  await until(() => open().length === 0);
  return { name, state, before, tookMs: performance.now() - closedMs };
}

async function round() {
  const tide = connect(well);
  await new Promise((resolve) => {
    tide.price(resolve);
    tide.on('error', () => {});
  });
  tide.close();
  return new WeakRef(tide);
}

async function heapUsed() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await turn();
  }
  return process.memoryUsage().heapUsed;
}

const states = [];
for (const name of Object.keys(STATES)) states.push(await closedIn(name));

for (let i = 0; i < WARM_UP_ROUNDS; i++) await round();
const heapBefore = await heapUsed();
const clients = [];
for (let i = 0; i < ROUNDS; i++) clients.push(await round());
await until(() => open().length === 0);
const heapGrowth = (await heapUsed()) - heapBefore;
const kept = clients.filter((client) => client.deref() !== undefined).length;

console.log(JSON.stringify({ states, heapGrowth, kept, open: open() }));
