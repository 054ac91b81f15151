import { formatAddress, formatPrefix, parseAddress, parsePrefix } from './prefix.js';

/** One prefix has one text. Text that is no prefix stays as it is: the rules of the spec have reported that. */
export function canonicalPrefix(text: string): string {
  const parsed = parsePrefix(text);
  if (parsed === undefined || (parsed.prefix.family === 4 && !parsed.hostBits)) return text;
  return formatPrefix(parsed.prefix);
}

/** As `canonicalPrefix`, for a single address. */
export function canonicalAddress(text: string): string {
  // IPv4 is read in one form only.
  if (!text.includes(':')) return text;
  const parsed = parseAddress(text);
  return parsed === undefined ? text : formatAddress(parsed);
}
