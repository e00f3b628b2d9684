import type { MempoolEntry } from './mempool.ts';
import type { Random } from './random.ts';
import type { ScriptKind } from './scripts.ts';
import type { OutPoint } from './tx-bytes.ts';

/** An output of the demo's own that someone may spend. */
export interface Coin {
  readonly entry: MempoolEntry;
  readonly outPoint: OutPoint;
  readonly amountSats: number;
  readonly kind: ScriptKind;
}

const COINS_MAX = 4000;
const TRIES = 8;

/** Recent outputs, out of which chains of change grow. Full, it forgets some at random. */
export class CoinPool {
  readonly #coins: Coin[] = [];

  add(random: Random, coin: Coin): void {
    if (this.#coins.length < COINS_MAX) this.#coins.push(coin);
    else this.#coins[random.below(COINS_MAX)] = coin;
  }

  /** Takes some coin of at least that value that can still be spent; null when none comes up. */
  take(random: Random, amountSatsMin: number): Coin | null {
    for (let tries = 0; tries < TRIES && this.#coins.length > 0; tries++) {
      const index = random.below(this.#coins.length);
      const coin = this.#coins[index]!;
      const gone = coin.entry.state === 'replaced' || coin.entry.state === 'evicted';
      if (!gone && coin.amountSats < amountSatsMin) continue;
      const last = this.#coins.pop()!;
      if (index < this.#coins.length) this.#coins[index] = last;
      if (!gone) return coin;
    }
    return null;
  }
}
