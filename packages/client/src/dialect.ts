/** What one address of the server speaks, apart from what both do: a feed is made of it. */
import type { FeedName, Update } from './api.ts';
import type { Fields } from './checks.ts';

/** What a data message says, in the client's own terms. */
export interface Reading {
  /** Channel or symbol. */
  readonly topic: string;
  /** What the update says besides what all updates say. */
  readonly body: object;
  /** When that held, by the server's clock, ms since 1970; null where it does not say. */
  readonly asOfMs: number | null;
  /** Of use only right after the one before, with which `body` was made. */
  readonly isDelta?: boolean;
}

/** By channel or symbol: what is here already, and can be gone on from. */
export type Positions = Readonly<Record<string, { readonly epoch: string; readonly seq: number }>>;

export interface Dialect {
  readonly name: FeedName;
  /** @param intervalSec least time between two messages of a topic, where there is a choice */
  subscribe(topic: string, intervalSec: number, resume: Positions): object;
  unsubscribe(topic: string): object;
  /**
   * @param latest the newest update of a topic
   * @returns null for a type that is not known: a newer server's
   * @throws TypeError for what is not usable
   */
  read(message: Fields, latest: (topic: string) => Update | null | undefined): Reading | null;
  /** Paths below the server's own where the newest is asked for over HTTP. */
  paths(topics: readonly string[], resume: Positions): readonly string[];
}
