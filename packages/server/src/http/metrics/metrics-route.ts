import { REFUSALS } from '@tidegauge/protocol';
import type { HubFigures } from '../../hub/hub-stats.ts';
import { AddressList } from '../address-list.ts';
import { type Answer, refusalAnswer } from '../answer.ts';
import type { ServerView } from '../health.ts';
import type { Route } from '../router.ts';
import type { ServerMetrics } from './server-metrics.ts';
import { readServer } from './server-reading.ts';

export interface MetricsRouteOptions {
  readonly view: ServerView;
  /** Of all processes that serve clients, at the moment of a request. */
  readonly figures: () => HubFigures;
  /** Addresses and networks that may ask. */
  readonly allow: readonly string[];
}

/**
 * `GET /metrics`. What measures the process is loaded and begins with the first question: who is
 * never asked pays neither the 14 ms nor the timer that watches the event loop.
 */
export function metricsRoute({ view, figures, allow }: MetricsRouteOptions): Route {
  const allowed = new AddressList(allow);
  let loading: Promise<ServerMetrics> | null = null;
  return {
    path: '/metrics',
    // Who may read it is known by the address, also to a scraper that has no key.
    open: true,
    parameters: null,
    answer: async ({ address }) => {
      if (address === null || !allowed.includes(address)) return notAllowed(address);
      loading ??= load();
      const metrics = await loading;
      const text = await metrics.text(readServer(view, figures()));
      const headers = { 'content-type': metrics.contentType, 'cache-control': 'no-store' };
      return { status: 200, headers, body: Buffer.from(text) };
    },
  };
}

async function load(): Promise<ServerMetrics> {
  const module = await import('./server-metrics.ts');
  return new module.ServerMetrics();
}

function notAllowed(address: string | null): Answer {
  const words =
    address === null
      ? 'it came through a proxy that is none of TRUSTED_PROXIES, or that did not say for whom'
      : `${address} is not in METRICS_ALLOW`;
  return refusalAnswer(REFUSALS.addressNotAllowed, `/metrics may not be read: ${words}`);
}
