/** What the two sides name each other by; apart from the schemas, which a page has no use for. */
import type { HelloMessage } from './messages.ts';

export const PROTOCOL_VERSION: HelloMessage['protocol'] = 1;
/** Offered by a client that wants the hello message. */
export const SUBPROTOCOL: string = 'tidegauge.v1';
/**
 * Offered beside SUBPROTOCOL, with a key or token behind it, by clients that cannot set headers:
 * browsers. Never selected, so it is not sent back.
 */
export const AUTH_SUBPROTOCOL_PREFIX: string = 'tidegauge.auth.';
export const MEMPOOL_PATH: string = '/ws/mempool';
export const HEATMAP_PATH: string = '/ws/heatmap';
