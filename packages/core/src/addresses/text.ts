import { formatAddress, formatPrefix, parseAddress, parsePrefix } from './prefix.js';

/** One prefix has one text. Text that is no prefix stays as it is: the rules of the spec have reported that. */
export function canonicalPrefix(text: string): string {
  const parsed = parsePrefix(text);
  return parsed === undefined ? text : formatPrefix(parsed.prefix);
}

/** As `canonicalPrefix`, for a single address. */
export function canonicalAddress(text: string): string {
  const parsed = parseAddress(text);
  return parsed === undefined ? text : formatAddress(parsed);
}
