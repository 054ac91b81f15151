import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A step of a workflow or of a composite action. */
export interface GithubStep {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly GithubStep[] };
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly GithubStep[] }>>;
}

export const ACTION = '.github/actions/netctl/action.yml';
export const EXAMPLE_WORKFLOW = 'examples/ci/github-actions.yml';
export const WORKFLOWS: readonly string[] = ['.github/workflows/ci.yml', EXAMPLE_WORKFLOW];

const root = join(import.meta.dirname, '../..');

async function read(name: string): Promise<unknown> {
  return parse(await readFile(join(root, name), 'utf8'));
}

export async function actionSteps(): Promise<readonly GithubStep[]> {
  return ((await read(ACTION)) as Action).runs.steps;
}

/** The inputs that the action has, with their defaults. */
export async function actionInputs(): Promise<Readonly<Record<string, string>>> {
  const { inputs } = (await read(ACTION)) as Action;
  return Object.fromEntries(Object.entries(inputs).map(([name, its]) => [name, its.default ?? '']));
}

export async function stepsOfJob(workflow: string, job: string): Promise<readonly GithubStep[]> {
  const steps = ((await read(workflow)) as Workflow).jobs[job]?.steps;
  if (steps === undefined) throw new Error(`${workflow} has no job ${job}`);
  return steps;
}

export async function stepsOfJobs(workflow: string): Promise<readonly GithubStep[]> {
  return Object.values(((await read(workflow)) as Workflow).jobs).flatMap(({ steps }) => steps);
}
