/**
 * Whether the way to the server needs the device's network at all. A server on this very machine
 * answers without one, and browsers call such a machine offline.
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}
