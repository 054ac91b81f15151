/**
 * How long it takes to write a large host down as a spec: `npx tsx test/bench/import.ts`. Each network has four containers
 * with an address of their own. Prints the time for each size.
 */
import { importHost } from '../../packages/core/src/apply/import.js';
import { create, memoryHost } from '../support/memory/index.js';
import type { MemoryContainer } from '../support/memory/index.js';

const CONTAINERS = 4;

for (const count of [125, 250, 500]) {
  const host = memoryHost();
  const base = (index: number): string => `10.${String(index >> 8)}.${String(index & 255)}`;
  const networks = Array.from({ length: count }, (_, index) => index);
  for (const index of networks) {
    create(host.world, {
      Name: `n${String(index)}`,
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: `${base(index)}.0/24`, IPRange: `${base(index)}.128/25` }] },
    });
  }
  host.world.containers = networks.flatMap((index) =>
    Array.from({ length: CONTAINERS }, (_, at): MemoryContainer => {
      const ip = `${base(index)}.${String(at + 10)}`;
      const settings = { IPAMConfig: { IPv4Address: ip }, Aliases: [`a${String(at)}`] };
      return {
        name: `c${String(index)}-${String(at)}`,
        state: 'running',
        networks: { [`n${String(index)}`]: { ip, settings } },
      };
    }),
  );
  const begin = performance.now();
  const { spec } = await importHost(host, { stack: 'bench' });
  const took = performance.now() - begin;
  console.log(`${String(count)} networks, ${String(spec.split('\n').length)} lines: ${took.toFixed(0)} ms`);
}
