import type { Problem } from '../../problem.js';
import { MTU_OPTION } from '../options.js';
import type { NetworkSpec } from '../schema.js';
import { quote } from '../show.js';
import { suggest } from '../suggest.js';
import { eachNetwork, error, note } from './rule.js';
import type { Rule } from './rule.js';

const BUILTIN = ['bridge', 'macvlan', 'ipvlan', 'overlay'];

/** host and null exist once, made by the engine; anything that is not built in is a plugin's name. */
const driverCanBeMade = eachNetwork(({ driver, path }) => {
  if (['host', 'none', 'null'].includes(driver)) {
    const message = `The engine makes its one ${quote(driver)} network by itself, and allows no other.`;
    return [error('DRIVER_REFUSED', path('driver'), message, 'Remove this network; containers name it directly.')];
  }
  const meant = BUILTIN.includes(driver) ? undefined : suggest(driver, BUILTIN);
  if (meant === undefined) return [];
  const message = `${quote(driver)} is not a driver of the engine, so it is taken for a plugin.`;
  return [note('PLUGIN_DRIVER', path('driver'), message, `Did you mean ${meant}?`)];
});

/** The keys that not every driver has, where they work, and why not elsewhere. */
const KEYS_BY_DRIVER: readonly { key: keyof NetworkSpec; drivers: readonly string[]; why: string }[] = [
  { key: 'parent', drivers: ['macvlan', 'ipvlan'], why: 'only macvlan and ipvlan sit on a link of the host' },
  { key: 'mode', drivers: ['macvlan', 'ipvlan'], why: 'only macvlan and ipvlan have modes' },
  { key: 'vlan', drivers: ['macvlan', 'ipvlan'], why: 'only macvlan and ipvlan sit on a link of the host' },
  { key: 'shim', drivers: ['macvlan', 'ipvlan'], why: 'only macvlan and ipvlan keep the host from its containers' },
  {
    key: 'split',
    drivers: ['macvlan', 'ipvlan'],
    why: 'only macvlan and ipvlan share a LAN with those of other hosts',
  },
  { key: 'encrypted', drivers: ['overlay'], why: 'only overlay has traffic between hosts to encrypt' },
  { key: 'ingress', drivers: ['overlay'], why: 'the routing mesh is an overlay network' },
  { key: 'mtu', drivers: BUILTIN, why: 'a plugin has its own option for it, if any' },
];

const keysFitTheDriver = eachNetwork(({ driver, spec, path }) =>
  KEYS_BY_DRIVER.filter(({ key, drivers }) => isSet(spec[key]) && !drivers.includes(driver)).map(({ key, why }) => {
    const message = `${path(key)} does nothing with the driver ${quote(driver)}: ${why}.`;
    const cure = BUILTIN.includes(driver)
      ? 'Remove it, or choose another driver.'
      : 'Use driver_opts in the words of the plugin.';
    return error('KEY_NOT_FOR_DRIVER', path(key), message, cure);
  }),
);

/** `false` asks for nothing. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== false;
}

/** Two forms of one thing could disagree now, or after the next edit. */
const oneFormOnly = eachNetwork(({ driver, spec, path }) => {
  const options: readonly (readonly [keyof NetworkSpec, string])[] = [
    ['parent', 'parent'],
    ['mode', driver === 'ipvlan' ? 'ipvlan_mode' : 'macvlan_mode'],
    ['encrypted', 'encrypted'],
    ['mtu', MTU_OPTION],
  ];
  const problems: Problem[] = [];
  for (const [key, option] of options) {
    if (spec[key] === undefined || spec.driver_opts?.[option] === undefined) continue;
    problems.push(both(path(key), path('driver_opts', option)));
  }
  if ((spec.ipam?.config ?? []).length > 0) {
    for (const key of ['subnet', 'gateway', 'ip_range'] as const) {
      if (spec[key] !== undefined) problems.push(both(path(key), path('ipam', 'config')));
    }
  }
  return problems;
});

function both(short: string, long: string): Problem {
  return error('BOTH_FORMS', short, `${short} and ${long} say the same thing twice.`, 'Keep one of the two.');
}

/** compose-go, validation/external.go: only `name` says anything about a network that others make. */
const externalHasOnlyAName: Rule = ({ networks }) =>
  networks
    .filter(({ external }) => external)
    .flatMap(({ spec, path }) =>
      Object.keys(spec)
        .filter((key) => key !== 'external' && key !== 'name' && key !== 'hosts')
        .map((key) => {
          const message = `${path(key)} cannot be said of an external network, which is somebody else's.`;
          return error('EXTERNAL_WITH_KEYS', path(key), message, 'Remove it, or remove external: true.');
        }),
    );

/** The engine stores it for any driver, and uses it only for swarm networks. */
const attachableHasAMeaning = eachNetwork(({ spec, swarm, path }) =>
  spec.attachable === true && !swarm && spec.config_only !== true
    ? [
        note(
          'ATTACHABLE_NO_EFFECT',
          path('attachable'),
          'Every container can join a local network anyway.',
          'Remove it.',
        ),
      ]
    : [],
);

export const driverRules: readonly Rule[] = [
  driverCanBeMade,
  keysFitTheDriver,
  oneFormOnly,
  externalHasOnlyAName,
  attachableHasAMeaning,
];
