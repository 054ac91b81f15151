import {
  apply,
  connectDocker,
  countSteps,
  formatPlan,
  namesHosts,
  NetctlError,
  plan,
  status,
  stepsOf,
} from '@netctl/core';
import type { Backends, LoadedSpec } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import type { Host } from '@netctl/lab';

import type { CommandInput } from '../command.js';
import { eventDocument } from '../documents.js';
import { rehearsalInterfaces } from '../rehearsal/interfaces.js';
import { proveReachable } from '../rehearsal/reachable.js';
import { furnish, temporaryFolder } from '../rehearsal/stage.js';
import { readSpec } from '../spec-file.js';
import type { ShownProgress } from '../terminal/show-progress.js';

/** `netctl rehearse`: the whole apply on a throwaway host with its own engine, proved, then removed. */
export async function rehearse(input: CommandInput): Promise<number> {
  const { file, options, output, signal } = input;
  const loaded = await readSpec(file, options, signal);
  output.problems(loaded.problems, loaded.file);
  if (namesHosts(loaded.spec)) {
    throw new NetctlError('USAGE', 'A rehearsal is of one host, and the spec names several', {
      hint: 'Rehearse a spec without hosts:, with the networks of one of them.',
    });
  }
  const lab = await import('@netctl/lab');
  const missing = await lab.engineMissing();
  if (missing !== undefined) {
    throw new NetctlError('LAB_UNAVAILABLE', `Cannot rehearse here: ${missing}`, {
      hint: 'Run it as root on a machine with Docker installed; a running engine is not needed, and is not touched.',
    });
  }
  const interfaces = await rehearsalInterfaces(loaded.spec, iproute2());
  const named = interfaces.map(({ name, addresses }) => [name, ...addresses].join(' '));
  output.line(`A throwaway host with its own engine and ${named.join(', ') || 'no interface'}`);
  using progress = output.progress(signal);
  progress.begin('starting the throwaway host');
  try {
    await using host = await lab.startHost({ name: 'rehearsal', interfaces });
    signal.throwIfAborted();
    for (const line of await furnish(loaded, host, interfaces)) output.line(line);
    return await perform(loaded, host, input, progress);
  } catch (error) {
    if (!(error instanceof lab.LabError)) throw error;
    throw new NetctlError('LAB_FAILED', `The throwaway host failed: ${error.message}`, {
      hint: 'Nothing of this machine was changed. Mend what it names, and rehearse again.',
      cause: error,
    });
  }
}

async function perform(
  loaded: LoadedSpec,
  host: Host,
  { options, output, signal }: CommandInput,
  progress: ShownProgress,
): Promise<number> {
  const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };
  await using engine = await connectDocker({ host: host.dockerHost, signal, ...timeout });
  await using state = await temporaryFolder();
  const backends: Backends = { engine, links: iproute2({ command: host.command('ip'), ...timeout }) };

  const report = await apply(loaded, backends, {
    signal,
    stateDir: state.path,
    // Nobody else is on its wires.
    probe: false,
    onEvent: (event) => {
      progress.hear(event);
      output.document(eventDocument(event));
      if (event.event === 'plan') output.line(formatPlan(event.plan));
    },
  });
  const news = report.problems.filter((one) => !loaded.problems.includes(one));
  output.problems(news, loaded.file);
  output.line(`applied: ${countSteps(report.done) || 'nothing to do'}; the second plan is empty`);

  progress.begin('sending packets');
  const proofs = await proveReachable(loaded.spec, await status(loaded, backends, signal), host);
  for (const proof of proofs) output.line(proof.text);

  const end = { destroy: true, allowDisruptive: true, stateDir: state.path, signal, onEvent: progress.hear };
  const { done: removed } = await apply(loaded, backends, end);
  const left = stepsOf(await plan(loaded, backends, { destroy: true, signal }));
  const { version, stack, done, problems } = report;
  output.document({ event: 'report', version, stack, done, proofs, removed, left, problems });
  output.line(`destroyed: ${countSteps(removed)}; ${left.length === 0 ? 'nothing is left' : 'something is left'}`);
  return proofs.every(({ ok }) => ok) && left.length === 0 ? 0 : 1;
}
