import { BlockList, isIP } from 'node:net';

/** Addresses and networks that settings name. */
export class AddressList {
  readonly #list: BlockList = new BlockList();

  /** @param entries such as 10.0.0.1 or 10.0.0.0/8, of either family */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address, prefix] = entry.split('/');
      if (prefix === undefined) this.#list.addAddress(address!, familyOf(address!));
      else this.#list.addSubnet(address!, Number(prefix), familyOf(address!));
    }
  }

  /** False also for what is no address. */
  includes(address: string): boolean {
    return this.#list.check(address, familyOf(address));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
