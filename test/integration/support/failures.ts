import { expect } from 'vitest';
import { reportOf } from './netctl.js';

/** How a command has to fail. */
export interface Expected {
  readonly exit: number;
  readonly code: string;
  /** What is wrong, in the message or in a problem. */
  readonly cause: RegExp;
  /** What to do about it. */
  readonly cure: RegExp;
  /** The codes of the problems of severity error. */
  readonly problems?: readonly string[];
}

type Run = (
  more: readonly string[],
) => Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>;

/**
 * Runs the same command for people and for programs. For people: cause and cure on standard error, nothing that looks
 * like a crash. For programs: the last line of standard output says the same. Both have the exit status.
 */
export async function expectFailure(run: Run, expected: Expected): Promise<void> {
  const text = await run([]);
  expectText(text, expected);
  const json = await run(['--json']);
  expectReport(json, expected);
}

export function expectText(ran: Awaited<ReturnType<Run>>, { exit, cause, cure }: Expected): void {
  const { exitCode, stderr } = ran;
  expect(exitCode, stderr).toBe(exit);
  expect(stderr).toMatch(cause);
  expect(stderr).toMatch(cure);
  expect(stderr).toMatch(/^netctl: \S/m);
  expect(stderr).not.toMatch(/^\s+at \S+ \(|node:internal|NetctlError|undefined|\[object/m);
}

export function expectReport(ran: Awaited<ReturnType<Run>>, { exit, code, cause, cure, problems }: Expected): void {
  expect(ran.exitCode, ran.stderr).toBe(exit);
  expect(ran.stderr).toBe('');
  const { error } = reportOf(ran);
  expect(error).toMatchObject({ code, exit });
  const errors = error?.problems.filter(({ severity }) => severity === 'error') ?? [];
  expect(errors.map((one) => one.code)).toEqual(problems ?? []);
  expect([error?.message, ...errors.map(({ message }) => message)].join('\n')).toMatch(cause);
  expect([error?.hint, ...errors.map(({ hint }) => hint)].join('\n')).toMatch(cure);
}
