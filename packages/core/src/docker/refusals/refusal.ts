/** What a text names, by the groups of its pattern; the placeholder, in capitals, where it names none. */
export type Named = (what: string, placeholder: string) => string;

/**
 * One class of what an engine, its CLI or Compose refuses, recognised by its text: the status code of one refusal differs
 * between engines (20.10 answers 500 where 25 and newer answer 400), and texts are stable but for small changes of wording.
 */
export interface RefusalClass {
  /** Stable and upper case. */
  readonly code: string;
  readonly pattern: RegExp;
  /** What to do when it meets a step of netctl, as one sentence. */
  readonly hint?: string;
  /** Why it comes, as a sentence. */
  readonly cause: (named: Named) => string;
  /** What cures it: commands as they are typed, or a sentence where there is none. */
  readonly cure: (named: Named) => readonly string[];
}
