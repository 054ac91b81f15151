/**
 * How long the plan of many hosts takes in memory, and what it needs: 200 hosts of one swarm with 50 networks each, one in
 * ten of them an overlay, the first apply and a look at what is as it should be: `npx tsx test/bench/hosts.ts`.
 */
import { lookAround } from '../../packages/core/src/apply/hosts.js';
import { makePlan, stepsOf } from '../../packages/core/src/plan/plan.js';
import { parseSpec } from '../../packages/core/src/spec/load.js';
import { memoryHost } from '../support/memory/index.js';

const HOSTS = 200;
const NETWORKS = 50;
const RUNS = 5;

const names = Array.from({ length: HOSTS }, (_, index) => `node${String(index)}`);
const network = (index: number): string =>
  index % 10 === 0
    ? `{ driver: overlay, attachable: true, subnet: 10.100.${String(index)}.0/24 }`
    : `{ subnet: 10.5.${String(index)}.0/24 }`;
const text = [
  'name: bench',
  'hosts:',
  ...names.map((name) => `  ${name}: { docker: "unix:///${name}" }`),
  `swarm: { managers: [${names.slice(0, 3).join(', ')}], workers: [${names.slice(3).join(', ')}] }`,
  'networks:',
  ...Array.from({ length: NETWORKS }, (_, index) => `  n${String(index)}: ${network(index)}`),
].join('\n');

const loaded = parseSpec({ bytes: text, file: 'bench.yaml', env: {} });
const hosts = new Map(names.map((name) => [name, memoryHost({ engine: { name } })]));
const { observed } = await lookAround(loaded, hosts, {});
const before = process.memoryUsage().heapUsed;
const times: number[] = [];
let steps = 0;
let most = 0;
for (let run = 0; run < RUNS; run += 1) {
  const start = process.cpuUsage();
  steps = stepsOf(makePlan(loaded, observed)).length;
  const { user, system } = process.cpuUsage(start);
  times.push((user + system) / 1000);
  most = Math.max(most, process.memoryUsage().heapUsed - before);
}
const median = times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
const mebibytes = (bytes: number): string => `${String(Math.round(bytes / 2 ** 20))} MiB`;
console.log(`${String(HOSTS)} hosts, ${String(NETWORKS)} networks: ${String(steps)} steps to make`);
console.log(
  `  plan ${median.toFixed(0)} ms of CPU, ${mebibytes(most)} more of heap, ${mebibytes(process.resourceUsage().maxRSS * 1024)} in all`,
);
