import * as z from 'zod';

/* Values that any part of the spec has; each `error` reads after "must be". */

/** Not `min(1)`, which zod asks of an empty list too. */
export const text = z.string('text').regex(/^[\s\S]/, 'text that is not empty');

/** Compose's words for true and false, in any case (compose-go, toBoolean); all but the first two are text in YAML 1.2. */
const WORDS = /^(true|false|yes|no|y|n|on|off)$/i;
const YES = /^(true|yes|y|on)$/i;

/** Compose's reading of a boolean; undefined for what is none. */
export function yesOrNo(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' && WORDS.test(value) ? YES.test(value) : undefined;
}

export const boolean = z
  .union([z.boolean(), z.string().regex(WORDS, 'true or false')], 'true or false')
  .transform((value) => yesOrNo(value) === true);

/** Takes out what is empty text, which Compose takes for a key that is not there, as `${GATEWAY:-}` leaves it. */
export function withoutEmpty<T extends object>(...keys: readonly (keyof T & string)[]): (value: T) => T {
  const names: readonly string[] = keys;
  return (value) =>
    Object.fromEntries(Object.entries(value).filter(([key, one]) => one !== '' || !names.includes(key))) as T;
}

/** A whole number in these limits, as a number or as the text of one. */
export function whole(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  const number = z.int(expected).min(min, expected).max(max, expected);
  const digits = z.string().regex(/^\d{1,6}$/, expected);
  return z.union([number, digits], expected).transform(Number).pipe(number);
}

/** The MTU of a link, in bytes: what the kernel takes of IPv4 (RFC 791) up to the most that a packet can have. */
export const linkMtu = whole(68, 65_535);

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
