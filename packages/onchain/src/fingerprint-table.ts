/** The smallest table; a power of two, as all sizes are. */
const CAPACITY_MIN = 1024;
/** Beyond three quarters full, linear probing takes long walks. */
const LOAD_MAX = 0.75;

/**
 * A map from 64-bit fingerprints (see fingerprint.ts) to small integers: open addressing with
 * linear probing over typed arrays, 8 bytes a slot and the value's. Removal closes the gap, so
 * there are no tombstones and a table that lives for months does not decay. It grows by doubling
 * and does not shrink.
 */
export class FingerprintTable<Values extends Uint16Array | Int32Array> {
  readonly #makeValues: (length: number) => Values;
  #lows = new Uint32Array(CAPACITY_MIN);
  #highs = new Uint32Array(CAPACITY_MIN);
  #values: Values;
  #size = 0;

  constructor(makeValues: (length: number) => Values) {
    this.#makeValues = makeValues;
    this.#values = makeValues(CAPACITY_MIN);
  }

  get size(): number {
    return this.#size;
  }

  get capacity(): number {
    return this.#lows.length;
  }

  /** Whether the next insertion would have to double the table. */
  get full(): boolean {
    return this.#size >= this.capacity * LOAD_MAX;
  }

  get memoryBytes(): number {
    return this.#lows.byteLength + this.#highs.byteLength + this.#values.byteLength;
  }

  /** Slot of a fingerprint, or -1. A slot holds until the next insertion or removal. */
  find(low: number, high: number): number {
    const mask = this.capacity - 1;
    for (let slot = low & mask; this.#highs[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#lows[slot] === low && this.#highs[slot] === high) return slot;
    }
    return -1;
  }

  isUsed(slot: number): boolean {
    return this.#highs[slot] !== 0;
  }

  valueAt(slot: number): number {
    return this.#values[slot]!;
  }

  setValueAt(slot: number, value: number): void {
    this.#values[slot] = value;
  }

  /** Adds a fingerprint that is not in the table. */
  insert(low: number, high: number, value: number): void {
    if (this.full) this.#double();
    this.#place(low, high, value);
    this.#size += 1;
  }

  removeAt(slot: number): void {
    const mask = this.capacity - 1;
    let gap = slot;
    for (let next = (gap + 1) & mask; this.#highs[next] !== 0; next = (next + 1) & mask) {
      const home = this.#lows[next]! & mask;
      // An entry may move back to the gap unless that lies before the slot it belongs to.
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        this.#lows[gap] = this.#lows[next]!;
        this.#highs[gap] = this.#highs[next]!;
        this.#values[gap] = this.#values[next]!;
        gap = next;
      }
    }
    this.#highs[gap] = 0;
    this.#size -= 1;
  }

  clear(): void {
    this.#highs.fill(0);
    this.#size = 0;
  }

  #place(low: number, high: number, value: number): void {
    const mask = this.capacity - 1;
    let slot = low & mask;
    while (this.#highs[slot] !== 0) slot = (slot + 1) & mask;
    this.#lows[slot] = low;
    this.#highs[slot] = high;
    this.#values[slot] = value;
  }

  #double(): void {
    const [lows, highs, values] = [this.#lows, this.#highs, this.#values];
    const capacity = lows.length * 2;
    this.#lows = new Uint32Array(capacity);
    this.#highs = new Uint32Array(capacity);
    this.#values = this.#makeValues(capacity);
    for (let slot = 0; slot < lows.length; slot += 1) {
      if (highs[slot] !== 0) this.#place(lows[slot]!, highs[slot]!, values[slot]!);
    }
  }
}
