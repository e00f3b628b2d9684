import type { Cancel, Surroundings } from '../../src/ports.ts';

/** A device whose network comes and goes, and a page that is looked at when told so. */
export class FakeSurroundings implements Surroundings {
  #online = true;
  readonly #listeners = new Set<{
    readonly networkChanged: () => void;
    readonly shown: () => void;
  }>();

  isOnline(): boolean {
    return this.#online;
  }

  listen(networkChanged: () => void, shown: () => void): Cancel {
    const listener = { networkChanged, shown };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get listening(): number {
    return this.#listeners.size;
  }

  setOnline(online: boolean): void {
    this.#online = online;
    for (const { networkChanged } of this.#listeners) networkChanged();
  }

  show(): void {
    for (const { shown } of this.#listeners) shown();
  }
}
