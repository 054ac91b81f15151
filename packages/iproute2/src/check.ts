import { NetctlError } from '@netctl/core';

/**
 * A name that `ip` can only take for a name: no leading `-`, no `%` (the kernel makes `a0` from `a%d`), 15 bytes at
 * most (IFNAMSIZ). The spec is validated long before; this is the last look before it is an argument.
 */
export function checkedLinkName(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(name)) return name;
  const hint = 'Use 1 to 15 letters, digits, "_", "." and "-", and do not begin with "." or "-".';
  throw new NetctlError('LINK_FAILED', `${JSON.stringify(name)} cannot be the name of a link`, { hint });
}

export function checkedAddress(address: string): string {
  return checked(address, /^[0-9a-fA-F.:]+$/, 'an address');
}

export function checkedPrefix(prefix: string): string {
  return checked(prefix, /^[0-9a-fA-F.:]+\/\d{1,3}$/, 'an address with a prefix length');
}

/** The kernel keeps 255 bytes (IFALIASZ less its end). */
export function checkedAlias(alias: string): string {
  if (Buffer.byteLength(alias) <= 255 && !alias.includes('\0')) return alias;
  throw new NetctlError('LINK_FAILED', `An alias has 255 bytes at most: ${JSON.stringify(alias)}`);
}

export function isV6(addressOrPrefix: string): boolean {
  return addressOrPrefix.includes(':');
}

function checked(text: string, shape: RegExp, what: string): string {
  if (shape.test(text)) return text;
  throw new NetctlError('LINK_FAILED', `${JSON.stringify(text)} is not ${what}`);
}
