/** The votes of the blocks of the last hours, block by block, oldest first. */
export class BlockVotes {
  readonly #lengthSec: number;
  #blocks: { readonly timeSec: number; readonly sats: Float64Array }[] = [];
  #votes = 0;

  constructor(lengthSec: number) {
    this.#lengthSec = lengthSec;
  }

  get votes(): number {
    return this.#votes;
  }

  /** Adds the votes of the newest block and lets go of the blocks that are too old beside it. */
  add(timeSec: number, sats: readonly number[]): void {
    this.#blocks.push({ timeSec, sats: Float64Array.from(sats) });
    this.#blocks = this.#blocks.filter((block) => block.timeSec >= timeSec - this.#lengthSec);
    this.#votes = this.#blocks.reduce((sum, block) => sum + block.sats.length, 0);
  }

  /** Shows the votes from the newest back, until `visit` returns false. */
  visitNewest(visit: (amountSats: number, timeSec: number) => boolean): void {
    for (const block of this.#blocks.toReversed()) {
      for (let i = block.sats.length - 1; i >= 0; i -= 1) {
        if (!visit(block.sats[i]!, block.timeSec)) return;
      }
    }
  }
}
