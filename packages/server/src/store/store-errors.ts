/** Errors that every store has, in the same words. */
import { StoreError } from './store.ts';

export function closedError(): StoreError {
  return new StoreError('closed', 'the store is closed: nothing can be read or put any more');
}

export function stoppedError(): StoreError {
  return new StoreError('stopped', 'the reading was called off');
}

export function deadlineError(deadlineMs: number): StoreError {
  return new StoreError(
    'deadline',
    `the reading took longer than ${deadlineMs} ms: ask for a shorter time or try again later`,
  );
}

/** @throws StoreError `failed` unless it is a finite number over 0 */
export function checkIntervalSec(intervalSec: number): void {
  if (intervalSec > 0 && Number.isFinite(intervalSec)) return;
  throw new StoreError(
    'failed',
    `an interval of ${intervalSec} s cannot be read: it has to be over 0 and finite`,
  );
}
