/**
 * Who a client is, as one process of a server tells another. The headers are believed only at the
 * Unix socket between the two, and taken off whatever comes from outside.
 */
import type { IncomingMessage } from 'node:http';
import type { AddressSource } from './client-address.ts';

const CLIENT = 'x-tidegauge-client';
const CERTAIN_CLIENT = 'x-tidegauge-certain-client';

export const FORWARDED_CLIENT_HEADERS: readonly string[] = [CLIENT, CERTAIN_CLIENT];

/** The headers that say who sent a request, as names and values by turns. */
export function forwardedClient(request: IncomingMessage, addresses: AddressSource): string[] {
  const headers = [CLIENT, addresses.ofRequest(request)];
  const certain = addresses.certainlyOfRequest(request);
  return certain === null ? headers : [...headers, CERTAIN_CLIENT, certain];
}

/** Who a client is, for the process that requests are forwarded to. */
export const forwardedAddresses: AddressSource = {
  ofRequest: ({ headers }) => one(headers[CLIENT]) ?? 'unknown',
  certainlyOfRequest: ({ headers }) => one(headers[CERTAIN_CLIENT]) ?? null,
};

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
