/** What a message to a client costs the server: rows against the floor and plain `ws`. */

import { type Finding, noneFinding, plainFinding, type Row, ratioFinding } from '../table.ts';
import type { Publishing } from './orders.ts';
import { type Crowd, connectCrowd, startFloor, startServer, type Target } from './processes.ts';
import { median, microseconds, pairedRatio, type Turn, takeTurn } from './row.ts';

const SIZES = [500, 5_000, 20_000];
const ROUNDS = 3;
const TURN_MS = 2_500;
const WARM_UP_MS = 5_000;
const OVER_FLOOR_MAX = 1.25;
/** Where the floor cannot be compiled. */
const OVER_PLAIN_MAX = 0.85;
const FOUR_AT_ONCE_MAX = 0.45;
const COMPRESSED_CPU_MAX = 1.15;

interface Side {
  readonly target: Target;
  readonly crowd: Crowd;
}

/** Rare enough that server and load are done with one before the next, at half a core. */
function intervalMs(clients: number, bytes: number): number {
  return Math.max(100, Math.round(clients * (0.025 + (bytes / 20_000) * 0.03)));
}

function sized(clients: number, bytes: number, atOnce = 1): Publishing {
  const interval = intervalMs(clients, bytes * atOnce);
  return { kind: 'sized', bytes, atOnce, intervalMs: interval };
}

/** Some ten thousand writes, so that the code that is measured is the compiled one. */
async function warmUp(sides: readonly Side[], what: (side: Side) => Publishing): Promise<void> {
  for (const { target, crowd } of sides) {
    await takeTurn(target, crowd, what({ target, crowd }), WARM_UP_MS);
  }
}

/** The turns of each side, one after another and round after round. */
async function takeTurns(
  sides: readonly Side[],
  what: (side: Side) => Publishing,
): Promise<ReadonlyMap<Side, readonly Turn[]>> {
  const turns = new Map<Side, Turn[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const side of sides) {
      turns.get(side)!.push(await takeTurn(side.target, side.crowd, what(side), TURN_MS));
    }
  }
  return turns;
}

function cpuOf(turns: readonly Turn[] | undefined): readonly number[] {
  return (turns ?? []).map(({ cpuUs }) => cpuUs);
}

async function startSides(clients: number): Promise<readonly Side[]> {
  const what = { kind: 'sized', atOnce: 1 } as const;
  const floor = await startFloor();
  const targets = [await startServer('ours'), await startServer('plain')];
  if (floor !== null) targets.push(floor);
  const sides: Side[] = [];
  for (const target of targets) {
    sides.push({ target, crowd: await connectCrowd(target, clients, what) });
  }
  return sides;
}

/** CPU a write at three sizes. */
export function writeRow(clients: number): Row {
  return {
    name: `write-${clients}`,
    about: `CPU of the server a message, ${clients} clients`,
    run: async () => {
      const sides = await startSides(clients);
      const findings: Finding[] = [];
      await warmUp(sides, () => sized(clients, SIZES[0]!));
      for (const bytes of SIZES) {
        const turns = await takeTurns(sides, () => sized(clients, bytes));
        const cpu = new Map(sides.map((side) => [side.target.name, cpuOf(turns.get(side))]));
        findings.push(...writeFindings(bytes, cpu));
        const lost = [...turns.values()].flat().map(({ load }) => load.lost + load.wrong);
        findings.push(
          noneFinding(
            `${bytes} B: lost`,
            lost.reduce((sum, each) => sum + each, 0),
          ),
        );
      }
      return findings;
    },
  };
}

/** @param cpu of each turn, by server */
function writeFindings(
  bytes: number,
  cpu: ReadonlyMap<string, readonly number[]>,
): readonly Finding[] {
  const [ours = [], plain = [], floor] = ['ours', 'plain', 'floor'].map((name) => cpu.get(name));
  const all = [...cpu].map(([name, each]) => `${name} ${microseconds(median(each))}`).join(', ');
  const found = [plainFinding(`${bytes} B`, all)];
  if (floor === undefined) {
    const ratio = pairedRatio(ours, plain);
    return [...found, ratioFinding(`${bytes} B, to plain ws`, ratio, OVER_PLAIN_MAX)];
  }
  const over = `${pairedRatio(plain, floor).toFixed(3)} x`;
  return [
    ...found,
    ratioFinding(`${bytes} B, to the floor`, pairedRatio(ours, floor), OVER_FLOOR_MAX),
    plainFinding(`${bytes} B, plain ws to the floor`, over),
  ];
}

/** Four messages to each client at one moment, against four times the floor's one. */
export function fourRow(clients: number): Row {
  return {
    name: `four-${clients}`,
    about: `four messages of 500 B at one moment, ${clients} clients`,
    run: async () => {
      const ours = await startServer('ours');
      const reference = (await startFloor()) ?? (await startServer('plain'));
      const four = {
        target: ours,
        crowd: await connectCrowd(ours, clients, sized(clients, 500, 4)),
      };
      const crowd = await connectCrowd(reference, clients, sized(clients, 500));
      const one = { target: reference, crowd };
      const what = ({ target }: Side): Publishing => sized(clients, 500, target === ours ? 4 : 1);
      await warmUp([four, one], what);
      const turns = await takeTurns([four, one], what);
      const [own, others] = [cpuOf(turns.get(four)), cpuOf(turns.get(one))];
      const title = `four, to four of ${reference.name}`;
      return [
        plainFinding('a message, four at once', microseconds(median(own))),
        plainFinding(`a message alone, ${reference.name}`, microseconds(median(others))),
        ratioFinding(title, pairedRatio(own, others), FOUR_AT_ONCE_MAX),
      ];
    },
  };
}

const COMPRESSED = [
  { kind: 'heatmap', bytesMax: 0.05 },
  { kind: 'price', bytesMax: 0.25 },
  { kind: 'full', bytesMax: 0.25 },
] as const;

/** One in fifty inflates and parses everything. */
const VERIFIED_SHARE = 0.02;

/** The same messages compressed and plain, on two servers. */
export function compressedRow(clients: number): Row {
  return {
    name: `compressed-${clients}`,
    about: `compressed against plain, ${clients} clients`,
    run: async () => {
      const findings: Finding[] = [];
      const [packed, plain] = [await startServer('ours'), await startServer('ours')];
      const both = [JSON.stringify({ subscribe: ['price', 'full'] })];
      const shares = { requests: both, verifiedShare: VERIFIED_SHARE };
      const what = { kind: 'full', atOnce: 1 } as const;
      const sides: readonly Side[] = [
        {
          target: packed,
          crowd: await connectCrowd(packed, clients, what, { ...shares, compression: 'on' }),
        },
        { target: plain, crowd: await connectCrowd(plain, clients, what, shares) },
      ];
      for (const { kind, bytesMax } of COMPRESSED) {
        const bytes = kind === 'price' ? 250 : kind === 'full' ? 60_000 : 20_000;
        const publishing = { kind, bytes, atOnce: 1, intervalMs: intervalMs(clients, bytes) };
        if (findings.length === 0) await warmUp(sides, () => publishing);
        const turns = await takeTurns(sides, () => publishing);
        const [packedTurns = [], plainTurns = []] = sides.map((side) => turns.get(side));
        findings.push(...compressedFindings(kind, bytesMax, packedTurns, plainTurns));
      }
      return findings;
    },
  };
}

function compressedFindings(
  kind: string,
  bytesMax: number,
  packed: readonly Turn[],
  plain: readonly Turn[],
): readonly Finding[] {
  const bytesOf = (turns: readonly Turn[]): number =>
    median(turns.map(({ load }) => load.wireBytes / load.messages));
  const bad = packed.reduce((sum, { load }) => sum + load.lost + load.wrong, 0);
  const [packedUs, plainUs] = [cpuOf(packed), cpuOf(plain)];
  const [packedBytes, plainBytes] = [bytesOf(packed), bytesOf(plain)];
  const cpu = `${microseconds(median(packedUs))}, plain ${microseconds(median(plainUs))}`;
  return [
    plainFinding(`${kind}, CPU`, cpu),
    ratioFinding(`${kind}, CPU to plain`, pairedRatio(packedUs, plainUs), COMPRESSED_CPU_MAX),
    plainFinding(`${kind}, bytes`, `${packedBytes.toFixed(0)}, plain ${plainBytes.toFixed(0)}`),
    ratioFinding(`${kind}, bytes to plain`, packedBytes / plainBytes, bytesMax),
    noneFinding(`${kind}, lost or not what was sent`, bad),
  ];
}
