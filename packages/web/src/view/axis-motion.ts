import { glide } from '../model/glide.ts';
import { nextRange } from '../model/price-range.ts';
import type { PriceRange } from '../model/price-scale.ts';

/**
 * The range of the price axis over time: it stands, and glides when what is wanted has moved.
 * Where a person takes hold of it, it is where the hand is, until it is let go.
 */
export class AxisMotion {
  #shown: PriceRange | null = null;
  #target: PriceRange | null = null;
  #isByHand = false;
  #lastMs = 0;

  /** @param instant for those who asked their system for less motion */
  step(wanted: PriceRange | null, timeMs: number, instant: boolean): PriceRange | null {
    const elapsedMs = Math.max(0, timeMs - this.#lastMs);
    this.#lastMs = timeMs;
    if (!wanted) this.#target = this.#shown;
    if (!wanted || this.#isByHand) return this.#shown;
    this.#target = nextRange(this.#target, wanted);
    const from = instant ? null : this.#shown;
    this.#shown = from ? glide(from, this.#target, elapsedMs) : this.#target;
    return this.#shown;
  }

  /** A person has set it. */
  hold(range: PriceRange): void {
    this.#isByHand = true;
    this.#shown = range;
    this.#target = range;
  }

  /** It follows the data again, and goes there from where it is. */
  letGo(): void {
    if (!this.#isByHand) return;
    this.#isByHand = false;
    this.#target = null;
  }

  /** Where it is at the moment. */
  get shown(): PriceRange | null {
    return this.#shown;
  }

  get isByHand(): boolean {
    return this.#isByHand;
  }

  /** Where it stands once it does not move any more. */
  get target(): PriceRange | null {
    return this.#target;
  }

  get moving(): boolean {
    return this.#shown !== this.#target && this.#target !== null;
  }
}
