import { REFUSALS } from '@tidegauge/protocol';
import type { Access } from '../access/access.ts';
import { type Answer, refusalAnswer, withHeaders } from './answer.ts';
import { ContentEncoder } from './content-encoding.ts';
import { credentialOf } from './credential.ts';
import { failureAnswer } from './failure-answer.ts';
import type { OriginPolicy } from './origin-policy.ts';
import { answerReading, headerOf, methodRefusal } from './read-methods.ts';
import { pagePolicy } from './security-headers.ts';
import type { StaticFiles } from './static-files.ts';

/** What of a request the routes look at. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  /** Whom the request is counted for; see addressKey. */
  readonly client: string;
  /** Who sent it, in full; null when that is not certain. */
  readonly address: string | null;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** One path that answers GET and HEAD. */
export interface Route {
  /** Its last part may be a parameter: `/api/v1/heatmap/{symbol}`. */
  readonly path: string;
  /** Query parameters that it takes; null: it does not care. */
  readonly parameters: readonly string[] | null;
  /** Answers also those who bring no key where the server asks for one. */
  readonly open?: true;
  answer(request: RouteRequest): Answer | Promise<Answer>;
}

export interface RouteRequest {
  /** What stands at the place of the path's parameter, decoded; empty for a path without one. */
  readonly pathValue: string;
  readonly query: URLSearchParams;
  readonly ifNoneMatch: string | undefined;
  /** Whom it is counted for. */
  readonly client: string;
  /** Who sent it; null when that is not certain, as with a proxy that is not trusted. */
  readonly address: string | null;
  /**
   * Aborted when nobody waits for the answer any more, be it that it has gone out: whatever takes
   * long stops then.
   */
  readonly signal: AbortSignal;
}

export interface RouterOptions {
  readonly routes: readonly Route[];
  readonly files: StaticFiles;
  readonly origins: OriginPolicy;
  readonly access: Access;
}

/** From a request to its whole answer, without touching a socket. */
export class Router {
  readonly #options: RouterOptions;
  /** By path; where its last part is a parameter, by what stands before that. */
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #encoder = new ContentEncoder();

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#routes = new Map(options.routes.map((route) => [fixedPart(route.path), route]));
  }

  /** Rejects with whatever a route throws. */
  async answer(request: HttpRequest): Promise<Answer> {
    const url = parseTarget(request.target);
    if (url === null) {
      return refusalAnswer(REFUSALS.invalidParameter, 'the request target is no valid path');
    }
    const found = this.#find(url.pathname);
    if (found !== null) return this.#answerRoute(found, url, request);
    return this.#answerFile(url, request);
  }

  #find(pathname: string): FoundRoute | null {
    const lastAt = pathname.lastIndexOf('/') + 1;
    const last = pathname.slice(lastAt);
    const open = last === '' ? undefined : this.#routes.get(pathname.slice(0, lastAt));
    if (open !== undefined) return { route: open, encodedValue: last };
    const route = last === '' ? undefined : this.#routes.get(pathname);
    return route === undefined ? null : { route, encodedValue: '' };
  }

  #answerRoute(found: FoundRoute, url: URL, request: HttpRequest): Promise<Answer> {
    return answerReading(request, this.#options.origins, async () => {
      const answer =
        (await this.#refusalOf(found.route, request)) ??
        (await answerRead(found, url.searchParams, request));
      return this.#encoder.encoded(answer, headerOf(request.headers, 'accept-encoding'));
    });
  }

  /** Null for whoever may read it. */
  async #refusalOf({ open }: Route, { headers, client }: HttpRequest): Promise<Answer | null> {
    if (open === true) return null;
    const verdict = await this.#options.access.admit(credentialOf(headers), client);
    return verdict.ok ? null : refusalAnswer(verdict.refusal, verdict.message);
  }

  #answerFile(url: URL, { method, headers }: HttpRequest): Answer {
    const answer = this.#options.files.answer(url.pathname, {
      ifNoneMatch: headerOf(headers, 'if-none-match'),
      acceptEncoding: headerOf(headers, 'accept-encoding'),
    });
    if (answer === null) {
      return refusalAnswer(REFUSALS.notFound, `nothing is served at ${shorten(url.pathname)}`);
    }
    const policy = pagePolicy(url, headerOf(headers, 'host'), this.#options.origins);
    return methodRefusal(method) ?? withHeaders(answer, { 'content-security-policy': policy });
  }
}

interface FoundRoute {
  readonly route: Route;
  /** Percent-encoded, as it stands in the path. */
  readonly encodedValue: string;
}

/** `/a/{b}` is found by `/a/`. */
function fixedPart(path: string): string {
  return path.endsWith('}') ? path.slice(0, path.lastIndexOf('/') + 1) : path;
}

async function answerRead(
  { route, encodedValue }: FoundRoute,
  query: URLSearchParams,
  { headers, client, address, signal }: HttpRequest,
): Promise<Answer> {
  const unknown = unknownParameter(route, query);
  if (unknown !== null) return refusalAnswer(REFUSALS.invalidParameter, unknown);
  const pathValue = decoded(encodedValue);
  if (pathValue === null) {
    const problem = `'${shorten(encodedValue)}' in the path is no valid percent-encoding of UTF-8`;
    return refusalAnswer(REFUSALS.invalidParameter, problem);
  }
  const ifNoneMatch = headerOf(headers, 'if-none-match');
  try {
    return await route.answer({ pathValue, query, ifNoneMatch, client, address, signal });
  } catch (error) {
    const answer = failureAnswer(error);
    if (answer === null) throw error;
    return answer;
  }
}

/** Null for what encodes nothing. */
function decoded(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

/** Null for a target that is no path, such as `*` or an address of another host. */
export function parseTarget(target: string): URL | null {
  if (!target.startsWith('/') || target.startsWith('//')) return null;
  const text = `http://localhost${target}`;
  return URL.canParse(text) ? new URL(text) : null;
}

export function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}

function unknownParameter(route: Route, query: URLSearchParams): string | null {
  const { parameters } = route;
  if (parameters === null) return null;
  const unknown = [...query.keys()].find((name) => !parameters.includes(name));
  if (unknown === undefined) return null;
  const allowed = parameters.length === 0 ? 'none' : parameters.join(', ');
  const given = `${unknown}=${query.get(unknown) ?? ''}`;
  return `unknown parameter '${shorten(given)}'; ${route.path} takes ${allowed}`;
}
