import { createHash } from 'node:crypto';

/** A MAC address of one station in the kernel's text: six bytes in lower case with colons. Undefined for anything else. */
export function canonicalMac(text: string): string | undefined {
  const bytes = text.toLowerCase().split(/[:-]/);
  if (bytes.length !== 6 || bytes.some((byte) => !/^[0-9a-f]{2}$/.test(byte))) return undefined;
  const isGroup = (Number.parseInt(bytes[0] ?? '', 16) & 1) === 1;
  return isGroup || bytes.every((byte) => byte === '00') ? undefined : bytes.join(':');
}

/** A locally administered MAC address that is the same whenever something of these names is made. */
export function stableMac(...names: readonly string[]): string {
  const hash = createHash('sha256').update(names.join('\0')).digest();
  return ['02', ...[...hash.subarray(0, 5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
