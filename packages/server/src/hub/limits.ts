/** The fixed numbers of the hub, with units and reasons. What operators set is config. */

/**
 * Points in the window that a `transactions` subscriber gets first: the newest. 10,000 are about
 * 360 KB; with 70 KB of `full` and at most 540 KB of `confirmed` all channels at once stay within
 * the least WS_MAX_PENDING_BYTES, so that joining never closes a client.
 */
export const WINDOW_POINTS_MAX: number = 10_000;

/** Between two looks at every session for pings, idleness and stuck writes. */
export const SWEEP_INTERVAL_MS: number = 1_000;

/** How long a peer may take to answer a close before it is cut off. */
export const CLOSE_TIMEOUT_MS: number = 5_000;

/**
 * A client that takes nothing at all never drains and so is never warned: after this many slow
 * timeouts it is closed. The kernel has swallowed some MB for it by then.
 */
export const STUCK_TIMEOUTS: number = 10;

/** A client that kept up for this long after a warning starts over: its next one is its first. */
export const SLOW_FORGIVEN_MS: number = 10_000;

/**
 * Closing each client of a drain this much after the one before: what a replacement server takes
 * to accept them again without a queue. Many clients share the whole drain time instead.
 */
export const DRAIN_STEP_MS: number = 20;

/** Spread of the reconnect hints of a drain beyond its end. */
export const DRAIN_JITTER_MS: number = 5_000;

/**
 * Between two looks at who is due a heatmap. A change reaches a client that may have it at once
 * within two of them.
 */
export const HEATMAP_TURN_MS: number = 100;

/**
 * Timers fire a little late, and up to 1 ms early. A turn that is off by no more than this counts as
 * on time, or each client would slip a turn with every map, and one of 1 s would get nine in 10 s.
 */
export const TURN_SLACK_MS: number = 5;

/**
 * The feed is asked for a symbol's map no oftener than this, which is each second turn: a map costs
 * up to a millisecond, and fifty symbols that change with every trade then cost a quarter of a core.
 */
export const HEATMAP_LOOK_MS: number = 150;

/**
 * How long writing to clients may keep the event loop in one turn. Some 1,000 writes: beside a
 * broadcast to 10,000, whoever connects or polls waits for one slice and not for all ten.
 */
export const SLICE_MS: number = 8;

/** Writes between two looks at the clock: some 0.05 ms. */
export const SENDS_PER_LOOK: number = 8;

/**
 * A ping unanswered for this long: the client does not read, whatever the kernel still takes for
 * it. It then counts as behind, and is sent nothing more until it answers.
 */
export const PONG_LATE_MS: number = 10_000;

/**
 * Pings of one sweep: clients that came at the same moment are not all pinged at one. Twice an even
 * share of all clients, where that is more: else some of very many would never have their turn.
 */
export const PINGS_PER_SWEEP: number = 1_000;

/** Deltas of `transactions` that are kept for clients that come back: two minutes at 500 ms. */
export const RESUME_DELTAS_MAX: number = 240;

/** Reconnects of one SDK session within a minute that are fine; further ones are warned of. */
export const RECONNECTS_MAX: number = 5;
export const RECONNECTS_WINDOW_MS: number = 60_000;

/** SDK sessions whose reconnects are counted; beyond, the ones heard of longest ago are forgotten. */
export const RECONNECT_SESSIONS_MAX: number = 10_000;

/**
 * Bundles of several publications that are found again; more are at work only in an overload. Those
 * of a tick at which somebody came hold up to 1 MB, twice: as messages and as frames.
 */
export const BUNDLES_KEPT_MAX: number = 64;
export const BUNDLES_KEPT_BYTES_MAX: number = 8 * 1024 * 1024;
