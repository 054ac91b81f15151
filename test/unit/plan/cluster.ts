import type { Endpoint, FoundContainer } from '../../../packages/core/src/endpoints.js';
import type { LinkFact } from '../../../packages/core/src/links.js';
import type { FoundNetwork, HostFacts, Observed, Plan, Step } from '../../../packages/core/src/model.js';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { networkOfEndpoint } from '../../../packages/core/src/plan/moves.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { factsOf } from '../resolve/facts.js';

/* Nodes of one swarm as the planner sees them, without engines: the first is its one manager, and workers see nothing. */

/** Each node with the links that lead to LANs. */
export function cluster(
  links: Readonly<Record<string, string | readonly string[]>>,
  containers: Readonly<Record<string, readonly string[]>> = {},
  version = '28.5.2',
): Observed {
  const names = Object.keys(links);
  const nodes = names.map((name) => ({
    id: `node-${name}`,
    hostname: name,
    address: '',
    role: name === names[0] ? ('manager' as const) : ('worker' as const),
    state: 'ready' as const,
    availability: 'active' as const,
    labels: {},
  }));
  return new Map(
    Object.entries(links).map(([name, own], index) => {
      const manager = index === 0;
      const base = factsOf({
        engine: {
          id: `ENGINE:${name}`,
          name,
          version,
          swarm: { state: 'active', manager, nodeId: `node-${name}`, ...(manager ? { nodes } : {}) },
        },
        links: [own].flat().map((link, number) => ({
          name: link,
          mac: `52:54:00:00:0${String(number)}:1${String(index)}`,
          addresses: [
            { address: `192.168.${String(number + 1)}.1${String(index)}`, prefixLength: 24, scope: 'global' },
          ],
        })),
        routes: [],
      });
      const there = (containers[name] ?? []).map(containerOf);
      return [name, { ...base, containers: there, places: [], kernel: { macvlan: 'yes', ipvlan: 'yes' } }];
    }),
  );
}

function containerOf(name: string): FoundContainer {
  return { id: `id-of-${name}`, name, state: 'running', mode: 'bridge', labels: {} };
}

/** One of these hosts. */
export function hostOf(observed: Observed, name: string): HostFacts {
  const facts = observed.get(name);
  if (facts === undefined) throw new Error(`no host ${name}`);
  return facts;
}

/** The hosts as they are when every step did just what it says. */
export function after(observed: Observed, plan: Plan): Observed {
  const now = new Map(observed);
  for (const step of stepsOf(plan)) now.set(step.host, done(hostOf(now, step.host), step, now, plan.stack));
  return now;
}

function done(facts: HostFacts, step: Step, all: Observed, stack: string): HostFacts {
  const owner = { stack, ref: step.ref };
  const links = facts.links ?? { links: [], routes: [], mayChange: true };
  switch (step.op) {
    case 'network.create': {
      const { name, props, asked } = step;
      const ofSwarm = props.scope === 'swarm';
      const found: FoundNetwork = {
        id: `${ofSwarm ? 'swarm' : step.host}-${name}`,
        name,
        props: ofSwarm ? { ...props, ipam: { config: [] }, options: {}, labels: {} } : { scope: 'local', ...props },
        holders: [],
        ...(props.configFrom === undefined ? { asked, owner } : {}),
      };
      return { ...facts, networks: [...facts.networks, found] };
    }
    case 'network.remove':
      return { ...facts, networks: facts.networks.filter(({ id }) => id !== step.id) };
    case 'link.add': {
      const { props } = step;
      const link: LinkFact = {
        name: props.name,
        index: links.links.length + 2,
        kind: props.kind,
        parent: props.parent,
        type: 'ether',
        mtu: 1500,
        up: true,
        alias: `netctl:${stack}/${step.ref}`,
        group: 0x6e63,
        wireless: false,
        ...(props.mac === undefined ? {} : { mac: props.mac }),
        ...(props.mode === undefined ? {} : { mode: props.mode }),
        addresses: props.addresses.map((address) => ({ address, prefixLength: 32, scope: 'global' })),
      };
      const routes = props.routes.map((route) => ({ ...route, table: 'main', link: props.name, protocol: 'static' }));
      return { ...facts, links: { ...links, links: [...links.links, link], routes: [...links.routes, ...routes] } };
    }
    case 'link.remove': {
      const rest = links.links.filter(({ name }) => name !== step.name);
      return {
        ...facts,
        links: { ...links, links: rest, routes: links.routes.filter(({ link }) => link !== step.name) },
      };
    }
    case 'endpoint.attach':
      return withHolder(facts, step.endpoint, step.networkId ?? idOf(step, all), step.network, all);
    case 'network.adopt':
    case 'network.forget':
    case 'endpoint.park':
    case 'endpoint.restore':
    case 'endpoint.detach':
    case 'link.set':
    case 'swarm.init':
    case 'swarm.join':
    case 'swarm.node':
    case 'swarm.leave':
    case 'swarm.forget':
      throw new Error(`no step of these tests: ${step.op}`);
  }
}

function idOf({ ref }: Step, all: Observed): string {
  const key = networkOfEndpoint(ref).replace('network:', '');
  const found = [...all.values()].flatMap(({ networks }) => networks).find(({ name }) => name === key);
  return found?.id ?? '';
}

/** A worker sees a network of the swarm once somebody there is on it. */
function withHolder(facts: HostFacts, endpoint: Endpoint, id: string, name: string, all: Observed): HostFacts {
  const { container, state } = endpoint;
  const record = [...all.values()].flatMap(({ networks }) => networks).find((one) => one.id === id);
  if (record === undefined) throw new Error(`no network ${id}`);
  const there = facts.networks.find((one) => one.id === id) ?? { ...record, holders: [] };
  const holder = { type: 'container' as const, id: container, name: endpoint.name, state };
  const held: FoundNetwork = { ...there, holders: [...there.holders, holder] };
  return {
    ...facts,
    networks: [...facts.networks.filter((one) => one.id !== id), held],
    places: [...(facts.places ?? []), { networkId: id, network: name, endpoint }] as NonNullable<HostFacts['places']>,
  };
}

/** Each stage in one line. */
export function told(plan: Plan): readonly string[] {
  return plan.stages.map((stage) => stage.map(stepTitle).sort().join(', '));
}
