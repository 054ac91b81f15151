import { composeMissing, composeProgram, netctl, openBed } from '../bed.js';
import { alternate, ratioOf } from '../measure.js';
import type { Contestant } from '../measure.js';
import { composeOf, pinned, specOf } from '../networks.js';
import type { Part } from '../part.js';

const ROUNDS = 20;
const COUNT = 50;
const IMAGE = 'sleep:1';

/** Each has made its own 50 networks, and finds all of them as they should be. */
export const noop: Part = async () => {
  await using bed = await openBed();
  await bed.host.importImage(IMAGE, { programs: ['/bin/sleep'] });
  const spec = await bed.desk.write('fifty.yaml', specOf(pinned(COUNT, 'n', 100)));
  await bed.time(netctl('apply', spec));
  const contestants: Contestant[] = [{ name: 'netctl apply', run: () => bed.time(netctl('apply', spec)) }];
  const missing = composeMissing();
  if (missing === undefined) {
    const file = await bed.desk.write('compose.json', composeOf(pinned(COUNT, 'c', 110), IMAGE));
    const up = [composeProgram, '--file', file, 'up', '--no-start'];
    await bed.time(up);
    contestants.push({ name: 'docker compose up --no-start', run: () => bed.time(up) });
  }
  const timings = await alternate(contestants, ROUNDS);
  const ratios = missing === undefined ? [ratioOf(timings, 'netctl apply', ['docker compose up --no-start'], 1)] : [];
  const notes = missing === undefined ? [] : [missing];
  return [{ title: 'Nothing to do, 50 networks', timings, ratios, notes }];
};
