import { composeMissing, composeProgram, netctl, openBed } from '../bed.js';
import type { Bed } from '../bed.js';
import { milliseconds } from '../markdown.js';
import { spreadOf } from '../measure.js';
import type { Timing } from '../measure.js';
import { composeOf, pinned, specOf } from '../networks.js';
import type { Part } from '../part.js';

const SIZES = [10, 100, 300, 1000];
const IMAGE = 'sleep:1';
const LOOKS = 5;

/** No size is begun after this. */
const LONGEST_MS = 8 * 60_000;

/** One engine that gets more and more networks: what each one takes more, and what a look at all of them takes. */
export const scale: Part = async () => {
  await using bed = await openBed();
  await bed.host.importImage(IMAGE, { programs: ['/bin/sleep'] });
  const begun = performance.now();
  const rows: string[][] = [];
  const notes: string[] = [];
  let made = 0;
  for (const size of SIZES) {
    if (performance.now() - begun > LONGEST_MS) {
      notes.push(
        `${String(size)} networks were not begun: it took longer than ${String(LONGEST_MS / 60_000)} minutes.`,
      );
      break;
    }
    const spec = await bed.desk.write('scale.yaml', specOf(pinned(size, 'n', 140)));
    const apply = await bed.time(netctl('apply', spec));
    const looks = await several(bed, netctl('apply', spec));
    const lists = await several(bed, ['docker', 'network', 'ls']);
    const each = apply.wall / (size - made);
    rows.push([
      String(size),
      `${milliseconds(each)} ms`,
      `${milliseconds(looks.wall)} ms (CPU ${milliseconds(looks.cpu)} ms)`,
      `${milliseconds(lists.wall)} ms`,
      await composeLooks(bed, size),
      await rules(bed),
    ]);
    made = size;
  }
  const head = [
    'networks',
    'each of the new ones',
    'apply, nothing to do',
    '`docker network ls`',
    'Compose looks at 10',
    'iptables rules',
  ];
  notes.push(await withoutSubnet(bed));
  return [{ title: 'Scale', table: { head, rows }, notes }];
};

async function several(bed: Bed, argv: readonly string[]): Promise<Timing> {
  const times: Timing[] = [];
  for (let look = 0; look < LOOKS; look += 1) times.push(await bed.time(argv));
  return { wall: spreadOf(times.map(({ wall }) => wall)).median, cpu: spreadOf(times.map(({ cpu }) => cpu)).median };
}

/** Ten of its own among all those. */
async function composeLooks(bed: Bed, size: number): Promise<string> {
  if (composeMissing() !== undefined) return '';
  const file = await bed.desk.write('compose.json', composeOf(pinned(10, 'c', 150), IMAGE));
  const up = [composeProgram, '--file', file, 'up', '--no-start'];
  if (size === SIZES[0]) await bed.time(up);
  return `${milliseconds((await several(bed, up)).wall)} ms`;
}

/** How many networks the engine has room for where nobody names a subnet, and what it says then. */
async function withoutSubnet({ host }: Bed): Promise<string> {
  for (let count = 0; ; count += 1) {
    const { exitCode, stderr } = await host.run('docker', ['network', 'create', `u${String(count)}`], {
      reject: false,
    });
    if (exitCode !== 0) return `Without a subnet the engine makes ${String(count)} more, and then says: ${stderr}`;
  }
}

async function rules({ host }: Bed): Promise<string> {
  const { stdout } = await host.run('iptables-save');
  return String(stdout.split('\n').filter((line) => line.startsWith('-A')).length);
}
