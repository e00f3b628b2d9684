/** What `tidegauge load` says to a person: while it runs, and at the end. */
import { REFUSALS } from '@tidegauge/protocol';
import type { LoadPlan } from '../load/load-plan.ts';
import type { LoadReport } from '../load/load-report.ts';
import type { LoadRun } from '../load/load-run.ts';

const BAR_WIDTH = 40;
const FIRST_UPTO_MS = 1;

/** What to do about refusals that a load from one machine runs into, by their code. */
const HINTS: readonly (readonly [string, string])[] = [
  [
    REFUSALS.tooManyFromAddress.code,
    '429: raise WS_MAX_CONNECTIONS_PER_IP (0: no limit), or use --local-addresses',
  ],
  [REFUSALS.full.code, '503: raise WS_MAX_CONNECTIONS (0: no limit)'],
  [REFUSALS.unauthorized.code, '401: the server wants a --key that it knows'],
  [REFUSALS.tooManyFailures.code, '429: too many wrong keys; wait a minute, give a right --key'],
];

/** One line on how it goes. @param messagesPerSec in the last moment */
export function progressText(plan: LoadPlan, run: LoadRun, messagesPerSec: number): string {
  const { tally } = run;
  const parts = [
    `${count(run.open)} of ${count(plan.clients)} connected`,
    `${count(Math.round(messagesPerSec))} messages/s`,
    `${count(tally.lost)} lost`,
  ];
  if (tally.failed.total > 0) parts.push(`${count(tally.failed.total)} failed`);
  if (tally.closed.total > 0) parts.push(`${count(tally.closed.total)} closed`);
  return parts.join(', ');
}

/** The whole report. */
export function reportText(report: LoadReport): string {
  const { latency_ms: latency, slow, verified } = report;
  const lines = [
    `${report.url}, ${report.seconds.toFixed(1)} s${report.stopped_early ? ', stopped early' : ''}`,
    connectedText(report),
    ...table('failed', report.handshakes.failed),
    ...messagesText(report),
  ];
  if (verified > 0)
    lines.push(`verified    ${count(verified)}; ${count(report.invalid)} not valid`);
  lines.push(...table('closed', report.closed), ...table('notices', report.notices));
  if (slow.clients > 0) {
    lines.push(`slow        ${count(slow.clients)}, of which ${count(slow.cut)} were given up`);
  }
  for (const storm of report.reconnects) lines.push(stormText(storm));
  if (latency.count > 0) lines.push(...latencyText(latency));
  lines.push(...report.problems.map((problem) => `not well: ${problem}`), ...hints(report));
  return lines.join('\n');
}

function connectedText({ connected, clients, handshakes, connected_at_end }: LoadReport): string {
  const time = `${handshakes.seconds.toFixed(2)} s, ${count(handshakes.per_second)} a second`;
  const end = `${count(connected_at_end)} at the end`;
  return `connected   ${count(connected)} of ${count(clients)} in ${time}; ${end}`;
}

function messagesText(report: LoadReport): readonly string[] {
  const messages = `${count(report.messages)}, ${count(report.messages_per_second)} a second`;
  const bytesPerSec = count(Math.round(report.wire_bytes_per_second));
  const wire = `${count(report.wire_bytes)} on the wire, ${bytesPerSec} a second`;
  const twice = `${count(report.duplicates)} twice`;
  return [
    `messages    ${messages}; ${count(report.checked)} checked`,
    `bytes       ${wire}; ${count(report.payload_bytes)} of messages`,
    `lost        ${count(report.lost)}; ${twice}, ${count(report.went_back)} after newer ones`,
  ];
}

function stormText(storm: LoadReport['reconnects'][number]): string {
  const { clients, back, all_back_ms, back_ms } = storm;
  const end = all_back_ms === null ? 'not all' : `all after ${count(Math.round(all_back_ms))} ms`;
  const shares = `p50 ${ms(back_ms.p50)}, p99 ${ms(back_ms.p99)} ms`;
  return `reconnect   ${count(back)} of ${count(clients)} back, ${end}; ${shares}`;
}

function latencyText(latency: LoadReport['latency_ms']): readonly string[] {
  const { p50, p90, p99, max } = latency;
  const rows = doublings(latency.buckets);
  const most = Math.max(...rows.map(([, many]) => many));
  return [
    `latency     p50 ${ms(p50)}, p90 ${ms(p90)}, p99 ${ms(p99)}, max ${ms(max)} ms`,
    ...rows.map(([uptoMs, many]) => {
      const upto = `≤ ${count(uptoMs)} ms`.padStart(14);
      const bar = '#'.repeat(Math.ceil((many / most) * BAR_WIDTH)).padEnd(BAR_WIDTH);
      return `${upto}  ${bar}  ${count(many)}`;
    }),
  ];
}

/** The buckets put together: up to 1 ms, 2 ms, 4 ms and so on; from the first to the last. */
function doublings(buckets: LoadReport['latency_ms']['buckets']): readonly [number, number][] {
  const sums = new Map<number, number>();
  for (const [uptoMs, many] of buckets) {
    const doubling = Math.max(0, Math.ceil(Math.log2(uptoMs / FIRST_UPTO_MS)));
    sums.set(doubling, (sums.get(doubling) ?? 0) + many);
  }
  const [first, last] = [Math.min(...sums.keys()), Math.max(...sums.keys())];
  return Array.from({ length: last - first + 1 }, (_, i) => {
    return [FIRST_UPTO_MS * 2 ** (first + i), sums.get(first + i) ?? 0];
  });
}

function table(name: string, counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts).map(([what, many], index) => {
    return `${(index === 0 ? name : '').padEnd(12)}${count(many)} x ${what}`;
  });
}

function hints({ handshakes }: LoadReport): readonly string[] {
  const refused = Object.keys(handshakes.failed);
  return HINTS.filter(([code]) => refused.some((reason) => reason.endsWith(` ${code}`))).map(
    ([, hint]) => hint,
  );
}

/** With commas between thousands. */
function count(value: number): string {
  return value.toLocaleString('en-US');
}

function ms(value: number | null): string {
  return value === null ? '-' : value.toFixed(1);
}
