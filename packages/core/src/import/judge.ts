import { formatAddress } from '../addresses/prefix.js';
import { NetctlError } from '../errors.js';
import type { HostFacts, Plan, Step } from '../model.js';
import { makePlan, stepsOf } from '../plan/plan.js';
import type { Problem } from '../problem.js';
import { attachmentsOf } from '../spec/containers.js';
import { parseSpec } from '../spec/load.js';
import type { LoadedSpec } from '../spec/load.js';
import { parsePath } from '../spec/path.js';
import type { Segment } from '../spec/path.js';

/** What stands against a part of a spec: nothing but adopting what is there is to follow from it. */
export interface Objection {
  /** Keys of the spec down to that part; empty where nobody can tell. */
  readonly path: readonly Segment[];
  /** As a sentence without a full stop. */
  readonly why: string;
  /** A link that is not what the spec makes of it, or something of the stack that the spec does not have. */
  readonly link?: string;
  readonly gone?: string;
}

/** What is wrong with the text of a spec by itself. */
export function faultsOf(text: string): { readonly loaded?: LoadedSpec; readonly objections: readonly Objection[] } {
  try {
    return { loaded: parseSpec({ bytes: text, file: 'the spec', env: {} }), objections: [] };
  } catch (error) {
    if (!(error instanceof NetctlError) || error.code !== 'SPEC_INVALID') throw error;
    return { objections: objectionsOf(error.problems) };
  }
}

/** What the plan of a spec would do to the host besides taking over what is there. */
export function objectionsTo(loaded: LoadedSpec, host: string, facts: HostFacts): readonly Objection[] {
  const plan = makePlan(loaded, new Map([[host, facts]]), { adopt: true });
  const steps = stepsOf(plan);
  const unwelcome = steps.flatMap((step) => [objectionTo(step, loaded, plan) ?? [], ...newRoutes(step, loaded)].flat());
  const gone = unwelcome.some((one) => one.gone !== undefined);
  // Who is on what would go is a problem of no place in the file.
  const errors = objectionsOf(plan.problems).filter(({ path }) => !gone || path.length > 1);
  return [...errors, ...unwelcome];
}

function objectionsOf(problems: readonly Problem[]): readonly Objection[] {
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, hint }) => ({ path: parsePath(path), why: refusalOf(hint) ?? halfSentence(message) }));
}

/** That something has a name already says little of a spec that means just that thing; why it is not adopted says more. */
function refusalOf(hint = ''): string | undefined {
  return /--adopt does not take it: (.*)\.$/s.exec(hint)?.[1];
}

/** A shim of ours gets a route to each address that the spec gives to a container; one that is new is a change. */
function newRoutes(step: Step, { spec }: LoadedSpec): readonly Objection[] {
  if (step.op !== 'link.set' || step.adopts === true) return [];
  const added = new Set(step.change.addRoutes?.map(({ destination }) => destination.replace(/\/(32|128)$/, '')));
  return attachmentsOf(spec).flatMap((one) =>
    one.statics
      .filter(({ address }) => added.has(formatAddress(address)))
      .map(({ path }) => ({
        path: parsePath(path),
        why: `the host has no way to it by ${step.name}, and would get one`,
      })),
  );
}

/** To be read after a colon. */
export function halfSentence(message: string): string {
  return message.replace(/\.$/, '').replace(/^[A-Z](?=[a-z ])/, (first) => first.toLowerCase());
}

/** Undefined where the step takes over what is there, or mends what is ours without harm to anybody. */
function objectionTo(step: Step, { spec }: LoadedSpec, { stages }: Plan): Objection | undefined {
  const [, rest = ''] = /^[a-z]+:(.*)$/s.exec(step.ref) ?? [];
  switch (step.op) {
    case 'network.adopt':
    case 'network.forget':
      return undefined;
    case 'link.set':
      if (!step.disruptive) return undefined;
      return { path: [], link: step.name, why: step.why };
    case 'link.add':
    case 'link.remove': {
      const name = step.op === 'link.add' ? step.props.name : step.name;
      const replaced = stages.flat().some((other) => other.op === 'link.add' && other.props.name === name);
      return replaced
        ? { path: [], link: name, why: `netctl would make it again: ${step.why}` }
        : { path: [], gone: name, why: `the stack has it, and this spec does not: applying it would remove it` };
    }
    case 'network.remove':
      return Object.hasOwn(spec.networks, rest)
        ? { path: ['networks', rest], why: `netctl would make it again: ${step.why}` }
        : { path: [], gone: step.name, why: 'the stack has it, and this spec does not: applying it would remove it' };
    case 'network.create':
      return { path: ['networks', rest], why: `netctl would make it: ${step.why}` };
    case 'endpoint.park':
    case 'endpoint.restore':
    case 'endpoint.attach':
    case 'endpoint.detach':
      return { path: ['containers', step.endpoint.name], why: `netctl would move it: ${step.why}` };
    case 'swarm.init':
    case 'swarm.join':
    case 'swarm.node':
    case 'swarm.leave':
    case 'swarm.forget':
      return { path: ['swarm'], why: `netctl would change it: ${step.why}` };
  }
}
