import type { HostFacts, NetworkResource } from '../model.js';
import { lint } from '../problem.js';
import type { Problem } from '../problem.js';
import { MTU_OPTION } from '../spec/options.js';
import { dataPaths, overlayMtu } from './mtu.js';

/** What the engine takes where the option is not given. */
const DEFAULT_MTU = 1500;

/**
 * The option says what the link below has, and the engine believes it: too much, and full packets are cut in two by the
 * host, or lost on the way. Each host whose link is too small is told of by itself.
 */
export function overlayFits({ asked, props, path }: NetworkResource, facts: HostFacts): readonly Problem[] {
  const encrypted = asked.options['encrypted'] !== undefined;
  const given = Number(props.options[MTU_OPTION] ?? 0) || DEFAULT_MTU;
  const get = overlayMtu(given, encrypted);
  const around = encrypted ? 'VXLAN and ESP' : 'VXLAN';
  const paths = dataPaths(facts);
  // What fits here may not fit elsewhere, and one value is for all.
  const least = overlayMtu(Math.min(...paths.map(({ mtu }) => mtu)), encrypted);
  return paths
    .filter(({ mtu }) => given > mtu)
    .map(({ host, link, mtu }) => {
      const fit = overlayMtu(mtu, encrypted);
      const message = `containers would get an MTU of ${get}, and ${fit} fit: the link ${link} below has ${mtu}, and ${around} goes around each packet`;
      const found = lint('MTU_ABOVE_UNDERLAY', `${path}.mtu`, message, `Write \`mtu: auto\`, or \`mtu: ${least}\`.`);
      return host === undefined ? found : { ...found, host };
    });
}
