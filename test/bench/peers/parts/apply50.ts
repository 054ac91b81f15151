import { join } from 'node:path';
import { composeMissing, composeProgram, netctl, openBed } from '../bed.js';
import { alternate, ratioOf, ratioToBest } from '../measure.js';
import type { Contestant } from '../measure.js';
import { bodiesOf, composeOf, pinned, removeNetworks, specOf } from '../networks.js';
import type { Part } from '../part.js';

const ROUNDS = 7;
const COUNT = 50;
const IMAGE = 'sleep:1';
const RAW_API = join(import.meta.dirname, '../raw-api.mjs');

/** A loop as people write it: one call of the docker CLI for each. */
const LOOP = 'while [ $# -gt 0 ]; do docker network create --subnet "$2" "$1" || exit 1; shift 2; done';

/** From none to 50 bridge networks with pinned subnets. */
export const apply50: Part = async () => {
  await using bed = await openBed();
  const { host, desk } = bed;
  await host.importImage(IMAGE, { programs: ['/bin/sleep'] });
  const networks = pinned(COUNT, 'n', 100);
  const spec = await desk.write('fifty.yaml', specOf(networks));
  const bodies = await desk.write('bodies.json', bodiesOf(networks));
  const after = (): Promise<void> => removeNetworks(host);
  const raw = (connections: number): Contestant => {
    const argv = [process.execPath, RAW_API, host.socket, bodies, String(connections)];
    return { name: `Engine API, ${String(connections)} at once`, run: () => bed.time(argv), after };
  };
  const floor = [1, 4, 16].map(raw);
  const loop = ['sh', '-c', LOOP, 'sh', ...networks.flatMap(({ name, subnet }) => [name, subnet])];
  const contestants: Contestant[] = [
    { name: 'netctl apply', run: () => bed.time(netctl('apply', spec)), after },
    ...floor,
    { name: 'docker network create', run: () => bed.time(loop), after },
  ];
  const missing = composeMissing();
  if (missing === undefined) {
    const file = await desk.write('compose.json', composeOf(networks, IMAGE));
    contestants.push({
      name: 'docker compose up --no-start',
      run: () => bed.time([composeProgram, '--file', file, 'up', '--no-start']),
      after: async () => {
        await bed.time([composeProgram, '--file', file, 'rm', '--force']);
        await after();
      },
    });
  }
  const timings = await alternate(contestants, ROUNDS);
  const ratios = [
    ratioToBest(
      timings,
      'netctl apply',
      floor.map(({ name }) => name),
      'Engine API at its best',
      1.05,
    ),
    ratioOf(timings, 'netctl apply', ['docker network create'], 1),
    ...(missing === undefined ? [ratioOf(timings, 'netctl apply', ['docker compose up --no-start'], 1)] : []),
  ];
  return [{ title: 'Making 50 bridge networks', timings, ratios, notes: missing === undefined ? [] : [missing] }];
};
