import { schemas } from '@tidegauge/protocol';
import type { MetricRow } from './metric-row.ts';
import type { ServerReading } from './server-reading.ts';

/** The price, and what became of the transactions that it is read from. */
export const PRICE_METRICS: readonly MetricRow[] = [
  {
    kind: 'gauge',
    name: 'price_usd',
    help: 'The live price of a bitcoin, USD. Absent while there is none; see price_status.',
    label: null,
    read: ({ price }) => price?.reading.priceUsd ?? null,
  },
  {
    kind: 'gauge',
    name: 'price_confidence',
    help: 'How sure the price is, 0 to 1.',
    label: null,
    read: ({ price }) => price?.reading.confidence ?? null,
  },
  {
    kind: 'gauge',
    name: 'price_interval_width_ratio',
    help: 'Width of the interval that holds the price, as a share of the price.',
    label: null,
    read: ({ price }) => (price === null ? null : widthRatio(price.reading)),
  },
  {
    kind: 'gauge',
    name: 'price_status',
    help: '1 for the status that the price has, 0 for the others.',
    label: 'status',
    read: ({ price }) =>
      Object.fromEntries(
        schemas.PriceStatus.enum.map((status) => [
          status,
          Number((price?.reading.status ?? 'warming_up') === status),
        ]),
      ),
  },
  {
    kind: 'counter',
    name: 'tx_received_total',
    help: 'Transactions, each once, from the mempool or from a block.',
    label: null,
    read: ({ counters }) => counters.received,
  },
  {
    kind: 'counter',
    name: 'tx_rejected_total',
    help: 'Transactions that did not vote on the price, by the first rule against it.',
    label: 'rule',
    read: ({ counters }) => ({
      ...counters.filteredByRule,
      without_voting_output: counters.withoutVotingOutput,
    }),
  },
  {
    kind: 'counter',
    name: 'tx_malformed_total',
    help: 'Messages that were no valid transaction, by reason.',
    label: 'reason',
    read: ({ counters }) => counters.malformedTransactions,
  },
  {
    kind: 'counter',
    name: 'blocks_total',
    help: 'Blocks that were read.',
    label: null,
    read: ({ counters }) => counters.blocks,
  },
  {
    kind: 'counter',
    name: 'blocks_malformed_total',
    help: 'Messages that were no valid block, by reason.',
    label: 'reason',
    read: ({ counters }) => counters.malformedBlocks,
  },
];

type Reading = NonNullable<ServerReading['price']>['reading'];

function widthRatio({ priceUsd, lowUsd, highUsd }: Reading): number | null {
  if (priceUsd === null || lowUsd === null || highUsd === null) return null;
  return (highUsd - lowUsd) / priceUsd;
}
