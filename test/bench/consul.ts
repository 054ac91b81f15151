/**
 * What a full reconcile costs that has nothing to do, beside what registering all of it costs, with a real agent:
 * `npx tsx --conditions=@netctl/source test/bench/consul.ts`.
 */
import { connectConsul, reconcile } from '@netctl/consul';
import { startAgent } from '../consul/support/agent.js';
import { counting } from '../consul/support/counting.js';
import { owner, services } from '../consul/support/services.js';

const COUNT = 500;
const RUNS = 9;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function bench(): Promise<void> {
  await using agent = await startAgent();
  await using real = await connectConsul({ env: {}, address: agent.http });
  const { consul, calls } = counting(real);
  const wanted = services(COUNT);
  const first = await timed(async () => reconcile(consul, wanted, owner));
  const before = calls();
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    times.push(
      await timed(async () => {
        const { unchanged } = await reconcile(consul, wanted, owner);
        if (unchanged.length !== COUNT) throw new Error(`${unchanged.length} unchanged, and not ${COUNT}`);
      }),
    );
  }
  times.sort((a, b) => a - b);
  const [fastest = 0, median = 0, slowest = 0] = [0, Math.floor(RUNS / 2), RUNS - 1].map((at) => times[at]);
  console.log(`${COUNT} services registered: ${first.toFixed(0)} ms, ${before} calls`);
  console.log(
    `all of them unchanged: ${median.toFixed(0)} ms (${fastest.toFixed(0)} to ${slowest.toFixed(0)}), ` +
      `${(calls() - before) / RUNS} calls; ${(first / median).toFixed(0)} times as fast`,
  );
}

await bench();
