import { lint } from '../problem.js';
import { isKeptAtBoot } from '../persist/kept.js';
import type { NetworkKind } from './kind.js';

/**
 * Docker makes a missing `eth0.30` when it starts (moby, macvlan and ipvlan drivers, populateNetworks) and takes it for
 * its own from then on. One that somebody else makes at boot, before Docker, is nobody's concern here,
 * and neither is one that `netctl persist` has the host make.
 */
export const dottedParent: NetworkKind['check'] = ({ asked, requires, path }, { facts, stack }) => {
  const parent = asked.options['parent'] ?? '';
  // With a second dot Docker does not make it, and refuses the network.
  const dotted = /^([^.]+)\.(\d+)$/.exec(parent);
  if (dotted === null || !requires.includes(`link:${parent}`)) return [];
  if (isKeptAtBoot(facts.links?.persisted ?? [], stack, parent)) return [];
  const message = `${parent} is netctl's, and a reboot takes it away: Docker then makes it again, without the mark of netctl, and deletes it with the network`;
  const cure = `Write \`parent: ${dotted[1] ?? ''}\` and \`vlan: ${dotted[2] ?? ''}\`, for a link that Docker leaves alone; or have the host make ${parent} at boot, before Docker starts: netctl persist.`;
  return [lint('DOTTED_PARENT', `${path}.parent`, message, cure)];
};
