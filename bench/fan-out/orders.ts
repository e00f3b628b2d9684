/** What the processes of the fan-out bench tell each other. */
import type { LoadPlan } from '../../packages/server/src/load/load-plan.ts';

/** What a server publishes: `sized` is filling, the others are what the product sends. */
export type PayloadKind = 'sized' | 'price' | 'full' | 'heatmap';

export interface Publishing {
  readonly kind: PayloadKind;
  /** Of a `sized` message. */
  readonly bytes: number;
  readonly intervalMs: number;
  /** Messages at a time, each of another channel; more than one only when they are `sized`. */
  readonly atOnce: number;
}

export type ServerOrder =
  | { readonly do: 'publish'; readonly what: Publishing }
  | { readonly do: 'silence' }
  /** From now on the delay of the event loop is measured. */
  | { readonly do: 'watch loop' }
  /** @property collect whether garbage goes first: for figures of memory */
  | { readonly do: 'figures'; readonly collect: boolean };

export interface ServerFigures {
  /** User and system, since the start. */
  readonly cpuUs: number;
  readonly rssBytes: number;
  /** Since the last figures; null when it is not watched. */
  readonly loopDelayP99Ms: number | null;
  /** Connections that ended, by close code. */
  readonly closed: Readonly<Record<string, number>>;
}

export type LoadOrder =
  | { readonly do: 'connect'; readonly plan: LoadPlan }
  /** Counts from 0 again. */
  | { readonly do: 'mark' }
  /** Cuts all and waits for them. */
  | { readonly do: 'storm' }
  | { readonly do: 'figures' };

/** What came since the last mark. */
export interface LoadFigures {
  readonly open: number;
  readonly messages: number;
  readonly wireBytes: number;
  readonly lost: number;
  /** Twice, out of order, or not what it should be. */
  readonly wrong: number;
  readonly failed: number;
  readonly closed: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Of the last order that connected or cut, until all were there. */
  readonly connectMs: number;
}
