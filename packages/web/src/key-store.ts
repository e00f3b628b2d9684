/** Where the key is kept between visits. */
export interface KeyStore {
  /** Null without one. */
  read(): string | null;
  /** Null forgets it. */
  write(key: string | null): void;
}

const NAME = 'tidegauge.key';

/**
 * Keeps the key in the browser. Where that is not allowed, it holds until the page is left.
 *
 * @param storage throws where the browser keeps nothing, as with all cookies blocked
 */
export function browserKeyStore(storage: () => Storage): KeyStore {
  return {
    read: () => allowed(() => storage().getItem(NAME)) ?? null,
    write: (key) => {
      allowed(() => {
        if (key === null) storage().removeItem(NAME);
        else storage().setItem(NAME, key);
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
