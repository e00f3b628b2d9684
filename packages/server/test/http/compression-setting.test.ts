import { expect, test } from 'vitest';
import { Client, run } from '../http-harness.ts';

test.each([
  [true, 'permessage-deflate'],
  [false, ''],
])('WS_COMPRESSION=%s of a whole server', async (wsCompression, extensions) => {
  const { server: whole, stream } = await run({ config: { wsCompression } });
  const client = new Client(stream, [], { perMessageDeflate: true });
  await client.opened();
  expect(client.socket.extensions).toBe(extensions);
  expect(await client.next()).toMatchObject({ type: 'price_update', price: 87_412.5 });
  expect(await client.next()).toMatchObject({ type: 'price_update', price: 87_412.5 });
  client.socket.terminate();
  await whole.drain();
});
