import type { LinkChange } from '@netctl/core';
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

/** Every text of a change, before the first command: none of them can be taken for a word of `ip`. */
export function checkChange(change: LinkChange): void {
  const { alias, addAddresses = [], removeAddresses = [], addRoutes = [], removeRoutes = [] } = change;
  if (alias !== undefined) checkAlias(alias);
  const sources = addRoutes.flatMap(({ source }) => source ?? []);
  for (const address of [...addAddresses, ...sources]) checked(address, /^[0-9a-fA-F.:]+$/, 'an address');
  const destinations = [...addRoutes.map(({ destination }) => destination), ...removeRoutes];
  for (const prefix of [...removeAddresses, ...destinations]) {
    checked(prefix, /^[0-9a-fA-F.:]+\/\d{1,3}$/, 'an address with a prefix length');
  }
}

export function isV6(addressOrPrefix: string): boolean {
  return addressOrPrefix.includes(':');
}

/** The kernel keeps 255 bytes (IFALIASZ less its end). */
function checkAlias(alias: string): void {
  if (Buffer.byteLength(alias) <= 255 && !alias.includes('\0')) return;
  throw new NetctlError('LINK_FAILED', `An alias has 255 bytes at most: ${JSON.stringify(alias)}`, {
    hint: 'Choose shorter names for the stack and the network.',
  });
}

function checked(text: string, shape: RegExp, what: string): void {
  if (shape.test(text)) return;
  throw new NetctlError('LINK_FAILED', `${JSON.stringify(text)} is not ${what}`, {
    hint: 'Correct it where it comes from: the spec, or the host that reported it.',
  });
}
