/**
 * The version of the server against the page's own. The page comes with its server, so another one
 * means that the server was exchanged since: loading it anew brings the page that belongs to it.
 */
export interface OtherVersion {
  readonly server: string;
  readonly page: string;
  readonly isNewer: boolean;
}

/** Null where both are the same, or where one of them is no version: then nothing can be said. */
export function otherVersion(page: string, server: string): OtherVersion | null {
  const own = partsOf(page);
  const other = partsOf(server);
  if (!own || !other) return null;
  const at = own.findIndex((part, i) => part !== other[i]);
  return at === -1 ? null : { server, page, isNewer: other[at]! > own[at]! };
}

/** Major, minor and patch; what may follow is of no matter here. */
function partsOf(version: string): readonly number[] | null {
  return /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? null;
}
