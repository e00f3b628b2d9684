/** What `tidegauge ingest` says on stdout: for people, or with --json a line for programs. */
import type { MarketRows } from '../sources/market-files/market-row.ts';
import { isoText } from '../sources/market-files/read-values.ts';
import type { SeriesGap } from '../sources/market-files/time-census.ts';
import type { PutCounts } from '../store/store.ts';
import type { SeriesReport } from './ingest-tally.ts';

const GAPS_SHOWN_MAX = 3;
const GAPS_LISTED_MAX = 100;

/** What became of one file. */
export interface FileReport {
  readonly file: string;
  readonly series: readonly SeriesReport[];
  /** Rows that were not taken. */
  readonly refused: number;
  /** Why the file was not read to its end; null: it was. */
  readonly problem: string | null;
}

/** What became of all files. */
export interface IngestSummary {
  readonly files: number;
  readonly rows: number;
  readonly refused: number;
  /** The signal that ended it early; null: all files were read. */
  readonly stoppedBy: string | null;
}

/** One batch that is in the store for good: nothing that happens later takes it back. */
export function storedLine(file: string, batch: MarketRows, counts: PutCounts): string {
  const { kind, symbol, rows } = batch;
  const { added, changed, same } = counts;
  const first = { event: 'stored', file, kind, symbol, rows: rows.length };
  return JSON.stringify({ ...first, added, changed, same });
}

export function fileLine({ file, series, refused, problem }: FileReport): string {
  return JSON.stringify({ event: 'file', file, refused, problem, series: series.map(seriesJson) });
}

export function summaryLine({ files, rows, refused, stoppedBy }: IngestSummary): string {
  return JSON.stringify({ event: 'done', files, rows, refused, stopped_by: stoppedBy });
}

function seriesJson(series: SeriesReport): object {
  const { kind, symbol, interval, rows, added, changed, same, duplicates, missing } = series;
  return {
    kind,
    symbol,
    interval,
    from: isoText(series.firstSec),
    to: isoText(series.lastSec),
    rows,
    added,
    changed,
    same,
    duplicates,
    missing,
    gaps: series.gaps.slice(0, GAPS_LISTED_MAX).map(({ fromSec, toSec, missing: count }) => ({
      from: isoText(fromSec),
      to: isoText(toSec),
      missing: count,
    })),
  };
}

/** Some lines for a person; the problem itself stands on stderr. */
export function fileText({ file, series, refused, problem }: FileReport): string {
  const lines = series.flatMap(seriesText);
  if (refused > 0) lines.push(`  ${count(refused)} refused`);
  if (lines.length === 0) lines.push('  nothing taken');
  else if (problem !== null) lines.push('  broken off: only what came before was taken');
  return [file, ...lines].join('\n');
}

export function summaryText({ files, rows, refused, stoppedBy }: IngestSummary): string {
  const what = `${count(files)} ${files === 1 ? 'file' : 'files'}: ${count(rows)} rows taken`;
  const bad = refused === 0 ? '' : `, ${count(refused)} refused`;
  const end = stoppedBy === null ? '' : `; stopped by ${stoppedBy}: all that was taken is kept`;
  return `${what}${bad}${end}`;
}

function seriesText(series: SeriesReport): string[] {
  const { kind, symbol, interval, rows, added, changed, same, duplicates } = series;
  const what = `${symbol} ${kind.replaceAll('_', ' ')}${interval === null ? '' : ` ${interval}`}`;
  const twice = duplicates === 0 ? '' : `; ${count(duplicates)} of them twice in the file`;
  const lines = [
    `  ${what}: ${count(rows)} from ${isoText(series.firstSec)} to ${isoText(series.lastSec)}`,
    `  ${count(added)} new, ${count(changed)} changed, ${count(same)} already there${twice}`,
  ];
  if (series.gaps.length > 0) lines.push(`  ${gapsText(series)}`);
  return lines;
}

function gapsText({ gaps, missing }: SeriesReport): string {
  const some = gaps.slice(0, GAPS_SHOWN_MAX).map(gapText).join(', ');
  const more = gaps.length > GAPS_SHOWN_MAX ? ', …' : '';
  const name = gaps.length === 1 ? 'gap' : 'gaps';
  return `${count(gaps.length)} ${name}, ${count(missing)} missing: ${some}${more}`;
}

function gapText({ fromSec, toSec, missing }: SeriesGap): string {
  return `${count(missing)} from ${isoText(fromSec)} to before ${isoText(toSec)}`;
}

/** With commas between thousands. */
function count(value: number): string {
  return value.toLocaleString('en-US');
}
