import { expectTypeOf, test } from 'vitest';
import type {
  Channel,
  ClientMessage,
  ConfirmedUpdate,
  HealthBody,
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
  expectTypeOf<{ subscribe: 'prices' }>().not.toExtend<ClientMessage>();
});
