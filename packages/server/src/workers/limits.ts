/** The fixed numbers of workers, with units and reasons. */

/** Between two reports of what a worker's hub has done, and two looks at what nobody needs. */
export const FIGURES_INTERVAL_MS: number = 1_000;

/** Between two reports of clients: what limits over all workers are exact to. */
export const COUNT_REPORT_MS: number = 50;

/** Lines of its log that a worker keeps while the main process takes none. */
export const LOG_LINES_MAX: number = 10_000;

/** How long a worker may take to start and listen. On a busy machine Node alone takes seconds. */
export const START_TIMEOUT_MS: number = 60_000;

/** How long the clients of a worker whose main process is gone are given to hear so. */
export const ORPHAN_MS: number = 1_000;

/** How long a worker may take beyond what it was given, before it is killed. */
export const GRACE_MS: number = 15_000;

/**
 * A worker that has said nothing for this long, where it reports each second, hangs. It is given
 * GRACE_MS more: after a pause of the whole machine, or of the main process, it is heard again.
 */
export const SILENT_MAX_MS: number = 30_000;

/** A worker that ended is started again after this, doubled each time it ends again soon. */
export const RESTART_MIN_MS: number = 100;
export const RESTART_MAX_MS: number = 30_000;

/** A worker that ran for this long starts over with the shortest pause. */
export const RESTART_FORGIVEN_MS: number = 60_000;
