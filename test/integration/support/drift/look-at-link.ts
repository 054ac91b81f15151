import type { Step } from '@netctl/core';
import type { Host } from '@netctl/lab';
import { expect } from 'vitest';
import type { OnHost } from '../planned.js';
import type { LinkDrift } from './link-cases.js';

/** Does something to a link by hand; the plan names that alone, and after the repair nothing is left to do. */
export async function lookAtLink(
  { host, spec, link }: { readonly host: Host; readonly spec: OnHost; readonly link: string },
  { commands, why }: LinkDrift,
): Promise<void> {
  const stepsOf = async (): Promise<readonly Step[]> => {
    const { steps, problems } = await spec.plan();
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    return steps;
  };
  for (const args of commands) await host.run('ip', args);
  const [first, ...others] = await stepsOf();
  expect(first?.why).toBe(why);
  if (why === undefined) return;
  for (const one of [first, ...others]) expect(one?.ref).toBe(`link:${link}`);
  await spec.apply();
  expect(await stepsOf()).toEqual([]);
}
