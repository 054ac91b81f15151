import type { Problem } from '../../problem.js';
import type { NetworkFacts } from '../facts.js';
import { DRIVER_OPTIONS, isBuiltin, isEncrypted, MTU_OPTION, overlayOverhead } from '../options.js';
import type { BuiltinDriver } from '../options.js';
import { quote } from '../show.js';
import { suggest } from '../suggest.js';
import { optionFault } from './option-value.js';
import { eachNetwork, error, note, warning } from './rule.js';
import type { Rule } from './rule.js';

const DEFAULT_BRIDGE = 'com.docker.network.bridge.default_bridge';

/** The engine stores any option, so a typo or a wrong value is never heard of again. */
const optionsAreKnown = eachNetwork((network) => {
  const { driver, spec, path } = network;
  if (!isBuiltin(driver)) return [];
  return Object.entries(spec.driver_opts ?? {}).flatMap(([key, value]) => {
    // Its name and what is wrong with it are the business of the link rules.
    if (key === 'parent' && network.lan) return [];
    return look(driver, key, value, path('driver_opts', key));
  });
});

function look(driver: BuiltinDriver, key: string, value: string, path: string): readonly Problem[] {
  const options = DRIVER_OPTIONS[driver];
  const option = Object.hasOwn(options, key) ? options[key] : undefined;
  if (key === DEFAULT_BRIDGE) {
    const message = `${quote(key)} is the engine's own mark for its docker0 network.`;
    return [error('OPTION_REFUSED', path, message, 'Remove it.')];
  }
  if (key === 'encrypted' && driver === 'overlay' && /^(false|0|f|no|off)$/i.test(value)) {
    const message = 'The option "encrypted" encrypts whatever its value is, so this network would be encrypted.';
    return [error('ENCRYPTED_FALSE', path, message, 'Remove the option, or write encrypted: false at the network.')];
  }
  if (option === undefined) return unknown(driver, key, path);
  const expected = optionFault(option, value);
  if (expected === undefined) return [];
  return [
    error(
      'INVALID_OPTION',
      path,
      `The option ${quote(key)} must be ${expected}, and is ${quote(value)}.`,
      'Correct the value.',
    ),
  ];
}

function unknown(driver: BuiltinDriver, key: string, path: string): readonly Problem[] {
  if (key === MTU_OPTION) {
    const message = `The ${driver} driver stores an MTU and ignores it: containers have the MTU of the parent link.`;
    return [
      error(
        'MTU_IGNORED',
        path,
        message,
        'Remove it, and set the MTU of the parent; with vlan:, mtu: sets that of the VLAN link.',
      ),
    ];
  }
  const owners = Object.entries(DRIVER_OPTIONS).filter(([, options]) => Object.hasOwn(options, key));
  if (owners.length > 0) {
    const names = owners.map(([name]) => name).join(' and ');
    const message = `${quote(key)} is an option of ${names}, and does nothing with the driver ${driver}.`;
    return [error('OPTION_OF_OTHER_DRIVER', path, message, 'Remove it, or choose another driver.')];
  }
  const meant = suggest(key, Object.keys(DRIVER_OPTIONS[driver]));
  const message = `The ${driver} driver has no option ${quote(key)}; the engine stores it and does nothing.`;
  if (meant !== undefined) return [warning('UNKNOWN_OPTION', path, message, `Did you mean ${meant}?`)];
  const say = key.startsWith('com.docker.network.') ? warning : note;
  return [say('UNKNOWN_OPTION', path, message, 'Remove it, unless something else reads it.')];
}

/** The shorthand `mode` is checked by the same table as the option it stands for. */
const modeIsKnown = eachNetwork(({ driver, spec, path }) => {
  if ((driver !== 'macvlan' && driver !== 'ipvlan') || spec.mode === undefined) return [];
  const option = DRIVER_OPTIONS[driver][`${driver}_mode`];
  const expected = option === undefined ? undefined : optionFault(option, spec.mode);
  if (expected === undefined) return [];
  const message = `The mode of ${driver} must be ${expected}, and is ${quote(spec.mode)}.`;
  return [error('INVALID_MODE', path('mode'), message, 'Modes are in lower case.')];
});

const mtuHasAMeaning = eachNetwork((network) => {
  const { spec, lan, driver, path } = network;
  if (typeof spec.mtu !== 'number') return [];
  if (lan && spec.vlan === undefined) {
    const message = `Containers on ${driver} have the MTU of the parent link; Docker cannot set another.`;
    return [
      error(
        'MTU_IGNORED',
        path('mtu'),
        message,
        'Set the MTU of the parent, or remove mtu; with vlan: it sets that of the VLAN link.',
      ),
    ];
  }
  return driver === 'overlay' ? overlayMtu(network, spec.mtu) : [];
});

/** moby, overlay encryption.go maxMTU: what is left after VXLAN and ESP is rounded down to a multiple of 4. */
function overlayMtu({ spec, path }: NetworkFacts, mtu: number): readonly Problem[] {
  const encrypted = isEncrypted(spec);
  const overhead = overlayOverhead(encrypted);
  if (mtu + overhead > 65_535) {
    const message = `An MTU of ${mtu} leaves no room for the ${overhead} bytes around each packet.`;
    return [
      error('MTU_TOO_LARGE', path('mtu'), message, `Write at most ${65_532 - overhead - ((65_532 - overhead) % 4)}.`),
    ];
  }
  if (!encrypted || mtu % 4 === 0) return [];
  const message = `The MTU of an encrypted overlay is a multiple of 4; the engine would make ${mtu - (mtu % 4)} of ${mtu}.`;
  return [error('MTU_NOT_MULTIPLE_OF_4', path('mtu'), message, `Write ${mtu - (mtu % 4)} or ${mtu - (mtu % 4) + 4}.`)];
}

/** The least MTU of a link with IPv6 (RFC 8200); below it the kernel takes IPv6 from the link. */
const IPV6_MTU = 1280;

/** Engines from 26 on then fail to give the bridge its address, and leave it behind; 20.10 leaves it without IPv6. */
const ipv6HasRoom = eachNetwork(({ spec, driver, path }) => {
  const mtu = typeof spec.mtu === 'number' ? spec.mtu : Number(spec.driver_opts?.[MTU_OPTION] ?? 0);
  if (driver !== 'bridge' || spec.enable_ipv6 !== true || !(mtu > 0 && mtu < IPV6_MTU)) return [];
  const at = typeof spec.mtu === 'number' ? path('mtu') : path('driver_opts', MTU_OPTION);
  const message = `IPv6 needs an MTU of at least ${IPV6_MTU}, and this is ${mtu}.`;
  return [error('MTU_TOO_SMALL', at, message, `Write ${IPV6_MTU} or more, or remove enable_ipv6.`)];
});

/** Engines from 28 on refuse it; older ones do not know the value. */
const isolatedGatewayIsInternal = eachNetwork(({ spec, driver, path }) =>
  ['ipv4', 'ipv6']
    .map((family) => `com.docker.network.bridge.gateway_mode_${family}`)
    .filter((key) => driver === 'bridge' && spec.driver_opts?.[key] === 'isolated' && spec.internal !== true)
    .map((key) => {
      const message = 'The gateway mode "isolated" is only for internal networks.';
      return error('GATEWAY_MODE_NOT_INTERNAL', path('driver_opts', key), message, 'Add internal: true.');
    }),
);

export const optionRules: readonly Rule[] = [
  optionsAreKnown,
  modeIsKnown,
  mtuHasAMeaning,
  ipv6HasRoom,
  isolatedGatewayIsInternal,
];
