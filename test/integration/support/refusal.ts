import type { Host } from '@netctl/lab';
import type { Problem } from '@netctl/core';
import { expect } from 'vitest';
import { proxyEngine } from './engine-proxy.js';
import { snapshotOf } from './host-snapshot.js';
import { type Desk, documentOf, type FailureDocument, type PlanDocument } from './netctl.js';

/** What is to be written instead, in a message that says it already: a hint would only repeat it. */
const SAYS_WHAT_IT_MUST_BE = /\bmust be .+, and is /;

/** All that netctl has against a spec, or against it on this host. Every problem has a cause, a cure and a line. */
export async function problemsWith(desk: Desk, spec: object): Promise<readonly Problem[]> {
  const path = await desk.write('problems.yaml', spec);
  const planned = await desk.netctl(['plan', path, '--json']);
  const document = documentOf<Partial<PlanDocument & FailureDocument>>(planned);
  const problems = document.problems ?? document.error?.problems ?? [];
  for (const one of problems) {
    expect(one.message, one.code).toMatch(/\S/);
    if (!SAYS_WHAT_IT_MUST_BE.test(one.message)) expect(one.hint ?? '', one.code).toMatch(/\S/);
    expect(one.line, one.code).toBeGreaterThan(0);
  }
  return problems;
}

/** Those about one network. */
export function about(key: string, problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ path }) => path === `networks.${key}` || path.startsWith(`networks.${key}.`));
}

/** An apply that is refused before anything but reading was asked of the engine, and leaves the host as it was. */
export async function refusedUntouched(host: Host, desk: Desk, spec: object): Promise<readonly Problem[]> {
  const path = await desk.write('untouched.yaml', spec);
  const before = await snapshotOf(host);
  await using proxy = await proxyEngine(host.socket);
  const applied = await desk.netctl(['apply', path, '--yes', '--json', '--host', proxy.dockerHost]);
  expect([3, 65], applied.stdout).toContain(applied.exitCode);
  expect(proxy.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(await snapshotOf(host)).toEqual(before);
  const problems = await problemsWith(desk, spec);
  return problems.filter(({ severity }) => severity === 'error');
}
