export type * from './api.ts';
export type { TidegaugeErrorCode, TidegaugeErrorDetails } from './errors.ts';
export { TidegaugeError } from './errors.ts';
