import type { Problem } from '../../problem.js';
import { formatPath } from '../path.js';
import { quote } from '../show.js';
import { linkNameFault } from './link-name.js';
import { eachNetwork, error } from './rule.js';
import type { Rule } from './rule.js';

const parentIsALink = eachNetwork(({ lan, parent, parentPath, spec, path, driver }) => {
  if (!lan) return [];
  if (parent === undefined) {
    if (spec.internal === true || spec.config_from !== undefined) return [];
    const message = `${path()} has no parent: the ${driver} driver would make a network without any way out.`;
    const hint = 'Write parent: and a link of the host, such as eth0; or internal: true if no way out is meant.';
    return [error('PARENT_REQUIRED', path(), message, hint)];
  }
  return parentProblems(parent, parentPath);
});

function parentProblems(parent: string, path: string): readonly Problem[] {
  const fault = linkNameFault(parent);
  if (fault !== undefined)
    return [error('INVALID_LINK_NAME', path, `${fault}.`, 'Write the name as ip link shows it.')];
  if (parent !== 'lo') return [];
  return [
    error(
      'PARENT_LOOPBACK',
      path,
      'The loopback link cannot carry other links.',
      'Name a link to the network, such as eth0.',
    ),
  ];
}

const vlanNeedsAParent = eachNetwork(({ spec, lan, parent, wire, path }) => {
  if (!lan || spec.vlan === undefined) return [];
  if (parent === undefined) {
    if (spec.internal !== true) return [];
    const message = `${path('vlan')} has no link to be made on.`;
    return [error('PARENT_REQUIRED', path('vlan'), message, 'Write parent: and the link that carries the VLAN.')];
  }
  const name = wire ?? '';
  if (linkNameFault(parent) !== undefined || linkNameFault(name) === undefined) return [];
  const message = `The VLAN link would be called ${quote(name)}, which is longer than the 15 bytes of a link's name.`;
  const hint = `Write vlans: { vlan${spec.vlan}: { parent: ${parent}, id: ${spec.vlan} } } beside it; this network then uses that link.`;
  return [error('VLAN_LINK_NAME_TOO_LONG', path('vlan'), message, hint)];
});

const vlansAreLinks: Rule = ({ spec }) =>
  Object.entries(spec.vlans).flatMap(([name, { parent }]) => {
    const at = formatPath(['vlans', name]);
    const parentPath = formatPath(['vlans', name, 'parent']);
    const fault = linkNameFault(name);
    const problems =
      fault === undefined ? [] : [error('INVALID_LINK_NAME', at, `${fault}.`, 'Choose a short name, such as vlan30.')];
    if (parent !== name) return [...problems, ...parentProblems(parent, parentPath)];
    return [
      ...problems,
      error(
        'VLAN_PARENT_SELF',
        parentPath,
        `The link ${quote(name)} cannot be its own parent.`,
        'Name the link that carries it.',
      ),
    ];
  });

const vlansEnd: Rule = ({ spec }) => {
  const done = new Set<string>();
  const problems: Problem[] = [];
  for (const start of Object.keys(spec.vlans)) {
    const seen: string[] = [];
    let name: string | undefined = start;
    while (name !== undefined && !done.has(name) && !seen.includes(name)) {
      seen.push(name);
      name = parentOf(spec.vlans, name);
    }
    if (name !== undefined && !done.has(name) && seen.length - seen.indexOf(name) > 1) {
      const circle = [...seen.slice(seen.indexOf(name)), name].join(' on ');
      const message = `These VLAN links are on each other in a circle: ${circle}.`;
      problems.push(
        error(
          'VLAN_CYCLE',
          formatPath(['vlans', name, 'parent']),
          message,
          'Let one of them be on a link of the host.',
        ),
      );
    }
    for (const link of seen) done.add(link);
  }
  return problems;
};

function parentOf(vlans: Readonly<Record<string, { parent: string }>>, name: string): string | undefined {
  return Object.hasOwn(vlans, name) ? vlans[name]?.parent : undefined;
}

/** The kernel drivers take a whole link each (EBUSY at container start); the engine's ipvlan, one network a link. */
const parentsAreShareable: Rule = ({ own }) => {
  const first = new Map<string, (typeof own)[number]>();
  return own.flatMap((network) => {
    const { wire, spec, driver, mode } = network;
    if (wire === undefined || (spec.config_only === true && spec.configures === undefined)) return [];
    const other = first.get(wire);
    if (other === undefined) {
      first.set(wire, network);
      return [];
    }
    const alone = [mode, other.mode].includes('passthru');
    if (driver === 'macvlan' && other.driver === 'macvlan' && !alone) return [];
    const why = alone
      ? 'the mode passthru takes a link for itself'
      : driver === other.driver
        ? 'Docker allows one ipvlan network on a link'
        : 'the kernel allows either macvlan or ipvlan on a link';
    const message = `${quote(spec.configures ?? network.key)} and ${quote(other.spec.configures ?? other.key)} cannot both be on ${wire}: ${why}.`;
    return [error('PARENT_IN_USE', network.parentPath, message, 'Give one of them a vlan, or another parent.')];
  });
};

export const linkRules: readonly Rule[] = [
  parentIsALink,
  vlanNeedsAParent,
  vlansAreLinks,
  vlansEnd,
  parentsAreShareable,
];
