import { type Desk, documentOf, type PlanDocument } from './netctl.js';

/** What a plan would do and why, a line for each step; and what keeps it from being done, which is never nothing. */
export async function planned(desk: Desk, spec: string): Promise<readonly string[]> {
  const { steps, problems } = documentOf<PlanDocument>(await desk.netctl(['plan', spec, '--json']));
  const errors = problems.filter(({ severity }) => severity === 'error');
  return [
    ...steps.map(({ op, ref, why }) => `${op} ${ref}: ${why}`),
    ...errors.map(({ path, message }) => `error ${path}: ${message}`),
  ];
}
