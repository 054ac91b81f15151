import * as z from 'zod';

/* Values that any part of the spec has; each `error` reads after "must be". */

export const text = z.string('text').min(1, 'text that is not empty');

export const boolean = z
  .union([z.boolean(), z.string().regex(/^(true|false)$/i, 'true or false')], 'true or false')
  .transform((value) => String(value).toLowerCase() === 'true');

/** A whole number in these limits, as a number or as the text of one. */
export function whole(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  const number = z.int(expected).min(min, expected).max(max, expected);
  const digits = z.string().regex(/^\d{1,6}$/, expected);
  return z.union([number, digits], expected).transform(Number).pipe(number);
}

/** A mapping of a driver's option names to values; numbers become text. */
export function driverOptions(expected: string) {
  return z.record(z.string(), z.union([z.string(), z.number()], 'text or a number').transform(String), expected);
}

/** A list at the top of the file; none is an empty one. */
export function topList(expected: string) {
  return z
    .array(text, expected)
    .nullish()
    .transform((value) => value ?? []);
}

/** A mapping of the user's own names to text. */
export function textMap(expected: string) {
  return z.record(z.string(), text, expected);
}
