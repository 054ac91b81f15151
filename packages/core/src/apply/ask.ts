import type { LinkBackend, Segment } from '../links.js';
import type { HostFacts, HostName, Plan, Ref } from '../model.js';
import { endpointRef } from '../plan/moves.js';
import { located } from '../plan/located.js';
import { stepsOf } from '../plan/plan.js';
import { toAsk } from '../plan/to-ask.js';
import type { ToAsk } from '../plan/to-ask.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { resolveContainers } from '../resolve/containers.js';
import { resolve } from '../resolve/resolve.js';
import { specOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { ApplyOptions } from './options.js';
import { refused } from './refuse.js';

/** For which addresses the wire was asked on one segment, and that nobody answered. */
export interface AskedSegment {
  readonly host: HostName;
  /** `eth0`, or `VLAN 30 on eth0` where that is not there yet. */
  readonly where: string;
  /** Nobody has them. */
  readonly free: readonly string[];
  /** Nobody could be asked for them. */
  readonly unasked: readonly string[];
  /** What was missing: what was done instead, or why nobody could be asked. */
  readonly notes: readonly string[];
}

export interface WireQuestions {
  readonly asked: readonly AskedSegment[];
  /** Warnings: nobody could be asked. */
  readonly problems: readonly Problem[];
}

/**
 * Asks on every wire for the addresses that a plan takes there; writes nothing.
 * @throws NetctlError REFUSED where somebody answers, or where `strict` is given and nobody could be asked
 */
export async function askTheWire(
  plan: Plan,
  loaded: LoadedSpec,
  { host, facts, links }: { readonly host: HostName; readonly facts: HostFacts; readonly links: LinkBackend },
  { probe = true, strict = false, adopt = false, signal }: ApplyOptions,
): Promise<WireQuestions> {
  const steps = stepsOf(plan);
  if (!probe || steps.length === 0) return { asked: [], problems: [] };
  const spec = specOn(loaded.spec, host);
  const resources = resolve(spec, host, facts, { adopt }).links;
  const { attachments } = resolveContainers(spec, facts, host);
  const paths = new Map<Ref, string>([
    ...resources.map(({ ref, path }) => [ref, path] as const),
    ...attachments.map(({ network, container, path }) => [endpointRef(network, container), path] as const),
  ]);
  const questions = toAsk(steps, facts, (ref) => paths.get(ref) ?? '');
  const results = await Promise.all(questions.map((question) => ask(question, links, signal)));
  const problems = results.flatMap((one) => one.problems).map((one) => located(one, loaded, host));
  const against = problems.filter(({ severity }) => severity === 'error' || strict);
  if (against.length > 0) throw refused(against);
  return { asked: results.map(({ asked }) => asked), problems };
}

async function ask(
  { host, segment, addresses }: ToAsk,
  links: LinkBackend,
  signal: AbortSignal | undefined,
): Promise<{ readonly asked: AskedSegment; readonly problems: readonly Problem[] }> {
  const texts = addresses.map(({ address }) => address);
  const { taken, unasked, notes } = await links.ask(segment, texts, signal);
  const where = describeSegment(segment);
  const problems: Problem[] = addresses.flatMap(({ address, path }) => {
    const owner = taken.find((one) => one.address === address);
    if (owner === undefined) return [];
    const message = `${address} is somebody's: ${owner.mac} answers for it on ${where}`;
    const cure = 'Choose another address, or say --no-probe to take it all the same.';
    return [problem('error', 'ADDRESS_ANSWERED', path, message, cure)];
  });
  if (unasked.length > 0) {
    const path = addresses.find(({ address }) => address === unasked[0])?.path ?? '';
    const message = `nobody on ${where} could be asked whether ${unasked.join(', ')} is free: ${notes.join('; ')}`;
    const cure = 'Mend that and apply again, or say --no-probe when you know that it is.';
    problems.push(problem('warning', 'ADDRESS_NOT_ASKED', path, message, cure));
  }
  const free = texts.filter((text) => !unasked.includes(text) && !taken.some(({ address }) => address === text));
  return { asked: { host, where, free, unasked, notes }, problems };
}

function describeSegment({ link, vlans }: Segment): string {
  return [...vlans.map((id) => `VLAN ${id}`).reverse(), link].join(' on ');
}
