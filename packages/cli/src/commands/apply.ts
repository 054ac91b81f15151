import {
  apply as applySpec,
  applyLinks,
  countSteps,
  describeDisruption,
  formatPlan,
  NetctlError,
  plan as planSpec,
  stepsOf,
} from '@netctl/core';
import type { ApplyEvent, LoadedSpec, Plan, Report } from '@netctl/core';

import { applyLines } from '../apply-text.js';
import { askToKeep } from '../ask-to-keep.js';
import type { CommandInput } from '../command.js';
import { linksOf } from './confirm.js';
import { counted } from '../counted.js';
import type { Left } from '../discovery/leave.js';
import { eventDocument } from '../documents.js';
import { moveScope } from '../move-scope.js';
import { openLinks } from '../open-host.js';
import type { GlobalOptions, MoveCommandOptions } from '../options.js';
import type { Output } from '../output.js';
import { openSession } from '../session.js';
import type { Session } from '../session.js';
import { readSpec } from '../spec-file.js';
import { stateDir } from '../state-dir.js';
import { answerTo } from '../terminal/answer.js';
import type { ShownProgress } from '../terminal/show-progress.js';
import { asTheSpecSays, linksAsTheSpecSays, nothingLeft, someUnreachable } from '../unreachable.js';

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
  readonly linksOnly?: boolean;
  /** Milliseconds. */
  readonly confirm?: number;
}

/** `netctl apply`: plan, ask if anything is disruptive, lock, do, verify that the next plan is empty, report. */
export function apply(input: CommandInput<ApplyCommandOptions>): Promise<number> {
  return input.options.linksOnly === true ? applyLinksOnly(input) : run(input, false);
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
  using progress = output.progress(signal);
  const report = await applySpec(loaded, targets, {
    destroy: destroying,
    adopt: options.adopt === true,
    allowDisruptive: options.yes === true || approved !== undefined,
    additive: options.additive === true,
    strict: options.strict === true,
    partial: options.partial === true,
    ...(approved === undefined ? {} : { approved }),
    ...(options.wait === undefined ? {} : { wait: options.wait }),
    ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
    resume: options.resume === true,
    restartStuck: options.restartStuck === true,
    probe: options.probe !== false,
    ...moveScope(options),
    stateDir: stateDir(process.env),
    signal,
    onEvent: (event) => tell(event, output, progress, approved !== undefined),
  });
  const away = someUnreachable(report);
  if (destroying && loaded.spec.discovery !== undefined) progress.begin('taking services out of Consul');
  const services = destroying ? await outOfConsul(session, options, signal) : undefined;
  const nothing = (destroying ? nothingLeft : asTheSpecSays)(report.stack, away);
  tellReport(report, loaded, output, nothing, services);
  if (report.unconfirmed !== undefined) {
    // It would be drawn over the question, and Ctrl-C is to finish nothing any more.
    progress[Symbol.dispose]();
    await askToKeep(linksOf(targets), options.confirm ?? 0, output, signal);
  }
  return report.left.length > 0 || away || (services?.problems ?? []).length > 0 ? 2 : 0;
}

/** `netctl apply --links-only`: VLAN links and shims; the engine need not run. */
async function applyLinksOnly({ file, options, output, signal }: CommandInput<ApplyCommandOptions>): Promise<number> {
  const loaded = await readSpec(file, options, signal);
  await using host = await openLinks({ ...options, signal });
  using progress = output.progress(signal);
  const report = await applyLinks(loaded, host.links, {
    additive: options.additive === true,
    strict: options.strict === true,
    adopt: options.adopt === true,
    partial: options.partial === true,
    probe: options.probe !== false,
    ...(options.wait === undefined ? {} : { wait: options.wait }),
    ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
    signal,
    onEvent: (event) => tell(event, output, progress, false),
  });
  tellReport(report, loaded, output, linksAsTheSpecSays(report.stack));
  if (report.unconfirmed !== undefined) {
    // As above.
    progress[Symbol.dispose]();
    await askToKeep([host.links], options.confirm ?? 0, output, signal);
  }
  return report.left.length > 0 ? 2 : 0;
}

function tellReport(report: Report, loaded: LoadedSpec, output: Output, nothing: string, services?: Left): void {
  const { deregistered = [] } = services ?? {};
  const problems = [...report.problems, ...(services?.problems ?? [])];
  output.document({ event: 'report', ...report, problems, ...(services && { deregistered }) });
  output.problems(problems, loaded.file);
  for (const line of movedLines(report.moved)) output.line(line);
  if (report.done.length === 0 && report.left.length === 0) {
    output.line(nothing);
  } else {
    output.line(
      `\nDone: ${counted(report.done.length, 'step')}. Looked again: ${report.left.length === 0 ? 'nothing is left to do.' : `left out${report.left.every(({ disruptive }) => disruptive) ? ' as disruptive' : ''}: ${countSteps(report.left)}.`}`,
    );
  }
  if (deregistered.length > 0) output.line(`Out of Consul: ${counted(deregistered.length, 'service')}.`);
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
  if (stepsOf(shown).every((step) => !step.disruptive)) return undefined;
  if (shown.problems.some(({ severity }) => severity === 'error')) return undefined;
  output.line(`${formatPlan(shown)}\nPlan: ${countSteps(stepsOf(shown))}.`);
  const answer = await answerTo(output.shaped(`This will ${describeDisruption(shown)}. Go on? [y/N] `), signal);
  if (/^y(es)?$/i.test(answer.trim())) return shown;
  throw new NetctlError('NEEDS_YES', 'Not agreed to, nothing was changed', { hint: 'Answer y, or say --yes.' });
}

function tell(event: ApplyEvent, output: Output, progress: ShownProgress, planShown: boolean): void {
  output.document(eventDocument(event));
  const shown = event.event === 'plan' && planShown;
  for (const line of shown ? [] : applyLines(event)) output.line(line);
  progress.hear(event);
}
