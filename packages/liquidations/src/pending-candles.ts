/** Candles that may still change: in order of time, one for each time. */
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Candle } from './candle.ts';

export interface PendingCandle {
  readonly candle: Candle;
  readonly closed: boolean;
}

function sameCandle(a: Candle, b: Candle): boolean {
  return (
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.volume === b.volume
  );
}

export class PendingCandles {
  #pending: PendingCandle[] = [];

  get length(): number {
    return this.#pending.length;
  }

  get newest(): PendingCandle | undefined {
    return this.#pending.at(-1);
  }

  [Symbol.iterator](): IterableIterator<PendingCandle> {
    return this.#pending[Symbol.iterator]();
  }

  /**
   * Takes a candle in any order. It takes the place of one of the same time, except that one in
   * progress never replaces a closed one.
   *
   * @returns whether anything changed
   */
  take(candle: Candle, closed: boolean): boolean {
    let index = this.#pending.length;
    while (index > 0 && this.#pending[index - 1]!.candle.timeSec >= candle.timeSec) index -= 1;
    const there = this.#pending[index];
    if (there?.candle.timeSec !== candle.timeSec) {
      this.#pending.splice(index, 0, { candle, closed });
      return true;
    }
    if (there.closed && !closed) return false;
    if (there.closed === closed && sameCandle(there.candle, candle)) return false;
    this.#pending[index] = { candle, closed };
    return true;
  }

  /** Takes out those that begin before a time. */
  takeBefore(timeSec: number): PendingCandle[] {
    const end = this.#pending.findIndex(({ candle }) => candle.timeSec >= timeSec);
    return this.#pending.splice(0, end < 0 ? this.#pending.length : end);
  }

  save(out: ByteWriter): void {
    out.uint(this.#pending.length);
    for (const { candle, closed } of this.#pending) {
      out.uint(closed ? 1 : 0);
      const { timeSec, open, high, low, close, volume } = candle;
      for (const value of [timeSec, open, high, low, close, volume]) out.float(value);
    }
  }

  restore(from: ByteReader): void {
    const length = from.uint();
    this.#pending = [];
    for (let i = 0; i < length; i += 1) {
      const closed = from.uint() === 1;
      const candle = {
        timeSec: from.float(),
        open: from.float(),
        high: from.float(),
        low: from.float(),
        close: from.float(),
        volume: from.float(),
      };
      this.#pending.push({ candle, closed });
    }
  }
}
