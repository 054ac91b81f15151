import type { Host } from '@netctl/lab';
import { expect } from 'vitest';
import { type Desk, documentOf, type PlanDocument } from '../netctl.js';
import type { LinkDrift } from './link-cases.js';

/** Does something to a link by hand; the plan names that alone, and after the repair nothing is left to do. */
export async function lookAtLink(
  {
    host,
    desk,
    spec,
    link,
  }: { readonly host: Host; readonly desk: Desk; readonly spec: string; readonly link: string },
  { commands, why }: LinkDrift,
): Promise<void> {
  const steps = async (): Promise<PlanDocument['steps']> => {
    const document = documentOf<PlanDocument>(await desk.netctl(['plan', spec, '--json']));
    expect(document.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    return document.steps;
  };
  for (const args of commands) await host.run('ip', args);
  const [first, ...others] = await steps();
  expect(first?.why).toBe(why);
  if (why === undefined) return;
  for (const one of [first, ...others]) expect(one?.ref).toBe(`link:${link}`);
  const applied = await desk.netctl(['apply', spec, '--yes']);
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect(await steps()).toEqual([]);
}
