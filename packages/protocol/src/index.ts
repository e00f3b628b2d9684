export type * from './messages.ts';
export {
  CHANNELS,
  DEFAULT_CHANNEL,
  MEMPOOL_PATH,
  PROTOCOL_VERSION,
  SUBPROTOCOL,
} from './messages.ts';
export { restSchemas } from './rest-schemas.ts';
export { schemas } from './schemas.ts';
