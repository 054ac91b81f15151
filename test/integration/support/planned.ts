import type { Problem, Step } from '@netctl/core';
import { expect } from 'vitest';
import { type Desk, documentOf, type PlanDocument } from './netctl.js';

/** What is said of a host that should be as a spec says. */
export interface Looked {
  readonly steps: readonly Step[];
  readonly problems: readonly Problem[];
}

/** One spec on one host: by the command, or by the library where Node takes long to start. */
export interface OnHost {
  plan(): Promise<Looked>;
  /** Also what disrupts somebody. */
  apply(): Promise<void>;
}

export function byCommand(desk: Desk, spec: string): OnHost {
  return {
    plan: async () => documentOf<PlanDocument>(await desk.netctl(['plan', spec, '--json'])),
    apply: async () => {
      const applied = await desk.netctl(['apply', spec, '--yes', '--no-probe']);
      expect(applied.exitCode, applied.stderr).toBe(0);
    },
  };
}

/** What a plan would do and why, a line for each step; and what keeps it from being done, which is never nothing. */
export async function planned(desk: Desk, spec: string): Promise<readonly string[]> {
  return linesOf(await byCommand(desk, spec).plan());
}

export function linesOf({ steps, problems }: Looked): readonly string[] {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return [
    ...steps.map(({ op, ref, why }) => `${op} ${ref}: ${why}`),
    ...errors.map(({ path, message }) => `error ${path}: ${message}`),
  ];
}
