import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '@netctl/lab';
import { actionInputs, actionSteps, type GithubStep } from '../../support/github-steps.js';

/** What one job came to. */
export interface JobResult {
  /** Of the step that ended it, 0 when none did. */
  readonly exitCode: number;
  readonly summary: string;
  readonly stdout: string;
  /** What the steps with an id put out, as `netctl.changes`. */
  readonly outputs: ReadonlyMap<string, string>;
}

export interface JobOptions {
  readonly folder: string;
  /** What each expression of the workflow comes to, as `secrets.SSH_KEY`. One that is not here is an error. */
  readonly values: Readonly<Record<string, string>>;
  /** Inputs of the netctl action, in the place of what the workflow gives and of their defaults. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs the steps of a job on a host as GitHub's runner does: each script by bash with the runner's options, GITHUB_OUTPUT and
 * GITHUB_STEP_SUMMARY as files, and the steps of the netctl action in the place of the step that uses it. Actions of others, which
 * check out and install Node, are left out. No runner of GitHub can be had here.
 */
export async function runJob(host: Host, steps: readonly GithubStep[], options: JobOptions): Promise<JobResult> {
  const temp = join(options.folder, 'runner');
  await mkdir(temp, { recursive: true });
  const [output, summary] = [join(temp, 'output'), join(temp, 'summary')];
  await writeFile(summary, '');
  const outputs = new Map<string, string>();
  let stdout = '';

  const run = async (step: GithubStep, expressions: Readonly<Record<string, string>>): Promise<number> => {
    const script = join(temp, 'script.sh');
    await writeFile(script, step.run ?? '');
    await writeFile(output, '');
    const given = { ...expressions, ...Object.fromEntries([...outputs].map(([name, one]) => [`steps.${name}`, one])) };
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text, given)]));
    const bash = ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', script];
    const ended = await host.run('env', [`--chdir=${options.folder}`, ...bash], {
      reject: false,
      timeout: 90_000,
      env: { ...options.env, ...env, RUNNER_TEMP: temp, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
    });
    stdout += `${ended.stdout}\n${ended.stderr}\n`;
    for (const line of (await readFile(output, 'utf8')).split('\n').filter((one) => one !== '')) {
      const at = line.indexOf('=');
      outputs.set(`${step.id ?? ''}.outputs.${line.slice(0, at)}`, line.slice(at + 1));
    }
    return ended.exitCode;
  };

  let exitCode = 0;
  for (const step of steps) {
    const isLate = exitCode !== 0;
    if (isLate && step.if?.includes('!cancelled()') !== true) continue;
    if (step.run !== undefined) {
      const own = await run(step, options.values);
      exitCode ||= own;
    } else if (step.uses?.includes('/.github/actions/netctl@') === true) {
      const inputs = { ...(await actionInputs()), ...step.with, ...options.inputs };
      const expressions = Object.fromEntries(Object.entries(inputs).map(([name, text]) => [`inputs.${name}`, text]));
      for (const inner of await actionSteps()) exitCode ||= await run(inner, expressions);
    }
  }
  return { exitCode, summary: await readFile(summary, 'utf8'), stdout, outputs };
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    // What a step did not put out is empty.
    const value = values[expression] ?? (/^steps\.\w+\.outputs\./.test(expression) ? '' : undefined);
    if (value === undefined) throw new Error(`nothing is known of ${expression}`);
    return value;
  });
}
