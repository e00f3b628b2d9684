/**
 * Seeded randomness for the demo: the same seed gives the same numbers on every machine. The
 * generator is sfc32 ("small fast counter", Chris Doty-Humphrey's PractRand, public domain),
 * 128 bits of state, period at least 2^32; the seed is spread over it by splitmix32.
 */
export class Random {
  readonly #state: Uint32Array = new Uint32Array(4);
  #spareNormal: number | null = null;

  /** Seeds are integers of any size; their order matters. */
  constructor(...seeds: readonly number[]) {
    let mixed = 0x9e3779b9;
    for (const seed of seeds) {
      mixed = mix32(mixed ^ (seed >>> 0));
      mixed = mix32(mixed ^ (Math.floor(seed / 2 ** 32) >>> 0));
    }
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      this.#state[i] = mix32(mixed);
    }
    for (let i = 0; i < 12; i++) this.uint32();
  }

  uint32(): number {
    const state = this.#state;
    const sum = (state[0]! + state[1]! + state[3]!) >>> 0;
    state[3] = state[3]! + 1;
    state[0] = state[1]! ^ (state[1]! >>> 9);
    state[1] = state[2]! + (state[2]! << 3);
    state[2] = ((state[2]! << 21) | (state[2]! >>> 11)) + sum;
    return sum;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.uint32() / 2 ** 32;
  }

  /** Uniform integer from 0 to below `below`. */
  below(below: number): number {
    return Math.floor(this.unit() * below);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    const angle = 2 * Math.PI * this.unit();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const words = new Uint32Array(bytes.buffer, 0, length >>> 2);
    for (let i = 0; i < words.length; i++) words[i] = this.uint32();
    for (let i = words.length << 2; i < length; i++) bytes[i] = this.uint32();
    return bytes;
  }
}

function mix32(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Draws from values by their weights. */
export class Weighted<T> {
  readonly #values: readonly T[];
  readonly #cumulative: readonly number[];

  constructor(entries: readonly (readonly [T, number])[]) {
    let sum = 0;
    this.#values = entries.map(([value]) => value);
    this.#cumulative = entries.map(([, weight]) => {
      sum += weight;
      return sum;
    });
  }

  draw(random: Random): T {
    const at = random.unit() * this.#cumulative.at(-1)!;
    let index = 0;
    while (this.#cumulative[index]! <= at) index++;
    return this.#values[index]!;
  }
}
