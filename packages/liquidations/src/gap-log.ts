/** What was missing, as long as it matters. */
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Gap } from './snapshot.ts';

const GAPS_MAX = 32;
const KINDS = ['candles', 'open_interest'] as const;

export class GapLog {
  readonly #memorySec: number;
  /** The newest last. */
  #gaps: Gap[] = [];

  /** @param memorySec - how long after its end a gap is still told */
  constructor(memorySec: number) {
    this.#memorySec = memorySec;
  }

  /** Notes that something was missing; a stretch that begins where one of its kind ended makes it longer. */
  note(what: Gap['what'], fromSec: number, toSec: number): void {
    const index = this.#gaps.findIndex((gap) => gap.what === what && gap.toSec === fromSec);
    const since = index < 0 ? fromSec : this.#gaps.splice(index, 1)[0]!.fromSec;
    this.#gaps.push({ what, fromSec: since, toSec });
    if (this.#gaps.length > GAPS_MAX) this.#gaps.shift();
  }

  /** Those that still matter at a time, the newest first. */
  at(timeSec: number): Gap[] {
    return this.#gaps.filter((gap) => gap.toSec > timeSec - this.#memorySec).reverse();
  }

  clone(): GapLog {
    const copy = new GapLog(this.#memorySec);
    copy.#gaps = [...this.#gaps];
    return copy;
  }

  save(out: ByteWriter): void {
    out.uint(this.#gaps.length);
    for (const { what, fromSec, toSec } of this.#gaps) {
      out.uint(KINDS.indexOf(what));
      out.float(fromSec);
      out.float(toSec);
    }
  }

  restore(from: ByteReader): void {
    const length = from.uint();
    this.#gaps = [];
    for (let i = 0; i < length; i += 1) {
      const what = KINDS[from.uint()] ?? 'candles';
      this.#gaps.push({ what, fromSec: from.float(), toSec: from.float() });
    }
  }
}
