/**
 * How long `netctl verify` takes for 20 bridge networks with 3 containers each, on a real engine in a throwaway host:
 * `npm run build && NODE_OPTIONS=--conditions=@netctl/source npx tsx test/bench/verify.ts [networks] [containers]`. It prints three runs,
 * each beside what Node alone takes in the same moment, since other work on the machine makes both longer.
 */
import { startLan } from '../../packages/lab/src/index.js';
import { documentOf, openDesk } from '../integration/support/netctl.js';
import { startOnLan } from '../integration/support/on-lan.js';
import { busyboxImage, startContainer } from '../integration/support/workload.js';

const [networks = 20, containers = 3] = process.argv.slice(2).map(Number);
const keys = Array.from({ length: networks }, (_, index) => `n${index + 1}`);

await using lan = await startLan({ addresses: ['192.168.1.1/24'] });
await using host = await startOnLan(lan, 'bench', '192.168.1.10');
await using desk = await openDesk(host);
const file = await desk.write('bench.yaml', {
  name: 'bench',
  networks: Object.fromEntries(keys.map((key, index) => [key, { subnet: `10.90.${index}.0/24` }])),
});
const applied = await desk.netctl(['apply', file]);
if (applied.exitCode !== 0) throw new Error(applied.stderr);
const image = await busyboxImage(host);
for (const key of keys) {
  for (let number = 1; number <= containers; number += 1) {
    await startContainer(host, { image, name: `${key}-${number}`, network: key });
  }
}

for (let run = 1; run <= 3; run += 1) {
  const alone = await timed(async () => host.run(process.execPath, ['-e', '0']));
  const verified = await timed(async () => desk.netctl(['verify', file, '--json'], { timeout: 300_000 }));
  const { passed, failed, untested } = documentOf<Record<string, number>>(verified.result);
  console.log(
    `${networks} networks with ${containers} containers each: ${(verified.ms / 1000).toFixed(1)} s, ` +
      `${(verified.ms / alone.ms).toFixed(0)} times Node alone (${alone.ms.toFixed(0)} ms); ` +
      `${passed ?? 0} passed, ${failed ?? 0} failed, ${untested ?? 0} not tested`,
  );
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const start = performance.now();
  const result = await work();
  return { result, ms: performance.now() - start };
}
