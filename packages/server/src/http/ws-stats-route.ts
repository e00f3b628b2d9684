import type { WsStatsBody } from '@tidegauge/protocol';
import { type HubFigures, totalOf } from '../hub/hub-stats.ts';
import { jsonAnswer } from './answer.ts';
import { occurred } from './health.ts';
import type { Route } from './router.ts';

/** `GET /ws/stats` @param figures of all processes that serve clients, at the moment of a request */
export function wsStatsRoute(figures: () => HubFigures): Route {
  return {
    path: '/ws/stats',
    parameters: [],
    answer: () => jsonAnswer(200, JSON.stringify(wsStatsBody(figures()))),
  };
}

function wsStatsBody(figures: HubFigures): WsStatsBody {
  const durationsSec = figures.recentBroadcastsSec.toSorted((a, b) => a - b);
  return {
    workers: figures.workers,
    active_connections: figures.connections,
    messages_sent: totalOf(figures.sent),
    messages_sent_1m: figures.sentLastMinute,
    messages_dropped: totalOf(figures.dropped),
    slow_consumers: figures.slowClients,
    broadcast_duration_p50: quantileSec(durationsSec, 0.5),
    broadcast_duration_p95: quantileSec(durationsSec, 0.95),
    subscriptions_by_symbol: figures.subscriptions,
    disconnects_by_code: occurred(figures.disconnects),
    refused_by_reason: occurred(figures.refused),
  };
}

/** The least of the values that is not below the share `q` of them; null for none. */
function quantileSec(risingSec: readonly number[], q: number): number | null {
  if (risingSec.length === 0) return null;
  const rank = Math.ceil(q * risingSec.length);
  return Math.round(risingSec[rank - 1]! * 1e6) / 1e6;
}
