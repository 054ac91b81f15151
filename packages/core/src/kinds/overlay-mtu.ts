import type { HostFacts, NetworkResource } from '../model.js';
import { lint } from '../problem.js';
import type { Problem } from '../problem.js';
import { MTU_OPTION } from '../spec/options.js';
import { dataPathMtu, overlayMtu } from './mtu.js';

/** What the engine takes where the option is not given. */
const DEFAULT_MTU = 1500;

/**
 * The option says what the link below has, and the engine believes it: too much, and full packets are lost (there is no
 * fragmentation of VXLAN). Only this node's link can be seen.
 */
export function overlayFits({ asked, props, path }: NetworkResource, facts: HostFacts): readonly Problem[] {
  const below = dataPathMtu(facts);
  if (below === undefined) return [];
  const encrypted = asked.options['encrypted'] !== undefined;
  const given = Number(props.options[MTU_OPTION] ?? 0) || DEFAULT_MTU;
  const get = overlayMtu(given, encrypted);
  const fit = overlayMtu(below, encrypted);
  const around = encrypted ? 'VXLAN and ESP' : 'VXLAN';
  if (given <= below) return [];
  const message = `containers would get an MTU of ${get}, and ${fit} fit: the link below has ${below}, and ${around} goes around each packet`;
  return [lint('MTU_ABOVE_UNDERLAY', `${path}.mtu`, message, `Write \`mtu: auto\`, or \`mtu: ${fit}\`.`)];
}
