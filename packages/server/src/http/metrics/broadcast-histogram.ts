import { BROADCAST_BOUNDS_SEC, type HubFigures } from '../../hub/hub-stats.ts';

const NAME = 'ws_broadcast_duration_seconds';
const HELP = 'From the first write of a broadcast to the last, seconds, by symbol or channel.';

/**
 * How long broadcasts take, in the text format 0.0.4 of Prometheus. A histogram of prom-client
 * takes one duration at a time; these come counted, by other processes too.
 */
export function broadcastHistogramText(broadcasts: HubFigures['broadcasts']): string {
  const lines = [`# HELP ${NAME} ${HELP}`, `# TYPE ${NAME} histogram`];
  for (const [channel, { counts, sumSec }] of Object.entries(broadcasts)) {
    const symbol = `symbol="${escaped(channel)}"`;
    let count = 0;
    [...BROADCAST_BOUNDS_SEC, '+Inf'].forEach((bound, bucket) => {
      count += counts[bucket]!;
      lines.push(`${NAME}_bucket{${symbol},le="${bound}"} ${count}`);
    });
    lines.push(`${NAME}_sum{${symbol}} ${sumSec}`, `${NAME}_count{${symbol}} ${count}`);
  }
  return `${lines.join('\n')}\n`;
}

/** As the format asks of a label's value. */
function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
