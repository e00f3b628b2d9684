/** A question to the server over HTTP: the little of it that the page needs. */
export type RestAnswer = { readonly kind: 'ok'; readonly body: unknown } | RestProblem;

export interface RestProblem {
  readonly kind: 'problem';
  /** For a person. */
  readonly message: string;
  /** Whether the same question may be answered later. */
  readonly passing: boolean;
  /** When the server asked to be asked again; null where it did not say. */
  readonly retryAfterMs: number | null;
}

/** @param path relative to the page; never rejects, except when it is called off */
export type AskRest = (path: string, signal: AbortSignal) => Promise<RestAnswer>;

/** An answer that is none to the question: it would be the same another time. */
export function unreadable(what: string): RestProblem {
  const message = `${what} could not be read`;
  return { kind: 'problem', message, passing: false, retryAfterMs: null };
}
