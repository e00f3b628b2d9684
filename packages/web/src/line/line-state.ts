/** Where the connection stands, apart from what comes over it. */
export type LineState =
  /** A try is under way; `failures` were before it since the line was last useful. */
  | { readonly kind: 'connecting'; readonly failures: number }
  | { readonly kind: 'open'; readonly sinceMs: number }
  | { readonly kind: 'waiting'; readonly retryAtMs: number; readonly failures: number }
  /** This device has no network; nothing is tried until it has. */
  | { readonly kind: 'offline' }
  /** The server asked not to be called again; only a person starts the next try. */
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  | { readonly kind: 'closed' };
