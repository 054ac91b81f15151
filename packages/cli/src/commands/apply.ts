import { createInterface } from 'node:readline/promises';

import {
  apply as applySpec,
  countSteps,
  formatPlan,
  NetctlError,
  plan as planSpec,
  stepsOf,
  stepTitle,
} from '@netctl/core';
import type { ApplyEvent, Plan, Report } from '@netctl/core';

import { applyLines } from '../apply-text.js';
import type { CommandInput } from '../command.js';
import { counted } from '../counted.js';
import type { Left } from '../discovery/leave.js';
import { eventDocument } from '../documents.js';
import { moveScope } from '../move-scope.js';
import type { GlobalOptions, MoveCommandOptions } from '../options.js';
import type { Output } from '../output.js';
import { openSession } from '../session.js';
import type { Session } from '../session.js';
import { stateDir } from '../state-dir.js';
import { asTheSpecSays, nothingLeft, someUnreachable } from '../unreachable.js';

export interface ApplyCommandOptions extends GlobalOptions, MoveCommandOptions {
  readonly yes?: boolean;
  readonly additive?: boolean;
  readonly strict?: boolean;
  readonly partial?: boolean;
  /** Milliseconds. */
  readonly wait?: number;
  readonly resume?: boolean;
  readonly restartStuck?: boolean;
  readonly adopt?: boolean;
  /** False by `--no-probe`. */
  readonly probe?: boolean;
}

/** `netctl apply`: plan, ask if anything is disruptive, lock, do, verify that the next plan is empty, report. */
export function apply(input: CommandInput<ApplyCommandOptions>): Promise<number> {
  return run(input, false);
}

/** `netctl destroy`: apply of an empty spec. */
export function destroy(input: CommandInput<ApplyCommandOptions>): Promise<number> {
  return run(input, true);
}

async function run(
  { file, options, output, signal }: CommandInput<ApplyCommandOptions>,
  destroying: boolean,
): Promise<number> {
  await using session = await openSession(file, options, signal);
  const { loaded, targets } = session;
  const approved = mayAsk(options, output) ? await ask(session, destroying, options, output, signal) : undefined;
  const report = await applySpec(loaded, targets, {
    destroy: destroying,
    adopt: options.adopt === true,
    allowDisruptive: options.yes === true || approved !== undefined,
    additive: options.additive === true,
    strict: options.strict === true,
    partial: options.partial === true,
    ...(approved === undefined ? {} : { approved }),
    ...(options.wait === undefined ? {} : { wait: options.wait }),
    resume: options.resume === true,
    restartStuck: options.restartStuck === true,
    probe: options.probe !== false,
    ...moveScope(options),
    stateDir: stateDir(process.env),
    signal,
    onEvent: (event) => tell(event, output, approved !== undefined),
  });
  const services = destroying ? await outOfConsul(session, options, signal) : undefined;
  const { deregistered = [], problems = [] } = services ?? {};
  output.document({
    event: 'report',
    ...report,
    problems: [...report.problems, ...problems],
    ...(services && { deregistered }),
  });
  output.problems([...report.problems, ...problems], loaded.file);
  for (const line of movedLines(report.moved)) output.line(line);
  const away = someUnreachable(report);
  if (report.done.length === 0 && report.left.length === 0) {
    output.line((destroying ? nothingLeft : asTheSpecSays)(report.stack, away));
  } else {
    output.line(
      `\nDone: ${counted(report.done.length, 'step')}. Looked again: ${report.left.length === 0 ? 'nothing is left to do.' : `left out as disruptive: ${countSteps(report.left)}.`}`,
    );
  }
  if (deregistered.length > 0) output.line(`Out of Consul: ${counted(deregistered.length, 'service')}.`);
  return report.left.length > 0 || away || problems.length > 0 ? 2 : 0;
}

/** Undefined for a spec without services. What speaks to Consul is loaded where there are some. */
async function outOfConsul(
  { loaded, targets }: Session,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<Left | undefined> {
  if (loaded.spec.discovery === undefined) return undefined;
  const { leaveConsul } = await import('../discovery/leave.js');
  return leaveConsul(loaded, targets, options, signal);
}

/** `  web was off network lan for 84 ms; address 10.5.0.4 → 10.5.0.3` */
function movedLines(moved: Report['moved']): readonly string[] {
  const told = {
    restored: '',
    attached: 'somebody else had connected it',
    gone: 'is gone',
    away: 'was taken off before',
  };
  return moved.map(({ name, network, result, offMs, changes }) => {
    const off = offMs === undefined ? `on network ${network}` : `was off network ${network} for ${String(offMs)} ms`;
    return `  ${name} ${[[off, told[result]].filter((part) => part !== '').join(': '), ...changes].join('; ')}`;
  });
}

function mayAsk(options: ApplyCommandOptions, output: Output): boolean {
  return (
    options.yes !== true && options.additive !== true && !output.json && process.stdin.isTTY && process.stdout.isTTY
  );
}

/** Shows the plan and, when it has a disruptive step, asks. Undefined when there was nothing to ask. */
async function ask(
  session: Session,
  destroying: boolean,
  options: ApplyCommandOptions,
  output: Output,
  signal: AbortSignal,
): Promise<Plan | undefined> {
  const adopt = options.adopt === true;
  const partial = options.partial === true;
  const scope = { destroy: destroying, adopt, partial, ...moveScope(options), stateDir: stateDir(process.env), signal };
  const shown = await planSpec(session.loaded, session.targets, scope);
  const disruptive = stepsOf(shown).filter((step) => step.disruptive);
  if (disruptive.length === 0 || shown.problems.some(({ severity }) => severity === 'error')) return undefined;
  output.line(formatPlan(shown));
  const answer = await answerTo(`This will ${disruptive.map(stepTitle).join(', ')}. Go on? [y/N] `, signal);
  if (/^y(es)?$/i.test(answer.trim())) return shown;
  throw new NetctlError('NEEDS_YES', 'Not agreed to, nothing was changed', { hint: 'Answer y, or say --yes.' });
}

/** Empty when the input ends instead. */
async function answerTo(question: string, signal: AbortSignal): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  // While a question is open, Ctrl-C is a character for it and no signal.
  prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
  try {
    return await Promise.race([prompt.question(question, { signal }), ended]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    prompt.close();
  }
}

function tell(event: ApplyEvent, output: Output, planShown: boolean): void {
  output.document(eventDocument(event));
  if (event.event === 'plan' && planShown) return;
  for (const line of applyLines(event)) output.line(line);
}
