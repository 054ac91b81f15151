import { NetctlError } from '../../errors.js';

/** Text of a file, without a byte order mark. Throws SPEC_UNREADABLE, with the line, for what is not UTF-8. */
export function decodeText(bytes: Uint8Array | string, file: string): string {
  const text = typeof bytes === 'string' ? bytes : decodeBytes(bytes, file);
  const lone = /\p{Surrogate}/u.exec(text);
  if (lone !== null) throw unreadable(file, text.slice(0, lone.index).split('\n').length, 'half of a surrogate pair');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function decodeBytes(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const offset = firstBadByte(bytes);
    const line = bytes.subarray(0, offset).reduce((lines, byte) => lines + (byte === 0x0a ? 1 : 0), 1);
    const byte = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
    throw unreadable(file, line, `byte 0x${byte} at offset ${offset}`);
  }
}

function unreadable(file: string, line: number, what: string): NetctlError {
  const message = `${file} is not UTF-8 text: line ${line} has ${what}.`;
  const hint = 'Save the file as UTF-8.';
  return new NetctlError('SPEC_UNREADABLE', message, {
    hint,
    problems: [{ code: 'NOT_UTF8', severity: 'error', path: '', message, hint, line, column: 1 }],
  });
}

/** Where the first sequence starts that is not well-formed UTF-8 (RFC 3629): overlong, surrogate, cut off or stray. */
function firstBadByte(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return bytes.length;
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    if ((byte & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] ?? 0;
  const wrong =
    (lead === 0xe0 && second < 0xa0) ||
    (lead === 0xed && second > 0x9f) ||
    (lead === 0xf0 && second < 0x90) ||
    (lead === 0xf4 && second > 0x8f);
  return wrong ? 0 : length;
}
