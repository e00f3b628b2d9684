import type { LatencyHistogram } from './latency-histogram.ts';
import type { LoadPlan } from './load-plan.ts';
import type { LoadRun } from './load-run.ts';
import type { LoadTally } from './load-tally.ts';
import type { LoadPhases } from './run-load.ts';
import type { Reconnect } from './storm.ts';

type Counts = Readonly<Record<string, number>>;

/** What a run found: the JSON of `tidegauge load --json`, field by field in load-testing.md. */
export interface LoadReport {
  readonly url: string;
  readonly clients: number;
  readonly compression: string;
  readonly seconds: number;
  readonly stopped_early: boolean;
  readonly connected: number;
  readonly connected_at_end: number;
  readonly handshakes: {
    readonly attempted: number;
    readonly succeeded: number;
    readonly seconds: number;
    readonly per_second: number;
    readonly failed: Counts;
  };
  readonly messages: number;
  readonly messages_per_second: number;
  readonly wire_bytes: number;
  readonly wire_bytes_per_second: number;
  readonly payload_bytes: number;
  readonly checked: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly went_back: number;
  readonly verified: number;
  readonly invalid: number;
  readonly closed: Counts;
  readonly notices: Counts;
  readonly slow: { readonly clients: number; readonly cut: number };
  readonly latency_ms: Latency & {
    /** Upper end of each bucket, ms, and how many fell into it. */
    readonly buckets: readonly (readonly [number, number])[];
  };
  readonly reconnects: readonly ReconnectReport[];
  /** What went wrong without having been asked for; empty: nothing. */
  readonly problems: readonly string[];
}

interface Latency {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number;
}

interface ReconnectReport {
  readonly clients: number;
  readonly back: number;
  readonly all_back_ms: number | null;
  readonly back_ms: Latency;
}

/** Puts together what a run found. @param stoppedEarly whether a person ended it */
export function loadReport(
  plan: LoadPlan,
  run: LoadRun,
  phases: LoadPhases,
  stoppedEarly: boolean,
): LoadReport {
  const { tally } = run;
  const connectSec = phases.connectMs / 1000;
  const steadySec = phases.steadyMs / 1000;
  const firstOpened = tally.opened - run.reconnects.reduce((sum, { back }) => sum + back, 0);
  return {
    url: `ws://${plan.host}${plan.path}`,
    clients: plan.clients,
    compression: plan.compression,
    seconds: rounded(steadySec),
    stopped_early: stoppedEarly,
    connected: firstOpened,
    connected_at_end: phases.openAtEnd,
    handshakes: {
      attempted: tally.attempts,
      succeeded: tally.opened,
      seconds: rounded(connectSec),
      per_second: perSecond(firstOpened, connectSec),
      failed: Object.fromEntries(tally.failed.entries()),
    },
    messages: tally.messages,
    messages_per_second: perSecond(phases.steadyMessages, steadySec),
    wire_bytes: tally.wireBytes,
    wire_bytes_per_second: perSecond(phases.steadyWireBytes, steadySec),
    payload_bytes: tally.payloadBytes,
    checked: tally.checked,
    lost: tally.lost,
    duplicates: tally.duplicates,
    went_back: tally.wentBack,
    verified: tally.verified,
    invalid: tally.invalid,
    closed: Object.fromEntries(tally.closed.entries()),
    notices: Object.fromEntries(tally.notices.entries()),
    slow: run.slow,
    latency_ms: {
      ...latencyOf(tally.latency),
      buckets: tally.latency.buckets().map(({ uptoMs, count }) => [rounded(uptoMs), count]),
    },
    reconnects: run.reconnects.map(reconnectReport),
    problems: problemsOf(plan, tally, run, firstOpened),
  };
}

/** Everything that a run without storms, slow clients and refusals does not have. */
function problemsOf(
  plan: LoadPlan,
  tally: LoadTally,
  run: LoadRun,
  connected: number,
): readonly string[] {
  const { lost, duplicates, wentBack, invalid, errors } = tally;
  const missing = plan.clients - connected;
  const stayedAway = run.reconnects.reduce((sum, { clients, back }) => sum + clients - back, 0);
  const counts: readonly (readonly [number, string])[] = [
    [missing, 'clients were never connected'],
    [lost, 'messages were lost'],
    [duplicates, 'messages came twice'],
    [wentBack, 'messages came after newer ones'],
    [invalid, 'messages or frames were not valid'],
    [errors, 'requests were answered with an error'],
    [tally.closed.total - run.slow.cut, 'connections were ended by the server'],
    [stayedAway, 'clients that were cut did not come back'],
  ];
  return counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
}

function reconnectReport({ clients, back, allBackMs, times }: Reconnect): ReconnectReport {
  const all_back_ms = allBackMs === null ? null : rounded(allBackMs);
  return { clients, back, all_back_ms, back_ms: latencyOf(times) };
}

function latencyOf(histogram: LatencyHistogram): Latency {
  const quantile = (share: number): number | null => {
    const milliseconds = histogram.quantileMs(share);
    return milliseconds === null ? null : rounded(milliseconds);
  };
  return {
    count: histogram.count,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    max: rounded(histogram.maxMs),
  };
}

function perSecond(count: number, seconds: number): number {
  return seconds > 0 ? Math.round((count / seconds) * 10) / 10 : 0;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
