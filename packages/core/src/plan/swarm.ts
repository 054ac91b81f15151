import type { HostFacts, HostName, Observed, Ref, StepOf, StepOfHost, SwarmRole } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { GWBRIDGE, isOfSwarm, swarmHostOf, swarmHostsOf } from '../spec/hosts.js';
import { formatPath } from '../spec/path.js';
import type { Spec } from '../spec/schema.js';
import type { SwarmSpec } from '../spec/swarm-schema.js';
import type { SwarmFacts, SwarmNode } from '../swarm-facts.js';
import type { Draft } from './order.js';
import { swarmAddress, writtenFor } from './swarm-address.js';
import { fixedDiffers } from './swarm-fixed.js';
import { labelChange } from './swarm-labels.js';
import { leaveSteps } from './swarm-leave.js';

/** A problem of one host. */
export interface OfHost {
  readonly host: HostName;
  readonly problem: Problem;
}

/** What makes the swarm what the spec says, on each host, and what each host is in it once that is done. */
export interface SwarmPlan {
  readonly drafts: ReadonlyMap<HostName, readonly Draft[]>;
  readonly problems: readonly OfHost[];
  readonly planned: ReadonlyMap<HostName, SwarmFacts>;
}

/** The subnets of a swarm whose spec says nothing of them (moby, daemon/cluster). */
export const DEFAULT_POOLS = ['10.0.0.0/8'];

export function refOfHost(host: HostName): Ref {
  return `swarm:${host}`;
}

/** The host by which the networks of the swarm are made: the first that can be one, of those that were looked at. */
export function makerOf(spec: Spec, observed: Observed): HostName {
  const first = swarmHostOf(spec);
  const { managers } = spec.swarm ?? {};
  const candidates = managers ?? [first];
  const isManager = (host: HostName): boolean => observed.get(host)?.engine.swarm.manager === true;
  // One that was a manager by an earlier spec, and goes or becomes a worker.
  const isFormer = (host: HostName): boolean => observed.get(host)?.swarmOwner?.stack === spec.name && isManager(host);
  return candidates.find(isManager) ?? [...observed.keys()].find(isFormer) ?? first;
}

/** The steps from the swarm that is there to the one that is wanted. */
export function planSwarm(spec: Spec, observed: Observed, destroy: boolean): SwarmPlan {
  const { swarm } = spec;
  const planned = new Map([...observed].map(([host, { engine }]) => [host, engine.swarm]));
  const input: SwarmInput = { spec, observed, maker: makerOf(spec, observed) };
  const leaving = leaveSteps(input, destroy);
  if (destroy) return { ...leaving, planned };
  for (const [host, drafts] of leaving.drafts) {
    if (drafts.some(({ step }) => step.op === 'swarm.leave')) planned.set(host, { state: 'inactive', manager: false });
  }
  if (swarm === undefined) return { ...leaving, planned, problems: [...leaving.problems, ...stranded(input, planned)] };
  const joining = joinSteps(swarm, input, planned);
  const drafts = new Map(
    [...observed.keys()].map((host) => [
      host,
      [...(joining.drafts.get(host) ?? []), ...(leaving.drafts.get(host) ?? [])],
    ]),
  );
  return { drafts, problems: [...leaving.problems, ...joining.problems], planned };
}

/** Networks of a swarm that the spec wants, and takes away the swarm of. */
function stranded({ spec, observed, maker }: SwarmInput, planned: SwarmPlan['planned']): readonly OfHost[] {
  if (observed.get(maker)?.engine.swarm.state === 'inactive' || planned.get(maker)?.state !== 'inactive') return [];
  const keys = Object.keys(spec.networks).filter((key) => {
    const network = spec.networks[key];
    return network !== undefined && isOfSwarm(network) && network.external !== true;
  });
  return keys.map((key) => {
    const message = `the network ${key} is of the swarm, which ${maker} leaves since the spec has no swarm: any more`;
    const hint = 'Write swarm: with its managers, or take this network out of the spec too.';
    return { host: maker, problem: problem('error', 'SWARM_ELSEWHERE', formatPath(['networks', key]), message, hint) };
  });
}

export interface SwarmInput {
  readonly spec: Spec;
  readonly observed: Observed;
  readonly maker: HostName;
}

function joinSteps(
  swarm: SwarmSpec,
  { spec, observed, maker }: SwarmInput,
  planned: Map<HostName, SwarmFacts>,
): Omit<SwarmPlan, 'planned'> {
  const drafts = new Map<HostName, Draft[]>();
  const problems: OfHost[] = [];
  const add = (host: HostName, draft: Draft): void => {
    drafts.set(host, [...(drafts.get(host) ?? []), draft]);
  };
  const manager = observed.get(maker);
  const nodes = manager?.engine.swarm.manager === true ? (manager.engine.swarm.nodes ?? []) : undefined;
  for (const host of swarmHostsOf(spec)) {
    const facts = observed.get(host);
    if (facts === undefined) continue;
    const role = roleOf(swarm, host, maker);
    const at = pathOf(swarm, host);
    const found = addressesOf(swarm, host, facts);
    const against = notReady(facts, nodes, at, maker, host);
    const wrong = [...against, ...(facts.engine.swarm.state === 'inactive' ? found.problems : [])];
    problems.push(...wrong.map((one) => ({ host, problem: one })));
    if (wrong.length > 0) continue;
    const { state, nodeId } = facts.engine.swarm;
    const node = state === 'inactive' ? undefined : nodes?.find(({ id }) => id === nodeId);
    if (state === 'inactive') {
      if (host === maker) add(host, initOf(spec, swarm, host, found));
      else if (nodes !== undefined || observed.has(maker)) {
        add(host, joinOf(role, host, maker, found, nodes === undefined));
      } else problems.push({ host, problem: makerAway(maker, at) });
      planned.set(host, {
        state: 'active',
        manager: role === 'manager',
        ...(found.dataPath === undefined ? {} : { nodeAddress: found.dataPath }),
        ...(host === maker ? { addressPools: swarm.address_pool ?? DEFAULT_POOLS } : {}),
        ...(swarm.data_path_port === undefined ? {} : { dataPathPort: swarm.data_path_port }),
      });
    } else {
      problems.push(...fixedDiffers(swarm, facts, found, host).map((one) => ({ host, problem: one })));
      // Nothing of the engine tells by which address its traffic goes.
      if (swarm.data_path !== undefined && found.dataPath !== undefined) {
        planned.set(host, { ...facts.engine.swarm, nodeAddress: found.dataPath });
      }
    }
    const change = nodeChange(swarm, host, node, role, state === 'inactive');
    if (change === undefined) continue;
    add(maker, change(maker));
  }
  return { drafts, problems };
}

function roleOf({ managers }: SwarmSpec, host: HostName, maker: HostName): SwarmRole {
  return (managers ?? [maker]).includes(host) ? 'manager' : 'worker';
}

function pathOf({ managers = [], workers = [] }: SwarmSpec, host: HostName): string {
  const [key, index] = managers.includes(host)
    ? ['managers', managers.indexOf(host)]
    : ['workers', workers.indexOf(host)];
  return index < 0 ? 'swarm' : formatPath(['swarm', key, index]);
}

interface Addresses {
  readonly advertise?: string;
  /** By which its traffic goes. */
  readonly dataPath?: string;
  readonly problems: readonly Problem[];
}

function addressesOf({ advertise, data_path: dataPath }: SwarmSpec, host: HostName, facts: HostFacts): Addresses {
  const at = (key: string, written: unknown): string =>
    formatPath(['swarm', ...(written === undefined ? [] : [key]), ...(typeof written === 'object' ? [host] : [])]);
  const own = swarmAddress(writtenFor(advertise, host), facts, at('advertise', advertise));
  const path = writtenFor(dataPath, host);
  const other = path === undefined ? own : swarmAddress(path, facts, at('data_path', dataPath));
  return {
    ...('address' in own ? { advertise: own.address } : {}),
    ...('address' in other ? { dataPath: other.address } : {}),
    problems: [...new Set([own, other])].flatMap((one) => ('problem' in one ? [one.problem] : [])),
  };
}

/** Why nothing can be done about a host's place in the swarm by now. */
function notReady(
  { engine: { swarm } }: HostFacts,
  nodes: readonly SwarmNode[] | undefined,
  path: string,
  maker: HostName,
  host: HostName,
): readonly Problem[] {
  const against = (code: 'SWARM_NOT_READY' | 'SWARM_ELSEWHERE', message: string, hint: string): readonly Problem[] => [
    problem('error', code, path, message, hint),
  ];
  if (swarm.state === 'inactive') return [];
  if (swarm.state === 'locked') {
    return against('SWARM_NOT_READY', 'its swarm is locked', 'Unlock it: docker swarm unlock.');
  }
  if (swarm.state !== 'active') {
    const why = swarm.error === undefined ? '' : `: ${swarm.error}`;
    const message = `the engine is not a node yet, or cannot be one (state ${swarm.state})${why}`;
    return against('SWARM_NOT_READY', message, 'Wait for it, or leave the swarm there: docker swarm leave --force.');
  }
  if (nodes === undefined && host === maker) return quorumLost(swarm, against);
  if (nodes?.some(({ id }) => id === swarm.nodeId) === true) return [];
  const message =
    nodes === undefined
      ? `it is a node of a swarm already, and ${maker}, which would make the swarm, is a manager of none`
      : `it is a node of another swarm than ${maker}`;
  return against(
    'SWARM_ELSEWHERE',
    message,
    `Let it leave that (docker swarm leave), or put the managers of that swarm first among swarm.managers.`,
  );
}

/** A manager that is active and is no manager: a worker, or one of a swarm that has lost too many. */
function quorumLost(
  { manager }: SwarmFacts,
  against: (code: 'SWARM_ELSEWHERE' | 'SWARM_NOT_READY', message: string, hint: string) => readonly Problem[],
): readonly Problem[] {
  return manager
    ? []
    : against(
        'SWARM_ELSEWHERE',
        'it is a worker of a swarm of which no manager among these hosts can be asked',
        'Name a manager of that swarm in swarm.managers, or let this host leave: docker swarm leave.',
      );
}

function makerAway(maker: HostName, path: string): Problem {
  const message = `the swarm is to be made on ${maker}, which cannot be looked at`;
  return problem('error', 'SWARM_MANAGER_AWAY', path, message, 'Mend that host first, or put another manager first.');
}

function initOf(spec: Spec, swarm: SwarmSpec, host: HostName, { advertise = '', dataPath }: Addresses): Draft {
  const step: StepOf<'swarm.init'> = {
    op: 'swarm.init',
    host,
    ref: refOfHost(host),
    why: 'it is in no swarm yet',
    disruptive: false,
    advertise,
    ...(dataPath === advertise || dataPath === undefined ? {} : { dataPath }),
    ...(swarm.data_path_port === undefined ? {} : { dataPathPort: swarm.data_path_port }),
    ...(swarm.address_pool === undefined ? {} : { addressPools: swarm.address_pool }),
    ...(swarm.subnet_size === undefined ? {} : { subnetSize: swarm.subnet_size }),
    ...(makesIngress(spec) ? { dropIngress: true } : {}),
  };
  return { step, after: [`network:${GWBRIDGE}`] };
}

function makesIngress({ swarm, networks }: Spec): boolean {
  return swarm?.ingress !== undefined || Object.values(networks).some(({ ingress }) => ingress === true);
}

function joinOf(
  role: SwarmRole,
  host: HostName,
  maker: HostName,
  { advertise = '', dataPath }: Addresses,
  isNew: boolean,
): Draft {
  const made: StepOfHost = { host: maker, op: 'swarm.init', ref: refOfHost(maker) };
  const step: StepOf<'swarm.join'> = {
    op: 'swarm.join',
    host,
    ref: refOfHost(host),
    why: 'it is in no swarm yet',
    disruptive: false,
    ...(isNew ? { awaits: [made] } : {}),
    role,
    by: maker,
    advertise,
    ...(dataPath === advertise || dataPath === undefined ? {} : { dataPath }),
  };
  return { step, after: [`network:${GWBRIDGE}`] };
}

/** What the manager has to change of a node, where it has to. */
function nodeChange(
  swarm: SwarmSpec,
  host: HostName,
  node: SwarmNode | undefined,
  role: SwarmRole,
  joins: boolean,
): ((maker: HostName) => Draft) | undefined {
  const labels = labelChange(swarm.labels?.[host] ?? {}, node?.labels ?? {});
  const otherRole = node !== undefined && node.role !== role;
  if (labels === undefined && !otherRole) return undefined;
  const { set = {}, unset = [], why: whyLabels } = labels ?? {};
  const why = [...(otherRole ? [`it is a ${node.role}`] : []), ...(whyLabels === undefined ? [] : [whyLabels])];
  return (maker) => {
    const joined: StepOfHost = { host, op: 'swarm.join', ref: refOfHost(host) };
    const step: StepOf<'swarm.node'> = {
      op: 'swarm.node',
      host: maker,
      ref: refOfHost(host),
      why: why.join(', '),
      // Whoever is no manager any more cannot be asked by those who ask it now.
      disruptive: otherRole && role === 'worker',
      ...(joins && host !== maker ? { awaits: [joined] } : {}),
      node: host,
      ...(node === undefined ? {} : { nodeId: node.id }),
      ...(otherRole ? { role } : {}),
      set,
      unset,
    };
    // It makes what is to be made first, and by then there is another.
    const itself = host === maker && otherRole;
    return { step, after: [refOfHost(maker)], ...(itself ? { last: true } : {}) };
  };
}
