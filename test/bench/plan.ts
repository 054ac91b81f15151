/**
 * How long the plan of a large spec, with ten addresses of containers to a network, takes against a host with many routes, and how that grows: `npx tsx test/bench/plan.ts`.
 * Prints the median of nine runs for each size, and the growth from one to the next beside that of n log n.
 */
import type { RouteFact } from '../../packages/core/src/links.js';
import type { HostFacts } from '../../packages/core/src/model.js';
import { makePlan } from '../../packages/core/src/plan/plan.js';
import { toFoundNetwork } from '../../packages/core/src/docker/map.js';
import { parseSpec } from '../../packages/core/src/spec/load.js';
import { makeWorld } from '../support/memory/world.js';

const RUNS = 9;
const LARGEST = 1000;

/** Each on three quarters of the networks. */
const CONTAINERS = 14;

const byte = (index: number): string => `${(index >> 8) & 255}.${index & 255}`;

const baseOf = (index: number): string => `10.${byte(index)}`;

/** Half of the networks are pinned, a quarter is chosen by netctl, and a quarter is on VLANs, with a shim each. */
function specOf(count: number): string {
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
  return `name: bench\nnetworks:\n${networks.join('')}containers:\n${containers.join('')}`;
}

function factsOf(routes: number): HostFacts {
  const world = makeWorld();
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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

let before: { readonly size: number; readonly plan: number; readonly parse: number } | undefined;
for (const size of [LARGEST / 4, LARGEST / 2, LARGEST]) {
  const text = specOf(size);
  const facts = factsOf(size * 5);
  const parses: number[] = [];
  const plans: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now();
    const loaded = parseSpec({ bytes: text, file: 'bench.yaml', env: {} });
    const parsed = performance.now();
    const plan = makePlan(loaded, new Map([['local', facts]]));
    plans.push(performance.now() - parsed);
    parses.push(parsed - start);
    const errors = plan.problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new Error(JSON.stringify(errors[0]));
  }
  const now = { size, plan: median(plans), parse: median(parses) };
  const growth = (one: number, other: number): string => (one / other).toFixed(2);
  const nlogn = (n: number): number => n * Math.log2(n);
  const told =
    before === undefined
      ? ''
      : `, plan ${growth(now.plan, before.plan)} times, spec ${growth(now.parse, before.parse)} times; n log n ${growth(nlogn(size), nlogn(before.size))}`;
  console.log(
    `${size} networks, ${(size * 3 * CONTAINERS) / 4} addresses of containers, ${size * 5} routes: plan ${now.plan.toFixed(0)} ms, reading the spec ${now.parse.toFixed(0)} ms${told}`,
  );
  before = now;
}
