import { parseAddress } from '../../addresses/prefix.js';
import type { ProblemCode } from '../../codes.js';
import type { Problem } from '../../problem.js';
import { attachmentsOf, INTERFACE_OPTION, macOf } from '../containers.js';
import type { AttachmentFacts } from '../containers.js';
import type { NetworkFacts } from '../facts.js';
import { canonicalMac } from '../mac.js';
import { formatPath } from '../path.js';
import { list, quote } from '../show.js';
import { suggest } from '../suggest.js';
import { linkNameFault } from './link-name.js';
import { error } from './rule.js';
import type { Rule } from './rule.js';
import { addressCure } from './written.js';

/** What an engine takes for the name of a container (moby, daemon/names). */
const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

const containersCanBeFound: Rule = ({ spec }) =>
  Object.entries(spec.containers).flatMap(([key, { select }]): readonly Problem[] => {
    const path = (...segments: readonly string[]): string => formatPath(['containers', key, ...segments]);
    const problems: Problem[] = [];
    if (select === undefined && !CONTAINER_NAME.test(key)) {
      const hint = 'Write the name that `docker ps` shows, or choose by label: select: { label: KEY=value }.';
      problems.push(error('INVALID_NAME', path(), nameFault(key), hint));
    }
    if (select?.label.startsWith('=') === true) {
      const message = `${quote(select.label)} has no key.`;
      problems.push(error('INVALID_VALUE', path('select', 'label'), message, 'Write KEY=value, or KEY alone.'));
    }
    return problems;
  });

function nameFault(key: string): string {
  return /^[a-zA-Z0-9]$/.test(key)
    ? `${quote(key)} is too short: a name has two characters or more in Docker ([a-zA-Z0-9][a-zA-Z0-9_.-]+).`
    : `${quote(key)} is neither the name of a container nor the beginning of an id.`;
}

/** A rule that looks at one attachment at a time, and at its network where that is in the spec. */
function eachAttachment(look: (one: AttachmentFacts, network: NetworkFacts) => readonly Problem[]): Rule {
  return ({ spec, byKey }) =>
    attachmentsOf(spec).flatMap((one) => {
      const network = byKey.get(one.network);
      return network === undefined ? [] : look(one, network);
    });
}

const networksAreThere: Rule = ({ spec, networks, byKey, keys }) =>
  attachmentsOf(spec).flatMap(({ network, path }) => {
    if (byKey.has(network) || keys.includes(network)) return [];
    const byName = networks.find(({ name }) => name === network)?.key;
    const meant = byName ?? suggest(network, keys);
    const known = keys.length === 0 ? 'The file has no networks.' : `The networks here are ${list(keys)}.`;
    const hint =
      meant === undefined
        ? `${known} One that netctl does not make is written with external: true.`
        : `Did you mean ${meant}?`;
    return [error('UNKNOWN_NETWORK', path(), `There is no network ${quote(network)} in this file.`, hint)];
  });

const networksTakeContainers = eachAttachment(({ path, spec }, network) => {
  const { name, driver, swarm, external } = network;
  const at = network.spec;
  if (name === 'host' || name === 'none' || driver === 'host' || driver === 'null') {
    const message = `No container can be connected to ${quote(name)}: it is a mode that a container is made with.`;
    return [error('NETWORK_TAKES_NOBODY', path(), message, 'Remove it.')];
  }
  if (at.config_only === true) {
    const message = `${network.path()} is only a configuration: nobody can be on it.`;
    return [error('NETWORK_TAKES_NOBODY', path(), message, 'Name the network that is made from it.')];
  }
  if (at.ingress === true) {
    const message = `${network.path()} is the routing mesh of the swarm, which takes no containers.`;
    return [error('NETWORK_TAKES_NOBODY', path(), message, 'Name another network.')];
  }
  if (swarm && !external && at.attachable !== true) {
    const message = `${network.path()} is not attachable: only services of the swarm can be on it.`;
    return [error('NETWORK_TAKES_NOBODY', path(), message, `Add attachable: true to ${network.path()}.`)];
  }
  // moby, daemon/container_operations.go: "user-defined networks only"
  if (name !== 'bridge') return [];
  return (['ipv4_address', 'ipv6_address', 'aliases'] as const)
    .filter((key) => spec[key] !== undefined)
    .map((key) =>
      error('DEFAULT_BRIDGE', path(key), `The default bridge of Docker takes no ${key}.`, 'Use a network of your own.'),
    );
});

const valuesAreReadable = eachAttachment(({ spec, path }, { driver }) => {
  const problems: Problem[] = [];
  const against = (code: ProblemCode, at: string, message: string, hint: string): void => {
    problems.push(error(code, at, message, hint));
  };
  for (const [index, text] of (spec.link_local_ips ?? []).entries()) {
    if (parseAddress(text) !== undefined) continue;
    against('INVALID_ADDRESS', path('link_local_ips', index), `${quote(text)} is not an address.`, addressCure(text));
  }
  const mac = macOf(spec);
  const macPath = path(spec.mac === undefined ? 'mac_address' : 'mac');
  if (mac !== undefined && mac !== 'stable' && canonicalMac(mac) === undefined) {
    const hint = 'Write stable, or six bytes such as 02:42:c0:a8:01:b4, of which the first is even.';
    against('INVALID_MAC', macPath, `${quote(mac)} is not the MAC address of one station.`, hint);
  } else if (mac !== undefined && driver === 'ipvlan') {
    against(
      'MAC_OF_PARENT',
      macPath,
      'On ipvlan every container has the MAC of the parent.',
      'Remove it, or use macvlan.',
    );
  }
  if (spec.mac !== undefined && spec.mac_address !== undefined) {
    against('SAID_TWICE', path('mac'), 'mac and mac_address are the same.', 'Remove one of the two.');
  }
  if (spec.default_route !== undefined && spec.gw_priority !== undefined) {
    against('SAID_TWICE', path('default_route'), 'default_route stands for a gw_priority.', 'Remove one of the two.');
  }
  if (spec.interface_name !== undefined) {
    const fault = linkNameFault(spec.interface_name);
    if (fault !== undefined)
      against('INVALID_LINK_NAME', path('interface_name'), `${fault}.`, 'Write a name such as lan0.');
    if (spec.driver_opts?.[INTERFACE_OPTION] !== undefined) {
      against(
        'SAID_TWICE',
        path('interface_name'),
        `interface_name stands for ${INTERFACE_OPTION}.`,
        'Remove one of the two.',
      );
    }
  }
  for (const key of Object.keys(spec.driver_opts ?? {})) {
    if (!key.startsWith('io.netctl.')) continue;
    const message = `The option ${quote(key)} is one by which netctl marks what it made.`;
    against('RESERVED_LABEL', path('driver_opts', key), message, 'Remove it; netctl sets its own.');
  }
  return problems;
});

/** What one container cannot have twice. */
const placesFitTogether: Rule = ({ spec }) =>
  Object.entries(spec.containers).flatMap(([key, { networks }]) => {
    const all = attachmentsOf({ containers: { [key]: { networks } } });
    const first = all.find((one) => one.spec.default_route === true);
    const routes = all.filter((one) => one.spec.default_route === true && one !== first);
    const names = all.map((one) => one.spec.interface_name);
    return [
      ...routes.map(({ path }) => {
        const message = `${quote(key)} has its default route by ${quote(first?.network ?? '')} already.`;
        return error('DEFAULT_ROUTE_TWICE', path('default_route'), message, 'Say it of one network.');
      }),
      ...all
        .filter(({ spec: { interface_name: name } }, index) => name !== undefined && names.indexOf(name) < index)
        .map(({ spec: { interface_name: name = '' }, path }) => {
          const message = `${quote(key)} has two interfaces called ${quote(name)}.`;
          return error('INTERFACE_TWICE', path('interface_name'), message, 'Give one of them another name.');
        }),
    ];
  });

export const containerRules: readonly Rule[] = [
  containersCanBeFound,
  networksAreThere,
  networksTakeContainers,
  valuesAreReadable,
  placesFitTogether,
];
