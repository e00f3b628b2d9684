import { DECODE_REASON_NAMES, OUTPUT_RULES, TX_RULES } from '@tidegauge/onchain';

export type Counts = Readonly<Record<string, number>>;

/** The rule beside those of `TX_RULES`: what comes is old, so it says nothing about now. */
export const NODE_CATCHING_UP: number = TX_RULES.length;
const RULE_NAMES: readonly string[] = [...namesOf(TX_RULES), 'node_catching_up'];

/** What the price pipeline has done since it started; every count only rises. */
export interface PriceCounters {
  /** Distinct transactions, from the mempool or from a block. */
  readonly received: number;
  /** Transaction messages of one already seen: Core sends each again when its block connects. */
  readonly duplicates: number;
  /** Distinct transactions without a vote: those of `filteredByRule` and those below. */
  readonly filtered: number;
  /** Transactions that passed, but none of whose outputs did. */
  readonly withoutVotingOutput: number;
  /** Transactions taken back because another one spends the same outpoint. */
  readonly replaced: number;
  /** Transactions seen in the mempool before a block had them. */
  readonly confirmed: number;
  readonly blocks: number;
  readonly duplicateBlocks: number;
  /** Messages that held no valid transaction, by decode reason. */
  readonly malformedTransactions: Counts;
  readonly malformedBlocks: Counts;
  /** Distinct transactions by the first rule that kept them from voting. */
  readonly filteredByRule: Counts;
  /** Outputs, of transactions that passed, by the rule that kept them from voting. */
  readonly outputsByRule: Counts;
}

function zeros(names: readonly unknown[]): number[] {
  return names.map(() => 0);
}

function named(names: readonly string[], counts: readonly number[]): Counts {
  return Object.fromEntries(names.map((name, i) => [name, counts[i]!]));
}

/** The counters while they count: by index of their table, which costs nothing to add to. */
export class PriceTally {
  received = 0;
  duplicates = 0;
  withoutVotingOutput = 0;
  replaced = 0;
  confirmed = 0;
  blocks = 0;
  duplicateBlocks = 0;
  readonly malformedTransactions: number[] = zeros(DECODE_REASON_NAMES);
  readonly malformedBlocks: number[] = zeros(DECODE_REASON_NAMES);
  readonly filteredByRule: number[] = zeros(RULE_NAMES);
  readonly outputsByRule: number[] = zeros(OUTPUT_RULES);

  get filtered(): number {
    return this.filteredByRule.reduce((sum, count) => sum + count, this.withoutVotingOutput);
  }

  read(): PriceCounters {
    const reasons = DECODE_REASON_NAMES.slice(1);
    return {
      received: this.received,
      duplicates: this.duplicates,
      filtered: this.filtered,
      withoutVotingOutput: this.withoutVotingOutput,
      replaced: this.replaced,
      confirmed: this.confirmed,
      blocks: this.blocks,
      duplicateBlocks: this.duplicateBlocks,
      malformedTransactions: named(reasons, this.malformedTransactions.slice(1)),
      malformedBlocks: named(reasons, this.malformedBlocks.slice(1)),
      filteredByRule: named(RULE_NAMES, this.filteredByRule),
      outputsByRule: named(namesOf(OUTPUT_RULES), this.outputsByRule),
    };
  }
}

function namesOf(rules: readonly { readonly name: string }[]): string[] {
  return rules.map(({ name }) => name);
}
