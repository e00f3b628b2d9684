import { expect, test } from 'vitest';
import { StoreError } from '../../src/store/store.ts';
import { StoreTroubles } from '../../src/store/store-troubles.ts';

const FULL = new StoreError('full', 'there is no room');

test('a trouble shows until the same work succeeds, beside that of the beginning', () => {
  const troubles = new StoreTroubles('set aside');
  troubles.note('put', FULL);
  troubles.note('checkpoint', new StoreError('full', 'no room for a checkpoint'));
  expect(troubles.text).toBe('set aside. no room for a checkpoint');
  troubles.over('checkpoint');
  expect(troubles.text).toBe('set aside. there is no room');
  troubles.over('put');
  expect(troubles.text).toBe('set aside');
});

test('what one reading or put met with is no trouble of the store', () => {
  const troubles = new StoreTroubles(null);
  troubles.note('read', FULL);
  for (const kind of ['busy', 'deadline', 'stopped', 'closed', 'failed'] as const) {
    troubles.note('read', new StoreError(kind, 'x'));
    troubles.note('put', new StoreError(kind, 'x'));
  }
  expect(troubles.text).toBeNull();
});

test('damage that a reading found stays', () => {
  const troubles = new StoreTroubles(null);
  troubles.note('read', new StoreError('damaged', 'it is damaged'));
  troubles.over('put');
  expect(troubles.text).toBe('it is damaged');
});
