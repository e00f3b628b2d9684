/** What is said of a line that only a person starts again. */
import type { TidegaugeError } from '@tidegauge/client';

/** The server was updated, most likely, and a newer page comes with it. */
export function isOtherVersion({ code }: TidegaugeError): boolean {
  return code === 'PROTOCOL_UNSUPPORTED';
}

export function refusalWords(error: TidegaugeError): string {
  const what = isOtherVersion(error)
    ? 'This page does not fit the server any more'
    : 'Not tried again by itself';
  return `${what}: ${error.message}.`;
}
