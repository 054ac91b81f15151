import type { LintCode } from '../codes.js';
import { lint } from '../problem.js';
import type { Problem } from '../problem.js';
import type { CheckContext } from './kind.js';
import { platformOf } from './machine.js';
import { hardwareOf, stackOf } from './stack.js';
import type { Links } from './stack.js';

/** Why the wire below a link may not let the MAC addresses of macvlan through. */
export interface MacFilter {
  readonly code: LintCode;
  readonly message: string;
  readonly cure: string;
}

/** macvlan gives each container a MAC address of its own, and not every wire lets them through. */
export function macFilter(parent: string, path: string, { links }: CheckContext): readonly Problem[] {
  const filter = macFilterOf(parent, links);
  return filter === undefined ? [] : [lint(filter.code, path, filter.message, filter.cure)];
}

export function macFilterOf(parent: string, links: Links): MacFilter | undefined {
  const wireless = stackOf(parent, links).find((link) => link.wireless);
  if (wireless !== undefined) {
    const message = `${wireless.name} is a Wi-Fi link, and an access point accepts one MAC address per station`;
    return { code: 'WIFI_PARENT', message, cure: 'Use ipvlan in mode l2, or a wired link.' };
  }
  const platform = platformOf(links.facts.links?.machine);
  // What leads to no hardware stays inside the machine.
  if (platform === undefined || hardwareOf(parent, links).length === 0) return undefined;
  const { name, setting } = platform;
  if (setting === undefined) {
    const message = `this machine is one of ${name}, which drops packets of any MAC address but the machine's own`;
    const cure = 'Use a bridge or an overlay network, or ipvlan with addresses that the cloud gave to this machine.';
    return { code: 'CLOUD_FILTERS_MAC', message, cure };
  }
  const message = `this machine is one of ${name}, which drops packets of other MAC addresses unless it is told not to`;
  const cure = `${setting} Then write \`ignore: [HYPERVISOR_FILTERS_MAC]\`; or use ipvlan.`;
  return { code: 'HYPERVISOR_FILTERS_MAC', message, cure };
}
