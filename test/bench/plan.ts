/**
 * How long it takes to read large specs and to plan for them, and how that grows: `npx tsx test/bench/plan.ts`. Prints the
 * median of several runs for each size, and the growth from one to the next beside that of n log n.
 */
import type { RouteFact } from '../../packages/core/src/links.js';
import type { HostFacts } from '../../packages/core/src/model.js';
import { addedTo, ownerLabels } from '../../packages/core/src/docker/labels.js';
import { toCreateBody, toFoundNetwork } from '../../packages/core/src/docker/map.js';
import { makePlan, stepsOf } from '../../packages/core/src/plan/plan.js';
import { parseSpec } from '../../packages/core/src/spec/load.js';
import type { LoadedSpec } from '../../packages/core/src/spec/load.js';
import { addLink, addNetwork, makeWorld } from '../support/memory/world.js';
import type { World } from '../support/memory/world.js';

const STACK = 'bench';

/** A spec of some size, and a host to plan it for. */
interface Shape {
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
function mixedSpec(count: number): string {
  const network = (index: number): string => {
    if (index % 4 === 0) return `{ subnet: auto/26 }`;
    const base = baseOf(index);
    if (index % 4 !== 1) return `{ subnet: ${base}.0/24, ip_range: ${base}.128/25 }`;
    return `{ driver: macvlan, parent: eth0, vlan: ${index + 1}, subnet: ${base}.0/24, gateway: ${base}.1, ip_range: ${base}.128/25, shim: { name: s${index} } }`;
  };
  const networks = Array.from({ length: count }, (_, index) => `  n${index}: ${network(index)}\n`);
  const containers = Array.from({ length: CONTAINERS }, (_, at) => {
    const places = networks.flatMap((_network, index) =>
      index % 4 === 0 ? [] : [`n${index}: { ipv4_address: ${baseOf(index)}.${at + 10} }`],
    );
    return `  c${at}: { networks: { ${places.join(', ')} } }\n`;
  });
  return `name: ${STACK}\nnetworks:\n${networks.join('')}containers:\n${containers.join('')}`;
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

const SHAPES: readonly Shape[] = [
  {
    title: `networks of all kinds, ${(CONTAINERS * 3) / 4} addresses of containers and 5 routes to each`,
    sizes: [252, 500, 1000],
    runs: 9,
    specOf: mixedSpec,
    factsOf: (size) => hostOf(makeWorld(), size * 5),
    // A VLAN link and a shim for every fourth network.
    stepsOf: (size) => size * (1.5 + (CONTAINERS * 3) / 4),
  },
  {
    title: `bridges, ${FEW_ROUTES} routes, nothing there yet`,
    sizes: [1000, 10_000],
    runs: 5,
    specOf: bridgesSpec,
    factsOf: () => hostOf(makeWorld(), FEW_ROUTES),
    stepsOf: (size) => size,
  },
  {
    title: `bridges, ${FEW_ROUTES} routes, all there already`,
    sizes: [1000, 10_000],
    runs: 5,
    specOf: bridgesSpec,
    factsOf: (_size, loaded) => hostWith(loaded, FEW_ROUTES),
    stepsOf: () => 0,
  },
];

interface Figures {
  readonly size: number;
  readonly plan: number;
  readonly parse: number;
}

function measure({ runs, specOf, factsOf, stepsOf: expected }: Shape, size: number): Figures {
  const text = specOf(size);
  const read = (): LoadedSpec => parseSpec({ bytes: text, file: 'bench.yaml', env: {} });
  const facts = factsOf(size, read());
  const parses: number[] = [];
  const plans: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    const loaded = read();
    const parsed = performance.now();
    const plan = makePlan(loaded, new Map([['local', facts]]));
    plans.push(performance.now() - parsed);
    parses.push(parsed - start);
    const errors = plan.problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new Error(JSON.stringify(errors[0]));
    const steps = stepsOf(plan).length;
    if (steps !== expected(size)) throw new Error(`${steps} steps, and not ${expected(size)}`);
  }
  return { size, plan: median(plans), parse: median(parses) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** `, plan 2.04 times, spec 2.11 times; n log n 2.22` */
function growthOf(now: Figures, before: Figures): string {
  const times = (one: number, other: number): string => (one / other).toFixed(2);
  const nlogn = (n: number): number => n * Math.log2(n);
  return `, plan ${times(now.plan, before.plan)} times, spec ${times(now.parse, before.parse)} times; n log n ${times(nlogn(now.size), nlogn(before.size))}`;
}

for (const shape of SHAPES) {
  console.log(shape.title);
  let before: Figures | undefined;
  for (const size of shape.sizes) {
    const now = measure(shape, size);
    const growth = before === undefined ? '' : growthOf(now, before);
    console.log(
      `${String(size).padStart(7)}: plan ${now.plan.toFixed(0)} ms, reading the spec ${now.parse.toFixed(0)} ms${growth}`,
    );
    before = now;
  }
}
