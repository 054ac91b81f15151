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
    if (!same(key, have[key], value)) scalar(changes, `${field}.${key}`, have[key], value);
  }
  for (const [key, value] of Object.entries(have)) {
    if (asked[key] !== undefined || filledIn.includes(key) || same(key, value, derived[key])) continue;
    if (added[key] === undefined || !same(key, value, added[key])) {
      scalar(changes, `${field}.${key}`, value, derived[key] ?? added[key]);
    }
  }
  for (const [key, value] of Object.entries(derived)) {
    const gone = asked[key] === undefined && have[key] === undefined && added[key] !== undefined;
    if (gone) scalar(changes, `${field}.${key}`, undefined, value);
  }
}
