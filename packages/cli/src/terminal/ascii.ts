const INSTEAD: Readonly<Record<string, string>> = {
  '→': '->',
  '…': '...',
  '–': '-',
  '—': '-',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
};

/** A text for a terminal that shows nothing but ASCII. What has no like there is written by its code point. */
export function toAscii(text: string): string {
  return text.replace(/\P{ASCII}/gu, (sign) => INSTEAD[sign] ?? `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);
}
