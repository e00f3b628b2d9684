import { anySats, DUST_SATS, roundBtcSats, roundUsdSats } from './amounts.ts';
import type { Coin, CoinPool } from './coin-pool.ts';
import type { MempoolEntry } from './mempool.ts';
import type { PricePath } from './price-path.ts';
import { type Random, Weighted } from './random.ts';
import {
  inscriptionWitness,
  opReturnScript,
  payingScript,
  SCRIPT_KINDS,
  type ScriptKind,
  spendingScripts,
} from './scripts.ts';
import { type TxContent, type TxInput, type TxOutput, weightOf } from './tx-bytes.ts';

/** A transaction as its sender made it, with what the demo must remember of it. */
export interface Draft {
  readonly content: TxContent;
  readonly feeSats: number;
  readonly parents: readonly MempoolEntry[];
  /** Kind of address of each input and output; null for an output that nobody can spend. */
  readonly inputKinds: readonly ScriptKind[];
  readonly outputKinds: readonly (ScriptKind | null)[];
}

type Purpose =
  | 'pay-usd'
  | 'pay-btc'
  | 'pay-any'
  | 'sweep'
  | 'consolidate'
  | 'batch'
  | 'data'
  | 'inscribe';

/** Shares of all transactions, in percent. */
const PURPOSES = new Weighted<Purpose>([
  ['pay-usd', 16],
  ['pay-btc', 5],
  ['pay-any', 31],
  ['sweep', 17],
  ['consolidate', 3],
  ['batch', 10],
  ['data', 12],
  ['inscribe', 6],
]);

const PAYMENT_INPUTS = new Weighted<number>([
  [1, 70],
  [2, 17],
  [3, 7],
  [4, 3],
  [5, 1.5],
  [8, 1.5],
]);

/** Spenders who use a coin that this demo made itself, rather than one from before it began. */
const SPENDS_RECENT = 0.3;
/** Payments out of which the receiver bears the fee. */
const FEE_DEDUCTED = 0.08;
const SIGNALS_RBF = 0.7;
const LOCKS_TO_HEIGHT = 0.25;

const FEE_RATE_MEDIAN = 6;
const FEE_LEVEL_LOG_SD = 0.5;
const FEE_LEVEL_MEMORY_SEC = 6 * 3600;
const FEE_RATE_LOG_SD = 0.55;
/** Satoshi per virtual byte that nodes ask for at least. */
const FEE_RATE_MIN = 1;

interface Spending {
  readonly inputs: TxInput[];
  readonly kinds: ScriptKind[];
  /** What the inputs hold, where that is known; coins from before the demo hold what is needed. */
  readonly amountSats: number | null;
  readonly parents: MempoolEntry[];
}

/** Makes the transactions that people send: what for, of what shape, at what fee. */
export class Traffic {
  readonly #random: Random;
  readonly #path: PricePath;
  readonly #coins: CoinPool;
  #feeLevelLog = 0;
  #lastSec: number;

  constructor(random: Random, path: PricePath, coins: CoinPool, startTimeSec: number) {
    this.#random = random;
    this.#path = path;
    this.#coins = coins;
    this.#lastSec = startTimeSec;
  }

  draft(timeSec: number, height: number): Draft {
    this.#moveFeeLevel(timeSec);
    const purpose = PURPOSES.draw(this.#random);
    switch (purpose) {
      case 'pay-usd':
        return this.#payment(roundUsdSats(this.#random, this.#path, timeSec), height);
      case 'pay-btc':
        return this.#payment(roundBtcSats(this.#random), height);
      case 'pay-any':
        return this.#payment(anySats(this.#random), height);
      case 'sweep':
        return this.#sweep(1, height);
      case 'consolidate':
        return this.#sweep(6 + Math.min(150, Math.floor(this.#random.exponential(10))), height);
      case 'batch':
        return this.#batch(height);
      case 'data':
        return this.#data(height);
      case 'inscribe':
        return this.#inscription(height);
    }
  }

  /** The same payment at a higher fee, paid out of its largest output; null where that is too small. */
  bump(draft: Draft): Draft | null {
    const random = this.#random;
    const inputs = draft.content.inputs.map((input, index) => ({
      ...input,
      ...spendingScripts(random, draft.inputKinds[index]!),
    }));
    const amounts = draft.content.outputs.map((output) => output.amountSats);
    const largest = amounts.indexOf(Math.max(...amounts));
    const vsize = weightOf(draft.content) / 4;
    const extraSats = Math.ceil(draft.feeSats * (0.3 + random.unit()) + 1.5 * vsize);
    if (amounts[largest]! - extraSats < DUST_SATS) return null;
    const outputs = draft.content.outputs.map((output, index) =>
      index === largest ? { ...output, amountSats: output.amountSats - extraSats } : output,
    );
    const content = { ...draft.content, inputs, outputs };
    return { ...draft, content, feeSats: draft.feeSats + extraSats };
  }

  /** One receiver, and change when enough is left. */
  #payment(amountSats: number, height: number): Draft {
    const random = this.#random;
    const spending = this.#spend(PAYMENT_INPUTS.draw(random), amountSats + 20_000);
    const kinds = [SCRIPT_KINDS.draw(random), spending.kinds[0]!];
    const feeSats = this.#fee(spending, kinds);
    const deducted = random.chance(FEE_DEDUCTED) && amountSats - feeSats >= DUST_SATS;
    const paidSats = deducted ? amountSats - feeSats : amountSats;
    const changeSats =
      spending.amountSats === null
        ? Math.round(random.logNormal(400_000, 2.6))
        : spending.amountSats - paidSats - feeSats;
    if (changeSats < DUST_SATS) {
      return this.#finish(spending, [this.#output(paidSats, kinds[0]!)], kinds, feeSats, height);
    }
    const outputs = [this.#output(paidSats, kinds[0]!), this.#output(changeSats, kinds[1]!)];
    if (random.chance(0.5)) {
      outputs.reverse();
      kinds.reverse();
    }
    return this.#finish(spending, outputs, kinds, feeSats, height);
  }

  /** Everything to one address. */
  #sweep(inputCount: number, height: number): Draft {
    const random = this.#random;
    const spending = this.#spend(inputCount, 50_000);
    const kinds = [SCRIPT_KINDS.draw(random)];
    const feeSats = this.#fee(spending, kinds);
    const heldSats =
      spending.amountSats ?? feeSats + Math.round(random.logNormal(400_000 * inputCount ** 0.5, 2));
    const paidSats = Math.max(DUST_SATS, heldSats - feeSats);
    return this.#finish(spending, [this.#output(paidSats, kinds[0]!)], kinds, feeSats, height);
  }

  /** A service that pays many at once. */
  #batch(height: number): Draft {
    const random = this.#random;
    const count = 3 + Math.min(200, Math.floor(random.exponential(9)));
    const spending = this.#spend(1 + random.below(2), null);
    const kinds = Array.from({ length: count }, () => SCRIPT_KINDS.draw(random));
    const outputs = kinds.map((kind) => this.#output(anySats(random), kind));
    return this.#finish(spending, outputs, kinds, this.#fee(spending, kinds), height);
  }

  /** Carries some bytes in an OP_RETURN output. */
  #data(height: number): Draft {
    const random = this.#random;
    const data = random.bytes(random.chance(0.6) ? 12 + random.below(12) : 20 + random.below(60));
    const spending = this.#spend(1, null);
    const kind = spending.kinds[0]!;
    const outputs: TxOutput[] = [{ amountSats: 0, script: opReturnScript(data) }];
    const kinds: (ScriptKind | null)[] = [null];
    if (random.chance(0.4)) {
      outputs.push(this.#output(DUST_SATS, 'p2tr'));
      kinds.push('p2tr');
    }
    outputs.push(this.#output(Math.round(random.logNormal(200_000, 1.5)) + DUST_SATS, kind));
    kinds.push(kind);
    const vsize = (weightOf({ version: 2, inputs: spending.inputs, outputs, lockTime: 0 }) + 3) / 4;
    return this.#finish(spending, outputs, kinds, this.#feeFor(vsize), height);
  }

  /** Reveals data in the witness: kilobytes at a quarter of the weight. */
  #inscription(height: number): Draft {
    const random = this.#random;
    const dataBytes = Math.min(100_000, Math.ceil(random.logNormal(700, 1.1)));
    const [input] = this.#spend(1, null).inputs;
    const revealed = { ...input!, witness: inscriptionWitness(random, dataBytes) };
    const spending: Spending = {
      inputs: [{ ...revealed, scriptSig: new Uint8Array(0) }],
      kinds: ['p2tr'],
      amountSats: null,
      parents: [],
    };
    const kinds: ScriptKind[] = random.chance(0.75) ? ['p2tr'] : ['p2tr', 'p2tr'];
    const outputs = kinds.map((kind) => this.#output(DUST_SATS, kind));
    return this.#finish(spending, outputs, kinds, this.#fee(spending, kinds), height);
  }

  /** Inputs of one wallet; `recentSatsMin` null: never a coin that the demo made. */
  #spend(count: number, recentSatsMin: number | null): Spending {
    const random = this.#random;
    const recent =
      recentSatsMin !== null && random.chance(SPENDS_RECENT)
        ? this.#coins.take(random, recentSatsMin)
        : null;
    const sequence = random.chance(SIGNALS_RBF) ? 0xfffffffd : 0xffffffff;
    if (recent !== null) return this.#spendCoin(recent, sequence);
    const kind = SCRIPT_KINDS.draw(random);
    const inputs = Array.from({ length: count }, () => ({
      outPoint: { txid: random.bytes(32), vout: Math.floor(random.exponential(1)) },
      ...spendingScripts(random, kind),
      sequence,
    }));
    return { inputs, kinds: inputs.map(() => kind), amountSats: null, parents: [] };
  }

  #spendCoin(coin: Coin, sequence: number): Spending {
    const scripts = spendingScripts(this.#random, coin.kind);
    return {
      inputs: [{ outPoint: coin.outPoint, ...scripts, sequence }],
      kinds: [coin.kind],
      amountSats: coin.amountSats,
      parents: [coin.entry],
    };
  }

  #output(amountSats: number, kind: ScriptKind): TxOutput {
    return { amountSats, script: payingScript(this.#random, kind) };
  }

  #fee(spending: Spending, outputKinds: readonly ScriptKind[]): number {
    const outputs = outputKinds.map((kind) => ({ amountSats: 0, script: EMPTY_SCRIPTS[kind] }));
    const weight = weightOf({ version: 2, inputs: spending.inputs, outputs, lockTime: 0 });
    return this.#feeFor((weight + 3) / 4);
  }

  #feeFor(vsize: number): number {
    const level = FEE_RATE_MEDIAN * Math.exp(this.#feeLevelLog);
    const rate = Math.max(FEE_RATE_MIN, this.#random.logNormal(level, FEE_RATE_LOG_SD));
    return Math.ceil(rate * vsize);
  }

  #finish(
    spending: Spending,
    outputs: readonly TxOutput[],
    outputKinds: readonly (ScriptKind | null)[],
    feeSats: number,
    height: number,
  ): Draft {
    const random = this.#random;
    const lockTime = random.chance(LOCKS_TO_HEIGHT) ? height : 0;
    const version = random.chance(0.75) ? 2 : 1;
    const { inputs, kinds: inputKinds, parents } = spending;
    return {
      content: { version, inputs, outputs, lockTime },
      feeSats,
      parents,
      inputKinds,
      outputKinds: outputKinds.slice(0, outputs.length),
    };
  }

  #moveFeeLevel(timeSec: number): void {
    const kept = Math.exp(-Math.max(0, timeSec - this.#lastSec) / FEE_LEVEL_MEMORY_SEC);
    this.#lastSec = timeSec;
    this.#feeLevelLog =
      kept * this.#feeLevelLog +
      FEE_LEVEL_LOG_SD * Math.sqrt(1 - kept * kept) * this.#random.normal();
  }
}

/** Scripts of the right length, for sizes that are needed before the amounts are known. */
const EMPTY_SCRIPTS: Readonly<Record<ScriptKind, Uint8Array>> = {
  p2pkh: new Uint8Array(25),
  nested: new Uint8Array(23),
  p2wpkh: new Uint8Array(22),
  p2wsh: new Uint8Array(34),
  p2tr: new Uint8Array(34),
};
