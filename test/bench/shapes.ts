/** Large specs, and hosts to plan them for. */
import type { RouteFact } from '../../packages/core/src/links.js';
import type { HostFacts } from '../../packages/core/src/model.js';
import { addedTo, ownerLabels } from '../../packages/core/src/docker/labels.js';
import { toCreateBody, toFoundNetwork } from '../../packages/core/src/docker/map.js';
import { makePlan, stepsOf } from '../../packages/core/src/plan/plan.js';
import type { LoadedSpec } from '../../packages/core/src/spec/load.js';
import { addLink, addNetwork, makeWorld } from '../support/memory/world.js';
import type { World } from '../support/memory/world.js';

const STACK = 'bench';

/** A spec of some size, and a host to plan it for. */
export interface Shape {
  readonly title: string;
  readonly sizes: readonly number[];
  readonly runs: number;
  readonly specOf: (size: number) => string;
  readonly factsOf: (size: number, loaded: LoadedSpec) => HostFacts;
  /** How many steps the plan has to have. */
  readonly stepsOf: (size: number) => number;
}

/** Each on three quarters of the networks. */
const CONTAINERS = 14;

/** The routes beside many bridges. */
const FEW_ROUTES = 100;

const byte = (index: number): string => `${(index >> 8) & 255}.${index & 255}`;

const baseOf = (index: number): string => `10.${byte(index)}`;

/** Half of the networks are pinned, a quarter is chosen by netctl, and a quarter is on VLANs, with a shim each. */
function mixedSpec(count: number, containersOnEach: number): string {
  const network = (index: number): string => {
    if (index % 4 === 0) return `{ subnet: auto/26 }`;
    const base = baseOf(index);
    if (index % 4 !== 1) return `{ subnet: ${base}.0/24, ip_range: ${base}.128/25 }`;
    return `{ driver: macvlan, parent: eth0, vlan: ${(index >> 2) + 1}, subnet: ${base}.0/24, gateway: ${base}.1, ip_range: ${base}.128/25, shim: { name: s${index} } }`;
  };
  const networks = Array.from({ length: count }, (_, index) => `  n${index}: ${network(index)}\n`);
  const containers = Array.from({ length: containersOnEach }, (_, at) => {
    const places = networks.flatMap((_network, index) =>
      index % 4 === 0 ? [] : [`n${index}: { ipv4_address: ${baseOf(index)}.${at + 10} }`],
    );
    return `  c${at}: { networks: { ${places.join(', ')} } }\n`;
  });
  const guests = containers.length === 0 ? '' : `containers:\n${containers.join('')}`;
  return `name: ${STACK}\nnetworks:\n${networks.join('')}${guests}`;
}

function bridgesSpec(count: number): string {
  const networks = Array.from({ length: count }, (_, index) => `  n${index}: { subnet: ${baseOf(index)}.0/24 }\n`);
  return `name: ${STACK}\nnetworks:\n${networks.join('')}`;
}

function hostOf(world: World, routes: number): HostFacts {
  const more: RouteFact[] = Array.from({ length: routes }, (_, index) => ({
    destination: `100.${byte(index)}.${(index * 16) & 240}/28`,
    table: String(index % 7),
    link: 'wg0',
  }));
  return {
    engine: world.engine,
    networks: world.networks.map((network) => toFoundNetwork(network, [])),
    links: { links: world.links, routes: [...world.routes, ...more], mayChange: true },
    kernel: { macvlan: 'yes', vlan: 'yes' },
    containers: Array.from({ length: CONTAINERS }, (_, at) => ({
      id: `id-of-c${at}`,
      name: `c${at}`,
      state: 'running',
      mode: 'default',
      labels: {},
    })),
  };
}

/** After an apply of bridges; the engine in memory would look at each network for each other one. */
function hostWith(loaded: LoadedSpec, routes: number): HostFacts {
  const world = makeWorld();
  for (const step of stepsOf(makePlan(loaded, new Map([['local', hostOf(world, routes)]])))) {
    if (step.op !== 'network.create') continue;
    const { name, ref, props, asked } = step;
    const body = toCreateBody(name, props, ownerLabels({ stack: STACK, ref }, asked, addedTo(asked, props)));
    const [subnet = ''] = props.ipam.config.flatMap((entry) => entry.subnet ?? []);
    const gateway = subnet.replace(/\.0\/24$/, '.1');
    const made = addNetwork(world, {
      ...body,
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway }] },
    });
    const link = `br-${(made.Id ?? '').slice(0, 12)}`;
    addLink(world, {
      name: link,
      kind: 'bridge',
      addresses: [{ address: gateway, prefixLength: 24, scope: 'global' }],
    });
    world.routes.push({ destination: subnet, table: 'main', link, source: gateway, protocol: 'kernel' });
  }
  return hostOf(world, routes);
}

export const SHAPES: readonly Shape[] = [
  {
    title: `networks of all kinds, ${(CONTAINERS * 3) / 4} addresses of containers and 5 routes to each`,
    sizes: [252, 500, 1000],
    runs: 9,
    specOf: (size) => mixedSpec(size, CONTAINERS),
    factsOf: (size) => hostOf(makeWorld(), size * 5),
    // A VLAN link and a shim for every fourth network.
    stepsOf: (size) => size * (1.5 + (CONTAINERS * 3) / 4),
  },
  {
    title: `networks of all kinds alone, ${FEW_ROUTES} routes`,
    sizes: [1000, 10_000],
    runs: 9,
    specOf: (size) => mixedSpec(size, 0),
    factsOf: () => hostOf(makeWorld(), FEW_ROUTES),
    stepsOf: (size) => size * 1.5,
  },
  {
    title: `bridges alone, ${FEW_ROUTES} routes, nothing there yet`,
    sizes: [1000, 10_000],
    runs: 9,
    specOf: bridgesSpec,
    factsOf: () => hostOf(makeWorld(), FEW_ROUTES),
    stepsOf: (size) => size,
  },
  {
    title: `bridges alone, ${FEW_ROUTES} routes, all there already`,
    sizes: [1000, 10_000],
    runs: 9,
    specOf: bridgesSpec,
    factsOf: (_size, loaded) => hostWith(loaded, FEW_ROUTES),
    stepsOf: () => 0,
  },
];
