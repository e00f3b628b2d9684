import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { AddressList } from './address-list.ts';

/** What proxies add to what they pass on. */
const PROXY_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];

/** Whatever tells who sent a request. */
export type AddressSource = Pick<ClientAddresses, 'ofRequest' | 'certainlyOfRequest'>;

/** Finds out who a client is, believing X-Forwarded-For only from trusted proxies. */
export class ClientAddresses {
  readonly #trusted: AddressList;

  /** @param trustedProxies addresses and networks such as 10.0.0.0/8 */
  constructor(trustedProxies: readonly string[]) {
    this.#trusted = new AddressList(trustedProxies);
  }

  /** Who sent a request. */
  ofRequest({ headers, socket }: IncomingMessage): string {
    return this.clientOf(socket.remoteAddress ?? 'unknown', forwardedFor(headers));
  }

  /**
   * Who sent a request; null when nobody can tell, because it came through a proxy that is not
   * trusted or that did not say for whom. `ofRequest` then names the proxy.
   */
  certainlyOfRequest({ headers, socket }: IncomingMessage): string | null {
    const peer = plainAddress(socket.remoteAddress ?? 'unknown');
    if (!PROXY_HEADERS.some((name) => headers[name] !== undefined)) return peer;
    const { client, certain } = this.#trace(peer, forwardedFor(headers));
    return certain ? client : null;
  }

  /**
   * What a connection is counted by before it has asked for anything. Null for a trusted proxy, as
   * many come through it, and for a line of this machine that has no address.
   */
  peerKey(remoteAddress: string | undefined): string | null {
    const peer = plainAddress(remoteAddress ?? '');
    return isIP(peer) === 0 || this.#trusted.includes(peer) ? null : addressKey(peer);
  }

  /**
   * The nearest address on the way here that is no trusted proxy. Each proxy appends whom it
   * heard, so the list is read from its end; what stands before an untrusted entry may be forged.
   */
  clientOf(remoteAddress: string, forwardedFor: string | undefined): string {
    return this.#trace(plainAddress(remoteAddress), forwardedFor ?? '').client;
  }

  /** `certain`: the last one named was named by a trusted proxy, and all could be read. */
  #trace(peer: string, forwardedFor: string): { client: string; certain: boolean } {
    let client = peer;
    const hops = forwardedFor.split(',').map((hop) => plainAddress(hop.trim()));
    while (hops.length > 0 && this.#trusted.includes(client)) {
      const hop = hops.pop()!;
      if (isIP(hop) === 0) return { client, certain: false };
      client = hop;
    }
    return { client, certain: this.#trusted.includes(peer) };
  }
}

function forwardedFor(headers: IncomingMessage['headers']): string {
  return [headers['x-forwarded-for'] ?? []].flat().join(',');
}

/** What connections are counted by: an IPv6 host commands its whole /64 network. */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const tailGroups = tail.split(':').filter((group) => group !== '');
  while (groups.length + tailGroups.length < 8) groups.push('0');
  const network = [...groups, ...tailGroups].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** Without a zone, and IPv4 in its own form where it stands inside IPv6. */
function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  return mapped ? mapped[1]! : bare;
}
