/**
 * The `SUBPROTOCOL` of @tidegauge/protocol, written out: importing a value from there would bring
 * all its schemas into the page. A test holds the two together.
 */
export const SUBPROTOCOL_OFFERED = 'tidegauge.v1';
