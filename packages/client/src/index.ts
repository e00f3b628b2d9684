/** Live Bitcoin price and liquidation heatmaps from a Tidegauge server. */
export type * from './api.ts';
export { connect } from './connect.ts';
export type { TidegaugeErrorCode, TidegaugeErrorDetails } from './errors.ts';
export { TidegaugeError } from './errors.ts';
