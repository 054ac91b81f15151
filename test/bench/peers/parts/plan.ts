import { netctl, openBed } from '../bed.js';
import { alternate, ratioOf } from '../measure.js';
import { pinned, specOf } from '../networks.js';
import type { Part } from '../part.js';

const ROUNDS = 30;

/** A plan with nothing to do: what a script asks for before anything else. */
export const plan: Part = async () => {
  await using bed = await openBed();
  const file = await bed.desk.write('one.yaml', specOf(pinned(1, 'n', 100)));
  await bed.time(netctl('apply', file));
  const timings = await alternate(
    [
      { name: 'netctl plan --json', run: () => bed.time(netctl('plan', '--json', file)) },
      { name: 'docker network ls', run: () => bed.time(['docker', 'network', 'ls']) },
      { name: 'node -e 0', run: () => bed.time([process.execPath, '-e', '0']) },
    ],
    ROUNDS,
  );
  const ratios = [ratioOf(timings, 'netctl plan --json', ['docker network ls', 'node -e 0'], 2)];
  return [{ title: 'Plan with nothing to do, 1 network', timings, ratios }];
};
