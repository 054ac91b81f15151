import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cache, netctl, openBed } from '../bed.js';
import { alternate, ratioOf } from '../measure.js';
import type { Contestant, Timings } from '../measure.js';
import { pinned, removeNetworks, specOf } from '../networks.js';
import type { Part } from '../part.js';

const ROUNDS = 1;
const COUNT = 50;
const ROOT = join(cache, 'ansible');

/** community.docker in a loop of one task, on the same engine; a part of its own, since a run takes a quarter of a minute. */
export const ansible: Part = async () => {
  const title = 'Ansible, 50 bridge networks';
  if (!existsSync(join(ROOT, 'usr/bin/ansible-playbook'))) {
    return [{ title, notes: [`no Ansible in ${ROOT}: scripts/bench could not fetch it`] }];
  }
  await using bed = await openBed();
  const networks = pinned(COUNT, 'n', 100);
  const spec = await bed.desk.write('fifty.yaml', specOf(networks));
  const playbook = await bed.desk.write('play.yaml', playOf(networks));
  const env = { PYTHONPATH: join(ROOT, 'usr/lib/python3/dist-packages'), ANSIBLE_LOCALHOST_WARNING: 'False' };
  const play = ['/usr/bin/python3', join(ROOT, 'usr/bin/ansible-playbook'), '--inventory', 'localhost,', playbook];
  const contestants = (after?: () => Promise<void>): readonly Contestant[] => [
    { name: 'netctl apply', run: () => bed.time(netctl('apply', spec)), ...(after && { after }) },
    { name: 'Ansible', run: () => bed.time(play, env), ...(after && { after }) },
  ];
  const ratiosOf = (timings: Timings) => [ratioOf(timings, 'netctl apply', ['Ansible'])];
  const made = await alternate(
    contestants(() => removeNetworks(bed.host)),
    ROUNDS,
  );
  await bed.time(netctl('apply', spec));
  // It finds networks as it wants them whoever made them.
  const again = await alternate(contestants(), ROUNDS);
  return [
    { title: `${title}: making them`, timings: made, ratios: ratiosOf(made) },
    { title: `${title}: nothing to do`, timings: again, ratios: ratiosOf(again) },
  ];
};

/** A playbook, as JSON. */
function playOf(networks: ReturnType<typeof pinned>): object {
  const task = {
    name: 'networks',
    'community.docker.docker_network': { name: '{{ item.name }}', ipam_config: [{ subnet: '{{ item.subnet }}' }] },
    loop: networks,
  };
  return [{ hosts: 'localhost', connection: 'local', gather_facts: false, tasks: [task] }];
}
