import type { Direction, Fault } from './fault.ts';

type Lasting = Extract<Fault, { readonly kind: 'stall' | 'delay' | 'trickle' | 'refuse' }>;

/** Which faults last at the moment, and what follows from all of them together. */
export class Conditions {
  readonly #active: Set<Lasting> = new Set();

  /** @returns ends it */
  begin(fault: Lasting): () => void {
    const active = { ...fault };
    this.#active.add(active);
    return () => this.#active.delete(active);
  }

  clear(): void {
    this.#active.clear();
  }

  isStalled(direction: Direction): boolean {
    return this.#all('stall').some(({ directions }) => directions.includes(direction));
  }

  get refuses(): boolean {
    return this.#all('refuse').length > 0;
  }

  /** That of the slowest of them; null while all bytes may pass. */
  get trickle(): { readonly bytes: number; readonly everyMs: number } | null {
    const rate = ({ bytes, everyMs }: { bytes: number; everyMs: number }): number =>
      bytes / everyMs;
    return this.#all('trickle').toSorted((a, b) => rate(a) - rate(b))[0] ?? null;
  }

  /** How long something that comes now is on its way. @param random uniform in [0, 1) */
  delayMs(random: () => number): number {
    return this.#all('delay').reduce(
      (sum, { latencyMs, jitterMs }) => sum + latencyMs + jitterMs * random(),
      0,
    );
  }

  #all<Kind extends Lasting['kind']>(kind: Kind): Extract<Lasting, { readonly kind: Kind }>[] {
    return [...this.#active].filter(
      (fault): fault is Extract<Lasting, { readonly kind: Kind }> => fault.kind === kind,
    );
  }
}
