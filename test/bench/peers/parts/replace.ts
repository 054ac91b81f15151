import { join } from 'node:path';
import type { Bed } from '../bed.js';
import { netctl, openBed } from '../bed.js';
import { alternate, ratioOf } from '../measure.js';
import type { Timing } from '../measure.js';
import type { Part } from '../part.js';

const ROUNDS = 5;
const CONTAINERS = 20;
const IMAGE = 'sleep:1';
const RAW = join(import.meta.dirname, '../raw-replace.mjs');

/** As many of a stage as netctl does at once. */
const AT_ONCE = '8';

/** A network is replaced for another label while 20 containers run on it, each with an address of its own. */
export const replace: Part = async () => {
  await using bed = await openBed();
  const { host, desk } = bed;
  await host.importImage(IMAGE, { programs: ['/bin/sleep'] });
  const specOf = (label: string): string =>
    `name: bench\nnetworks:\n  mine: { subnet: 10.130.0.0/24, labels: { round: "${label}" } }\n`;
  await bed.time(netctl('apply', await desk.write('mine.yaml', specOf('0'))));
  await host.run('docker', ['network', 'create', '--subnet', '10.131.0.0/24', 'bare']);
  const addressOf = (subnet: string, index: number): string => `${subnet}.${String(index + 10)}`;
  for (let index = 0; index < CONTAINERS; index += 1) {
    await start(bed, 'mine', `m${String(index)}`, addressOf('10.130.0', index));
    await start(bed, 'bare', `b${String(index)}`, addressOf('10.131.0', index));
  }
  let round = 0;
  const mine: number[] = [];
  const bare: number[] = [];
  const timings = await alternate(
    [
      {
        name: 'netctl apply --recreate',
        run: async () => {
          round += 1;
          const spec = await desk.write('mine.yaml', specOf(String(round)));
          const timing = await bed.time(netctl('apply', '--yes', '--recreate', '--json', spec));
          const report = JSON.parse((await bed.printed()).trim().split('\n').at(-1) ?? '') as Report;
          mine.push(Math.max(...report.moved.map(({ offMs }) => offMs)));
          return timing;
        },
      },
      {
        name: 'the same calls bare',
        run: async () => {
          round += 1;
          const containers = Array.from({ length: CONTAINERS }, (_, index) => ({
            name: `b${String(index)}`,
            config: { IPAMConfig: { IPv4Address: addressOf('10.131.0', index) } },
          }));
          const Config = [{ Subnet: '10.131.0.0/24' }];
          const body = { Name: 'bare', Driver: 'bridge', IPAM: { Config }, Labels: { round: String(round) } };
          const plan = await desk.write('bare.json', { name: 'bare', body, containers });
          const timing = await bed.time([process.execPath, RAW, host.socket, plan, AT_ONCE]);
          bare.push((JSON.parse(await bed.printed()) as { offMs: number }).offMs);
          return timing;
        },
      },
    ],
    ROUNDS,
  );
  const toOff = (values: readonly number[]): Timing[] => values.slice(1).map((wall) => ({ wall, cpu: Number.NaN }));
  const off = new Map([
    ['netctl', toOff(mine)],
    ['bare', toOff(bare)],
  ]);
  return [
    {
      title: 'Replacing a network with 20 containers',
      timings,
      ratios: [ratioOf(timings, 'netctl apply --recreate', ['the same calls bare'], 1.1)],
    },
    { title: 'The longest that a container was off', timings: off, ratios: [ratioOf(off, 'netctl', ['bare'], 1.1)] },
  ];
};

interface Report {
  readonly moved: readonly { readonly offMs: number }[];
}

async function start({ host }: Bed, network: string, name: string, ip: string): Promise<void> {
  const place = [`--network=${network}`, `--ip=${ip}`, `--name=${name}`];
  await host.run('docker', ['run', '--detach', '--init', ...place, IMAGE, '/bin/sleep', 'infinity'], {
    timeout: 120_000,
  });
}
