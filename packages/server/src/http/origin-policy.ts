/** Which web pages may read from this server. Programs that are no browser send no Origin. */
export class OriginPolicy {
  readonly #any: boolean;
  readonly #listed: ReadonlySet<string>;

  /** @param allowed origins as `URL.origin` writes them, or `*`; none: only its own pages */
  constructor(allowed: readonly string[]) {
    this.#any = allowed.includes('*');
    this.#listed = new Set(allowed);
  }

  /** True for no Origin at all, the server's own pages, and what the list allows. */
  allows(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.#any || this.#listed.has(origin.toLowerCase())) return true;
    return URL.canParse(origin) && new URL(origin).host === (host ?? '').toLowerCase();
  }

  /** Headers that let a listed page of another origin read an answer. */
  corsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
    if (this.#any) return readableBy('*');
    if (this.#listed.size === 0) return {};
    const listed = origin !== undefined && this.#listed.has(origin.toLowerCase());
    const vary = { vary: 'Origin' };
    return listed ? { ...vary, ...readableBy(origin) } : vary;
  }

  /** Who may show a page of this server in a frame, as the content policy has it. */
  get frameAncestors(): string {
    return this.#any ? '*' : ["'self'", ...this.#listed].join(' ');
  }
}

/** Of the headers, a page is only shown those that are named. */
function readableBy(origin: string): Readonly<Record<string, string>> {
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'ETag, Retry-After',
  };
}
