import type { Problem } from '../../problem.js';
import { vlanLinkName } from '../facts.js';
import { formatPath } from '../path.js';
import { quote } from '../show.js';
import { linkNameFault } from './link-name.js';
import { eachNetwork, error } from './rule.js';
import type { Rule, RuleContext } from './rule.js';

/** A link that the spec asks for; `same` tells whether two asks mean one link. */
interface Wanted {
  readonly name: string;
  readonly same: string;
  readonly path: string;
  readonly vlan?: { readonly parent: string; readonly id: number };
}

/** The name of a network's shim: `shim.name`, or made from the key of the network. */
export function shimName(key: string, shim: boolean | { readonly name?: string | undefined }): string {
  return (typeof shim === 'object' ? shim.name : undefined) ?? `${key}-shim`;
}

const shimNamesAreLinks = eachNetwork(({ key, spec, lan, path }) => {
  if (!lan || spec.shim === undefined || spec.shim === false) return [];
  const fault = linkNameFault(shimName(spec.configures ?? key, spec.shim));
  if (fault === undefined) return [];
  const named = typeof spec.shim === 'object' && spec.shim.name !== undefined;
  const message = named ? `${fault}.` : `The default name of the shim does not fit: ${fault}.`;
  const hint = named ? 'Choose a short name, such as lan-shim.' : 'Write shim: { name: … } with a short name.';
  return [error('INVALID_LINK_NAME', named ? path('shim', 'name') : path('shim'), message, hint)];
});

function wanted({ spec, own }: RuleContext): readonly Wanted[] {
  const links: Wanted[] = Object.entries(spec.vlans).map(([name, { parent, id }]) => {
    return { name, same: `vlan ${parent} ${id}`, path: formatPath(['vlans', name]), vlan: { parent, id } };
  });
  for (const { key, spec: network, driver, lan, parent, parentPath, wire, mode, path } of own) {
    const bridge = network.driver_opts?.['com.docker.network.bridge.name'];
    if (driver === 'bridge' && bridge !== undefined && bridge !== '') {
      const at = path('driver_opts', 'com.docker.network.bridge.name');
      links.push({ name: bridge, same: `bridge ${key}`, path: at });
    }
    if (!lan) continue;
    if (parent !== undefined && network.vlan !== undefined) {
      const vlan = { parent, id: network.vlan };
      const name = vlanLinkName(spec.vlans, parent, network.vlan);
      links.push({ name, same: `vlan ${parent} ${network.vlan}`, path: path('vlan'), vlan });
    }
    const dotted = /^(.+)\.(\d{1,4})$/.exec(parent ?? '');
    if (parent !== undefined && dotted?.[1] !== undefined && !Object.hasOwn(spec.vlans, parent)) {
      const vlan = { parent: dotted[1], id: Number(dotted[2]) };
      links.push({ name: parent, same: `vlan ${vlan.parent} ${vlan.id}`, path: parentPath, vlan });
    }
    if (network.shim !== undefined && network.shim !== false) {
      // Networks on one wire may share a shim.
      const same = `shim ${wire ?? ''} ${driver} ${mode ?? ''}`;
      links.push({ name: shimName(network.configures ?? key, network.shim), same, path: path('shim') });
    }
  }
  return links;
}

/** One name is one link, and one VLAN id on one parent has one name (vlan_check_real_dev answers EEXIST). */
const linksAreDistinct: Rule = (context) => {
  const names = new Map<string, Wanted>();
  const vlans = new Map<string, Wanted>();
  const problems: Problem[] = [];
  for (const link of wanted(context)) {
    const namesake = names.get(link.name);
    const twin = link.vlan === undefined ? undefined : vlans.get(link.same);
    if (namesake !== undefined && namesake.same !== link.same) {
      const message = `Two links have the name ${quote(link.name)}: the other is ${namesake.path}.`;
      problems.push(error('DUPLICATE_LINK', link.path, message, 'Give one of them another name.'));
    } else if (twin !== undefined && twin.name !== link.name && link.vlan !== undefined) {
      const { parent, id } = link.vlan;
      const message = `VLAN ${id} on ${parent} has two names, ${quote(twin.name)} (${twin.path}) and ${quote(link.name)}; the kernel allows one.`;
      problems.push(
        error('DUPLICATE_VLAN', link.path, message, `Write parent: ${twin.name} wherever it is meant, without vlan.`),
      );
    }
    if (namesake === undefined) names.set(link.name, link);
    if (link.vlan !== undefined && twin === undefined) vlans.set(link.same, link);
  }
  const parents = new Set(context.own.map(({ parent }) => parent));
  for (const link of [...names.values()].filter(({ same }) => same.startsWith('shim '))) {
    if (!parents.has(link.name)) continue;
    const message = `${quote(link.name)} is the name of a shim and of a parent.`;
    problems.push(error('DUPLICATE_LINK', link.path, message, 'Give the shim another name.'));
  }
  return problems;
};

export const linkNameRules: readonly Rule[] = [shimNamesAreLinks, linksAreDistinct];
