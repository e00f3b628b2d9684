import type { Cancel, Surroundings } from '../../src/ports.ts';

/** A device whose network comes and goes, and a page that is looked at when told so. */
export class FakeSurroundings implements Surroundings {
  #online = true;
  readonly #listeners = new Set<() => void>();

  isOnline(): boolean {
    return this.#online;
  }

  listen(roused: () => void): Cancel {
    this.#listeners.add(roused);
    return () => void this.#listeners.delete(roused);
  }

  get listening(): number {
    return this.#listeners.size;
  }

  setOnline(online: boolean): void {
    this.#online = online;
    for (const roused of this.#listeners) roused();
  }

  show(): void {
    for (const roused of this.#listeners) roused();
  }
}
