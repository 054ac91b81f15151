import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ACTION,
  actionSteps,
  EXAMPLE_WORKFLOW,
  stepsOfJob,
  stepsOfJobs,
  WORKFLOWS,
} from '../../support/github-steps.js';
import { githubParser } from './github-parser.js';

const { convertWorkflowTemplate, NoOperationTraceWriter, parseAction, parseWorkflow } = await githubParser();
const root = join(import.meta.dirname, '../../..');
const fileOf = async (name: string) => ({ name, content: await readFile(join(root, name), 'utf8') });

describe.each(WORKFLOWS)('%s', (name) => {
  test('is a workflow, as GitHub’s own parser reads it', async () => {
    const { context, value } = parseWorkflow(await fileOf(name), new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
    if (value === undefined) throw new Error('there is nothing in it');
    await convertWorkflowTemplate(context, value);
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
  });

  test('has no permission but those that it names', async () => {
    const { content } = await fileOf(name);
    expect(content).toMatch(/^permissions:\n {2}contents: read\n(?! )/m);
  });
});

test('the action is one, as GitHub’s own parser reads it', async () => {
  const { context } = parseAction(await fileOf(ACTION), new NoOperationTraceWriter());
  expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
});

test('no script has an expression in it, which would run what somebody called a branch', async () => {
  const all = [await actionSteps(), ...(await Promise.all(WORKFLOWS.map(stepsOfJobs)))].flat();
  const scripts = all.flatMap(({ run }) => run ?? []);
  expect(scripts.length).toBeGreaterThan(4);
  expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
});

test('the plan of a pull request has a key of its own, in an environment of its own, and leaves no token behind', async () => {
  const [plan, apply] = await Promise.all(['plan', 'apply'].map((job) => stepsOfJob(EXAMPLE_WORKFLOW, job)));
  expect(JSON.stringify(plan)).toContain('secrets.SSH_KEY_PLAN ');
  expect(JSON.stringify(plan)).not.toContain('secrets.SSH_KEY ');
  expect(JSON.stringify(apply)).not.toContain('secrets.SSH_KEY_PLAN ');
  const { content } = await fileOf(EXAMPLE_WORKFLOW);
  expect(content.match(/^ {4}environment: .*$/gm)).toEqual([
    '    environment: networks-plan',
    '    environment: networks',
  ]);
  const checkouts = [plan, apply].flatMap((steps) =>
    steps?.filter(({ uses }) => uses?.startsWith('actions/checkout@')),
  );
  expect(checkouts.map((step) => step?.with)).toEqual([
    { 'persist-credentials': false },
    { 'persist-credentials': false },
  ]);
});
