import { apply, connectDocker, countSteps, formatPlan, NetctlError, plan, status, stepsOf } from '@netctl/core';
import type { Backends, LoadedSpec } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import type { Host } from '@netctl/lab';

import type { CommandInput } from '../command.js';
import type { Output } from '../output.js';
import { rehearsalInterfaces } from '../rehearsal/interfaces.js';
import { proveReachable } from '../rehearsal/reachable.js';
import { readSpec } from '../spec-file.js';

/** `netctl rehearse`: the whole apply on a throwaway host with its own engine, proved, then removed. */
export async function rehearse({ file, options, output, signal }: CommandInput): Promise<number> {
  const loaded = await readSpec(file, options.file);
  output.problems(loaded.problems, loaded.file);
  const lab = await import('@netctl/lab');
  const missing = await lab.engineMissing();
  if (missing !== undefined) {
    throw new NetctlError('LAB_UNAVAILABLE', `Cannot rehearse here: ${missing}`, {
      hint: 'Run it as root on a machine with Docker installed; a running engine is not needed, and is not touched.',
    });
  }
  const interfaces = await rehearsalInterfaces(loaded.spec, iproute2());
  output.line(
    `A throwaway host with ${interfaces.map(({ name, addresses }) => [name, ...addresses].join(' ')).join(', ') || 'no interface'}`,
  );
  try {
    await using host = await lab.startHost({ name: 'rehearsal', interfaces });
    signal.throwIfAborted();
    return await onStage(loaded, host, output, signal, options.timeout);
  } catch (error) {
    if (!(error instanceof lab.LabError)) throw error;
    throw new NetctlError('LAB_FAILED', `The throwaway host failed: ${error.message}`, { cause: error });
  }
}

async function onStage(
  loaded: LoadedSpec,
  host: Host,
  output: Output,
  signal: AbortSignal,
  timeout: number | undefined,
): Promise<number> {
  await using engine = await connectDocker({
    host: host.dockerHost,
    signal,
    ...(timeout === undefined ? {} : { timeout }),
  });
  const backends: Backends = { engine, links: iproute2({ command: host.command('ip') }) };
  await prepare(loaded, host, output);

  const before = await plan(loaded, backends, { signal });
  const refused = before.problems.some(({ severity }) => severity === 'error');
  // What refuses it is said by the error of apply.
  const news = before.problems.filter((one) => !loaded.problems.includes(one));
  if (!refused) output.problems(news, loaded.file);
  output.line(formatPlan(before));
  const stateDir = await host
    .run('mktemp', ['--directory', '/run/netctl-state-XXXXXX'])
    .then(({ stdout }) => stdout.trim());
  const report = await apply(loaded, backends, { signal, stateDir });
  output.document({ event: 'applied', ...report });
  output.line(`applied: ${countSteps(report.done) || 'nothing to do'}; the second plan is empty`);

  const current = await status(loaded, backends, signal);
  const proofs = await proveReachable(loaded.spec, current, host);
  for (const proof of proofs) {
    output.document({ event: 'proof', ...proof });
    output.line(proof.text);
  }

  const removed = await apply(loaded, backends, { destroy: true, allowDisruptive: true, signal, stateDir });
  const left = stepsOf(await plan(loaded, backends, { destroy: true, signal }));
  output.document({
    event: 'report',
    version: 1,
    stack: loaded.spec.name,
    done: report.done,
    removed: removed.done,
    proofs,
  });
  output.line(`destroyed: ${countSteps(removed.done)}; ${left.length === 0 ? 'nothing is left' : 'something is left'}`);
  return proofs.every(({ ok }) => ok) && left.length === 0 ? 0 : 1;
}

/** What the real host would have: a swarm for overlay networks, and the networks that are external. */
async function prepare(loaded: LoadedSpec, host: Host, output: Output): Promise<void> {
  const networks = Object.entries(loaded.spec.networks);
  if (networks.some(([, { driver, scope }]) => driver === 'overlay' || scope === 'swarm')) {
    await host.initSwarm('127.0.0.1');
    output.line('its engine is the manager of a swarm of one');
  }
  for (const [key, { external, name }] of networks) {
    if (external !== true) continue;
    await host.createNetwork(name ?? key);
    output.line(`stands in for the external network ${name ?? key}: a plain bridge`);
  }
}
