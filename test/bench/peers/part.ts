import type { Ratio, Timings } from './measure.js';

/** What one part of the benchmark has found. */
export interface Result {
  readonly title: string;
  readonly timings?: Timings;
  readonly ratios?: readonly Ratio[];
  /** A table of another kind: its head, and its rows. */
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly notes?: readonly string[];
}

/** One thing that is measured; it opens what it needs and leaves nothing behind. */
export type Part = () => Promise<readonly Result[]>;
