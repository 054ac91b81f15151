/**
 * Prints a plan as Markdown, for a comment on the change that is reviewed: npx tsx plan-as-comment.ts SPEC
 */
import {
  connectDocker,
  countSteps,
  formatPlan,
  formatProblem,
  loadSpec,
  NetctlError,
  plan,
  stepsOf,
} from '@netctl/core';
import type { Plan, Problem } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

/** A fence that is longer than any in the text, so that no name in it can end the block. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function line({ severity, path, code, message, hint }: Problem): string {
  const where = path === '' ? '' : `${path}: `;
  return `${severity}: ${where}${message} [${code}]${hint === undefined ? '' : `\n    ${hint}`}`;
}

function asComment(pending: Plan): string {
  const steps = stepsOf(pending);
  const disruptive = steps.filter((step) => step.disruptive).length;
  return [
    `### netctl: ${pending.stack}`,
    steps.length === 0 ? 'Nothing to do.' : `${countSteps(steps)}; disruptive: ${String(disruptive)}.`,
    ...(steps.length === 0 ? [] : [fenced(formatPlan(pending).trimEnd())]),
    ...(pending.problems.length === 0 ? [] : [fenced(pending.problems.map(line).join('\n'))]),
  ].join('\n\n');
}

try {
  const spec = await loadSpec(process.argv[2] ?? 'netctl.yaml', { env: process.env });
  const host = process.env['DOCKER_HOST'];
  await using engine = await connectDocker(host === undefined ? {} : { host });
  console.log(asComment(await plan(spec, { engine, links: iproute2() })));
} catch (error) {
  if (!(error instanceof NetctlError)) throw error;
  for (const problem of error.problems) console.error(formatProblem(problem, 'spec'));
  console.error([error.message, error.hint].filter(Boolean).join('\n'));
  process.exitCode = error.exit;
}
