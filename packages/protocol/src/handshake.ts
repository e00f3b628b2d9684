/** What the two sides name each other by; apart from the schemas, which a page has no use for. */
import type { HelloMessage } from './messages.ts';

export const PROTOCOL_VERSION: HelloMessage['protocol'] = 1;
/** Offered by a client that wants the hello message. */
export const SUBPROTOCOL: string = 'tidegauge.v1';
export const MEMPOOL_PATH: string = '/ws/mempool';
export const HEATMAP_PATH: string = '/ws/heatmap';
