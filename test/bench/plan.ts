/**
 * How long it takes to read large specs and to plan for them, and how that grows:
 * `NODE_OPTIONS=--conditions=@netctl/source npx tsx test/bench/plan.ts`. For each size it prints the median of several runs, as
 * wall time and as CPU time: with other work on the machine the wall time is more, and the CPU time says what it costs.
 * CPU time counts all threads, those of the garbage collector and of the compiler among them. The first run of a
 * process is before anything is compiled. The growth from one size to the next, of CPU time, is beside that of n log n.
 */
import { makePlan, stepsOf } from '../../packages/core/src/plan/plan.js';
import { parseSpec } from '../../packages/core/src/spec/load.js';
import type { LoadedSpec } from '../../packages/core/src/spec/load.js';
import { SHAPES } from './shapes.js';
import type { Shape } from './shapes.js';

/** All in milliseconds. */
interface Time {
  readonly wall: number;
  readonly cpu: number;
}

interface Figures {
  readonly size: number;
  readonly first: Time;
  readonly plan: Time;
  readonly parse: Time;
}

function timed<T>(work: () => T): { readonly result: T; readonly time: Time } {
  const before = process.cpuUsage();
  const start = performance.now();
  const result = work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { result, time: { wall, cpu: (user + system) / 1000 } };
}

function measure({ runs, specOf, factsOf, stepsOf: expected }: Shape, size: number): Figures {
  const text = specOf(size);
  const read = (): LoadedSpec => parseSpec({ bytes: text, file: 'bench.yaml', env: {} });
  const facts = factsOf(size, read());
  const parses: Time[] = [];
  const plans: Time[] = [];
  for (let run = 0; run < runs; run += 1) {
    const loaded = timed(read);
    const plan = timed(() => makePlan(loaded.result, new Map([['local', facts]])));
    parses.push(loaded.time);
    plans.push(plan.time);
    const errors = plan.result.problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new Error(JSON.stringify(errors[0]));
    const steps = stepsOf(plan.result).length;
    if (steps !== expected(size)) throw new Error(`${steps} steps, and not ${expected(size)}`);
  }
  return { size, first: plans[0] ?? median(plans), plan: median(plans), parse: median(parses) };
}

function median(times: readonly Time[]): Time {
  const of = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return { wall: of(times.map(({ wall }) => wall)), cpu: of(times.map(({ cpu }) => cpu)) };
}

/** `plan 210 ms (CPU 240 ms)` */
function formatTime(what: string, { wall, cpu }: Time): string {
  return `${what} ${wall.toFixed(0)} ms (CPU ${cpu.toFixed(0)} ms)`;
}

/** `, plan 2.04 times, spec 2.11 times; n log n 2.22` */
function growthOf(now: Figures, before: Figures): string {
  const times = (one: number, other: number): string => (one / other).toFixed(2);
  const nlogn = (n: number): number => n * Math.log2(n);
  return `, plan ${times(now.plan.cpu, before.plan.cpu)} times, spec ${times(now.parse.cpu, before.parse.cpu)} times; n log n ${times(nlogn(now.size), nlogn(before.size))}`;
}

for (const shape of SHAPES) {
  console.log(shape.title);
  let before: Figures | undefined;
  for (const size of shape.sizes) {
    const now = measure(shape, size);
    const growth = before === undefined ? '' : growthOf(now, before);
    const parts = [
      formatTime('plan', now.plan),
      formatTime('first plan', now.first),
      formatTime('reading the spec', now.parse),
    ];
    console.log(`${String(size).padStart(7)}: ${parts.join(', ')}${growth}`);
    before = now;
  }
}
