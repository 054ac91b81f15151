import { parseAddress, parsePrefix } from '../../addresses/prefix.js';
import { parseRange } from '../../addresses/range.js';

/** What is meant by an address, a subnet or a range that cannot be read, where that can be told; else what is to be written. */
export function cureOf(text: string, otherwise: string): string {
  const close = text.replaceAll(/\s+/g, '');
  if (close !== text && isReadable(close)) return `Write it without spaces: ${close}.`;
  const four = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(text)?.[1];
  if (four !== undefined && isReadable(four))
    return `Write ${four}: with ::ffff: before it programs mean that address.`;
  if (text.includes('%'))
    return 'Write it without its zone, the part from % on: that is the name of a link on one machine.';
  const plain = close.replaceAll(/(^|[.\-/])0+(?=\d)/g, '$1');
  if (plain !== close && isReadable(plain)) {
    return `Write ${plain}: some programs read a number with a leading zero as octal.`;
  }
  const ends = close.split('-');
  const [first, last] = ends.map(parseAddress);
  if (ends.length !== 2 || first === undefined || last === undefined) return otherwise;
  if (first.family !== last.family) return 'Write two addresses of one family: one of these is IPv4, the other IPv6.';
  return `It ends before it begins: write ${ends.reverse().join('-')}.`;
}

/** As `cureOf`, for one address. */
export function addressCure(text: string): string {
  return cureOf(text, 'Write one address, without a length.');
}

function isReadable(text: string): boolean {
  return parsePrefix(text) !== undefined || parseRange(text) !== undefined;
}
