/** One field that is not as wanted; an absent side is "not there". */
export interface Change {
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
}

/** Adds the change from one value to another, if they are two. */
export function scalar(changes: Change[], field: string, from: string | undefined, to: string | undefined): void {
  if (from === to) return;
  changes.push({ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
}

type Entries = Readonly<Record<string, string>>;

/** What may be among the entries of one field: options, labels, auxiliary addresses. */
export interface EntriesWanted {
  readonly asked: Entries;
  /** What netctl derives now. */
  readonly derived?: Entries;
  /** What was added when it was made (its label), by netctl and by the engine. */
  readonly added?: Entries;
  /** Keys whose presence is the engine's business. */
  readonly filledIn?: readonly string[];
  /** Whether two values mean the same; `undefined` is "not there". */
  readonly same?: (key: string, a: string | undefined, b: string | undefined) => boolean;
}

/**
 * Every entry that is asked for must be there, and every entry that is there must be asked for, be what netctl would
 * derive now, or have been added when it was made. What was added then and would be now must not have gone.
 */
export function entryChanges(changes: Change[], field: string, have: Entries, wanted: EntriesWanted): void {
  const { asked, derived = {}, added = {}, filledIn = [], same = (_key, a, b) => a === b } = wanted;
  for (const [key, value] of Object.entries(asked)) {
    if (!same(key, at(have, key), value)) scalar(changes, `${field}.${key}`, at(have, key), value);
  }
  for (const [key, value] of Object.entries(have)) {
    const now = at(derived, key);
    const then = at(added, key);
    if (Object.hasOwn(asked, key) || filledIn.includes(key) || same(key, value, now)) continue;
    if (then === undefined || !same(key, value, then)) scalar(changes, `${field}.${key}`, value, now ?? then);
  }
  for (const [key, value] of Object.entries(derived)) {
    const gone = !Object.hasOwn(asked, key) && !Object.hasOwn(have, key) && Object.hasOwn(added, key);
    if (gone) scalar(changes, `${field}.${key}`, undefined, value);
  }
}

/** A label may have any name, those of what every object has among them: `constructor`. */
function at(entries: Entries, key: string): string | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}
