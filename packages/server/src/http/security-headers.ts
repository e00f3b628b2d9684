import type { OriginPolicy } from './origin-policy.ts';

const HOST = /^[a-z0-9._-]+(:\d{1,5})?$/i;

/** Headers of every answer. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The addresses at which the page is one chart for others (see `readEmbed` of the page). */
const PAGE_PATHS: ReadonlySet<string> = new Set(['/', '/index.html']);
const EMBEDS: ReadonlySet<string | null> = new Set(['price', 'heatmap']);

/**
 * The policy of a file of the page. Only a single chart may be shown in frames: the whole page asks
 * for keys, and nobody may lay something over it.
 */
export function pagePolicy(url: URL, host: string | undefined, origins: OriginPolicy): string {
  const isEmbed = PAGE_PATHS.has(url.pathname) && EMBEDS.has(url.searchParams.get('embed'));
  return contentSecurityPolicy(host, isEmbed ? origins.frameAncestors : "'none'");
}

/**
 * What the page may load and whom it may talk to: only this host. Some browsers do not take
 * WebSockets of the same host for 'self', so these are named. A Host header that is no plain name
 * (IPv6, or something made up) is not repeated.
 *
 * @param frameAncestors the pages that may show it in a frame
 */
function contentSecurityPolicy(host: string | undefined, frameAncestors: string): string {
  const sockets = host !== undefined && HOST.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'self'",
    `connect-src 'self'${sockets}`,
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
}
