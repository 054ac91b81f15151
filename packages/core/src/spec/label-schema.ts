import * as z from 'zod';

/** Compose's `labels`: a mapping, or a list of `key=value` and `key`, which may be empty; other values become text. */
export const labels = z
  .union(
    [
      z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()], 'text, a number, true or false')),
      z.array(z.string('text').regex(/^(?!(__proto__|constructor|prototype)(=|$))/, 'KEY=value, or KEY alone')),
    ],
    'a mapping of names to text, or a list of KEY=value',
  )
  .transform((value) => (Array.isArray(value) ? Object.fromEntries(value.map(splitLabel)) : mapValues(value)));

function splitLabel(label: string): [string, string] {
  const at = label.indexOf('=');
  return at < 0 ? [label, ''] : [label.slice(0, at), label.slice(at + 1)];
}

function mapValues(values: Record<string, string | number | boolean | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value === null ? '' : String(value)]));
}
