/** A MAC address of one station in the kernel's text: six bytes in lower case with colons. Undefined for anything else. */
export function canonicalMac(text: string): string | undefined {
  const bytes = text.toLowerCase().split(/[:-]/);
  if (bytes.length !== 6 || bytes.some((byte) => !/^[0-9a-f]{2}$/.test(byte))) return undefined;
  const isGroup = (Number.parseInt(bytes[0] ?? '', 16) & 1) === 1;
  return isGroup || bytes.every((byte) => byte === '00') ? undefined : bytes.join(':');
}
