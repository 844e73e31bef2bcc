import { BlockList, isIP } from 'node:net';

/** Where a list of address ranges came from is named in its errors, so the parser only says which part is wrong. */
export class AddressList {
  readonly #ranges = new BlockList();

  /** Adds `10.0.0.0/8`, `fd00::/8` or one address; false for anything else, and then nothing is added. */
  add(text: string): boolean {
    const slash = text.indexOf('/');
    const address = slash === -1 ? text : text.slice(0, slash);
    const version = isIP(address);
    if (version === 0) return false;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (slash === -1) {
      this.#ranges.addAddress(address, family);
      return true;
    }
    const bits = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128)) return false;
    this.#ranges.addSubnet(address, Number(bits), family);
    return true;
  }

  /** Whether the address lies in one of the ranges; `::ffff:10.0.0.1` counts as `10.0.0.1`, a zone (`%eth0`) is left out; false for what is no address. */
  has(address: string): boolean {
    const unzoned = address.replace(/%.*$/, '');
    const plain = unzoned.toLowerCase().startsWith('::ffff:') && isIP(unzoned.slice(7)) === 4 ? unzoned.slice(7) : unzoned;
    const version = isIP(plain);
    return version !== 0 && this.#ranges.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  }
}
