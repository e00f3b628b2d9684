import { REFUSALS } from '@tidegauge/protocol';
import { StoreError } from '../store/store.ts';
import { type Answer, refusalAnswer } from './answer.ts';

/**
 * The answer to a request whose route threw. Null for what nobody foresaw: that is a 500 and
 * belongs into the log.
 */
export function failureAnswer(error: unknown): Answer | null {
  if (!(error instanceof StoreError)) return null;
  if (error.kind === 'busy') return refusalAnswer(REFUSALS.busy, error.message);
  if (error.kind === 'deadline') return refusalAnswer(REFUSALS.tookTooLong, error.message);
  if (error.kind === 'closed') return refusalAnswer(REFUSALS.draining);
  return null;
}
