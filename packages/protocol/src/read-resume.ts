import type { ResumePosition } from './messages.ts';
import { type Fields, quoteJson } from './read-client-message.ts';

/**
 * The field `resume` of a subscription: what a client that comes back has, by channel or symbol.
 * @param form how it is to look, for the error
 * @returns empty when absent; text: an error
 */
export function readResume(
  given: unknown,
  form: string,
): ReadonlyMap<string, ResumePosition> | string {
  const positions = new Map<string, ResumePosition>();
  if (given === undefined || given === null) return positions;
  if (typeof given !== 'object' || Array.isArray(given)) {
    return `resume must be an object such as ${form}, not ${quoteJson(given)}`;
  }
  for (const [name, position] of Object.entries(given)) {
    if (!isPosition(position)) {
      return `resume of ${quoteJson(name)} must be as in ${form}, not ${quoteJson(position)}`;
    }
    positions.set(name, { epoch: position.epoch, seq: position.seq });
  }
  return positions;
}

function isPosition(value: unknown): value is ResumePosition {
  if (typeof value !== 'object' || value === null) return false;
  const { epoch, seq } = value as Fields;
  return typeof epoch === 'string' && Number.isSafeInteger(seq) && Number(seq) >= 1;
}
