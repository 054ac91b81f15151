import type { TestContext } from 'vitest';
import type { Feature, TableDriver } from './features.js';

/** What a test shows: it works, netctl refuses it with this message, or nobody can have it, for this reason. */
export type Outcome = 'tested' | { readonly refused: string } | { readonly impossible: string };

/** One cell of the support table of docs/engines.md. */
export interface Cell {
  /** The engine's version: `28.5.2`. */
  readonly engine: string;
  readonly driver: TableDriver;
  readonly feature: string;
  readonly outcome: Outcome;
}

declare module 'vitest' {
  interface TaskMeta {
    cells?: Cell[];
  }
}

/** Says what the test at hand shows for the support table. It counts only when the test passes. */
export function covers<D extends TableDriver>(
  { task }: Pick<TestContext, 'task'>,
  engine: string,
  driver: D,
  feature: Feature<D>,
  outcome: Outcome = 'tested',
): void {
  (task.meta.cells ??= []).push({ engine, driver, feature, outcome });
}
