import type { StoreError } from './store.ts';

/** What is wrong with a store, for a person: from the beginning, or since something failed. */
export class StoreTroubles {
  readonly #atOpening: string | null;
  readonly #byWork: Map<string, string> = new Map();

  constructor(atOpening: string | null) {
    this.#atOpening = atOpening;
  }

  get text(): string | null {
    const newest = [...this.#byWork.values()].at(-1) ?? null;
    const all = [this.#atOpening, newest].filter((each) => each !== null);
    return all.length === 0 ? null : all.join('. ');
  }

  /**
   * Remembers a failure of the store itself until the same work succeeds. That one reading found no
   * memory is its own matter; what it found damaged stays so.
   */
  note(work: 'put' | 'read' | 'checkpoint', { kind, message }: StoreError): void {
    if (kind !== 'damaged' && (kind !== 'full' || work === 'read')) return;
    this.#byWork.delete(work);
    this.#byWork.set(work, message);
  }

  over(work: 'put' | 'checkpoint'): void {
    this.#byWork.delete(work);
  }
}
