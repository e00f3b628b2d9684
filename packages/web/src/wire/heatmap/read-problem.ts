import { asFields, asText } from '../fields.ts';

/** The sentence of a REST error body; null when the body holds none. */
export function readProblem(body: unknown): string | null {
  return asText(asFields(asFields(body)?.error)?.message) || null;
}
