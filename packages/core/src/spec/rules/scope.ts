import type { Problem } from '../../problem.js';
import type { NetworkFacts } from '../facts.js';
import type { NetworkSpec } from '../schema.js';
import { quote } from '../show.js';
import { suggest } from '../suggest.js';
import { eachNetwork, error } from './rule.js';
import type { Rule } from './rule.js';

/** What only a network in use can have (moby daemon: "operator fields"). */
const OPERATOR_KEYS = ['internal', 'attachable', 'ingress', 'scope'] as const;
const CONFIGURATION_KEYS = [
  ...([
    'driver_opts',
    'enable_ipv4',
    'enable_ipv6',
    'ipam',
    'labels',
    'parent',
    'mode',
    'vlan',
    'subnet',
    'gateway',
  ] as const),
  ...(['ip_range', 'reserve', 'shim', 'encrypted', 'mtu'] as const),
];

const configOnlyIsConfiguration = eachNetwork(({ spec, path }) =>
  spec.config_only !== true
    ? []
    : OPERATOR_KEYS.filter((key) => spec[key] !== undefined && spec[key] !== false).map((key) => {
        const message = `${path(key)} cannot be part of a configuration network.`;
        return error('CONFIG_ONLY_WITH_KEYS', path(key), message, 'Write it at the network that has config_from.');
      }),
);

const configFromHasNoConfiguration = eachNetwork((network) => {
  const { spec, path } = network;
  if (spec.config_from === undefined) return [];
  const problems: Problem[] = CONFIGURATION_KEYS.filter((key) => spec[key] !== undefined).map((key) => {
    const message = `${path(key)} cannot be said here: the network takes it from ${quote(spec.config_from ?? '')}.`;
    return error('CONFIG_FROM_WITH_KEYS', path(key), message, 'Write it at the configuration network.');
  });
  if (spec.config_only === true) {
    const message = 'A configuration network cannot take its configuration from another one.';
    problems.push(error('CONFIG_FROM_WITH_KEYS', path('config_only'), message, 'Remove config_only or config_from.'));
  }
  return problems;
});

/** One that the spec does not have may exist on the host, so only a wrong one is an error. */
const configFromNamesAConfiguration: Rule = ({ own, networks }) =>
  own.flatMap(({ key, spec, path }) => {
    if (spec.config_from === undefined) return [];
    const target =
      networks.find((other) => other.name === spec.config_from) ??
      networks.find((other) => other.key === spec.config_from);
    if (target === undefined) return [];
    if (target.external || (target.spec.config_only === true && target.key !== key)) return [];
    const message = `${quote(spec.config_from)} is not a configuration network.`;
    return [error('CONFIG_FROM_TARGET', path('config_from'), message, `Add config_only: true to ${target.path()}.`)];
  });

const scopeFitsTheDriver = eachNetwork((network) => {
  const { spec, driver, swarm, path } = network;
  const problems: Problem[] = [];
  if (driver === 'overlay' && spec.scope === 'local') {
    const message = 'An overlay network exists in the whole swarm, and cannot be local.';
    problems.push(error('SCOPE_NOT_FOR_DRIVER', path('scope'), message, 'Remove scope.'));
  }
  if (spec.scope === 'swarm' && driver !== 'overlay' && spec.config_from === undefined) {
    problems.push(...lostInSwarm(network));
  }
  if (swarm && spec.enable_ipv4 === false) {
    problems.push(
      error('SWARM_NEEDS_IPV4', path('enable_ipv4'), 'A swarm network cannot be without IPv4.', 'Remove it.'),
    );
  }
  return problems;
});

/** Addresses and options of a swarm network with a local driver are accepted by the engine, and lost. */
function lostInSwarm({ spec, path, driver, lan }: NetworkFacts): readonly Problem[] {
  const lost = CONFIGURATION_KEYS.filter((key: keyof NetworkSpec) => key !== 'labels' && spec[key] !== undefined);
  if (lost.length === 0 && !lan) return [];
  const message = `A ${driver} network of scope swarm takes its addresses and options from a configuration network on each host.`;
  const hint = lan
    ? 'Name the hosts (hosts: and swarm:), and each gets one of its own; or write a network with config_only: true, and name it here in config_from.'
    : 'Move them to a network with config_only: true, and name it here in config_from.';
  return [error('SWARM_NEEDS_CONFIG_FROM', path('scope'), message, hint)];
}

const ingressIsAlone = eachNetwork(({ spec, path }) =>
  spec.ingress === true && spec.attachable === true
    ? [
        error(
          'INGRESS_ATTACHABLE',
          path('attachable'),
          'The ingress network cannot be attachable.',
          'Remove attachable.',
        ),
      ]
    : [],
);

const isolationIsPossible: Rule = ({ own, networks, keys }) =>
  own.flatMap((network) =>
    (network.spec.isolated_from ?? []).flatMap((name, index) => {
      const path = network.path('isolated_from', index);
      if (name === network.key) {
        return [
          error('ISOLATED_FROM_ITSELF', path, 'A network cannot be isolated from itself.', 'Name another network.'),
        ];
      }
      if (!keys.includes(name)) {
        const meant = suggest(name, keys);
        const hint = meant === undefined ? 'Name networks by their keys.' : `Did you mean ${meant}?`;
        return [error('ISOLATED_FROM_UNKNOWN', path, `The spec has no network ${quote(name)}.`, hint)];
      }
      const other = networks.find(({ key }) => key === name);
      if (network.wire === undefined || other?.wire !== network.wire) return [];
      const message = `${quote(network.key)} and ${quote(name)} are on the same wire, ${network.wire}, so nothing can keep them apart.`;
      return [error('ISOLATED_SAME_WIRE', path, message, 'Give one of them a vlan, or remove this.')];
    }),
  );

export const scopeRules: readonly Rule[] = [
  configOnlyIsConfiguration,
  configFromHasNoConfiguration,
  configFromNamesAConfiguration,
  scopeFitsTheDriver,
  ingressIsAlone,
  isolationIsPossible,
];
