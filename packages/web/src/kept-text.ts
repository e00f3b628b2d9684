/** A text that is kept in the browser from one visit to the next. */
export interface KeptText {
  /** Null without one. */
  read(): string | null;
  /** Null forgets it. */
  write(text: string | null): void;
}

/** Under which name each is kept. */
export const KEPT: Readonly<Record<'settings' | 'key' | 'seenVersion', string>> = {
  settings: 'tidegauge.settings',
  key: 'tidegauge.key',
  /** The server's version that a person was told of and put away. */
  seenVersion: 'tidegauge.seen-version',
};

/**
 * Where the browser does not allow it, nothing is kept: it holds until the page is left.
 *
 * @param storage throws where the browser keeps nothing, as with all cookies blocked
 */
export function browserKeptText(name: string, storage: () => Storage): KeptText {
  return {
    read: () => allowed(() => storage().getItem(name)) ?? null,
    write: (text) => {
      allowed(() => {
        if (text === null) storage().removeItem(name);
        else storage().setItem(name, text);
      });
    },
  };
}

function allowed<Value>(use: () => Value): Value | undefined {
  try {
    return use();
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
