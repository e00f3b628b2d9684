import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Finds out who a client is, believing X-Forwarded-For only from trusted proxies. */
export class ClientAddresses {
  readonly #trusted: BlockList = new BlockList();

  /** @param trustedProxies addresses and networks such as 10.0.0.0/8 */
  constructor(trustedProxies: readonly string[]) {
    for (const entry of trustedProxies) {
      const [address, prefix] = entry.split('/');
      if (prefix === undefined) this.#trusted.addAddress(address!, familyOf(address!));
      else this.#trusted.addSubnet(address!, Number(prefix), familyOf(address!));
    }
  }

  /** Who sent a request. */
  ofRequest({ headers, socket }: IncomingMessage): string {
    const forwardedFor = [headers['x-forwarded-for'] ?? []].flat().join(',');
    return this.clientOf(socket.remoteAddress ?? 'unknown', forwardedFor);
  }

  /**
   * The nearest address on the way here that is no trusted proxy. Each proxy appends whom it
   * heard, so the list is read from its end; what stands before an untrusted entry may be forged.
   */
  clientOf(remoteAddress: string, forwardedFor: string | undefined): string {
    let client = plainAddress(remoteAddress);
    const hops = (forwardedFor ?? '').split(',').map((hop) => plainAddress(hop.trim()));
    while (hops.length > 0 && this.#trusted.check(client, familyOf(client))) {
      const hop = hops.pop()!;
      if (isIP(hop) === 0) break;
      client = hop;
    }
    return client;
  }
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

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
