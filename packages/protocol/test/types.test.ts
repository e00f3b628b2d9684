import { expectTypeOf, test } from 'vitest';
import type {
  Channel,
  ClientMessage,
  ConfirmedUpdate,
  HealthBody,
  HeatmapClientMessage,
  HeatmapMessage,
  HeatmapTimeSeriesBody,
  PriceUpdate,
  TransactionsMessage,
} from '../src/index.ts';

test('message types follow their schemas', () => {
  expectTypeOf<Channel>().toEqualTypeOf<
    'full' | 'price' | 'transactions' | 'histogram' | 'confirmed'
  >();
  expectTypeOf<PriceUpdate['price']>().toEqualTypeOf<number | null>();
  expectTypeOf<PriceUpdate['data']['status']>().toEqualTypeOf<'warming_up' | 'live' | 'stale'>();
  expectTypeOf<PriceUpdate['transactions'][number]>().toEqualTypeOf<{
    readonly timestamp: number;
    readonly price: number;
    readonly btc?: number;
  }>();
  expectTypeOf<TransactionsMessage['data']['points']>().toEqualTypeOf<
    readonly (readonly [number, number])[]
  >();
  expectTypeOf<ConfirmedUpdate['data']['block_height']>().toEqualTypeOf<number | null>();
  expectTypeOf<HealthBody['sources'][string]>().toHaveProperty('state');
  expectTypeOf<{ subscribe: ['price', 'confirmed'] }>().toExtend<ClientMessage>();
  expectTypeOf<HeatmapMessage['data']['levels'][number]>().toEqualTypeOf<{
    readonly price: number;
    readonly long_density: number;
    readonly short_density: number;
  }>();
  expectTypeOf<HeatmapTimeSeriesBody['meta']['price_range']>().toEqualTypeOf<{
    readonly min: number;
    readonly max: number;
  } | null>();
  expectTypeOf<{
    action: 'subscribe';
    symbols: ['BTCUSDT'];
    resume: { BTCUSDT: { epoch: 'k3x9'; seq: 41 } };
  }>().toExtend<HeatmapClientMessage>();
  expectTypeOf<{ action: 'subscribe' }>().not.toExtend<HeatmapClientMessage>();
  expectTypeOf<{ subscribe: 'prices' }>().not.toExtend<ClientMessage>();
});
