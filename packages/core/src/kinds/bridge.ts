import { linkNamed } from '../lookup.js';
import { problem } from '../problem.js';
import { MTU_OPTION } from '../spec/options.js';
import type { NetworkKind } from './kind.js';
import { defaultRouteMtu } from './mtu.js';
import { bridgeOverlap, isSame } from './overlap.js';

const PREFIX = 'com.docker.network.bridge.';

export const bridge: NetworkKind = {
  driver: 'bridge',
  scope: 'local',
  filledIn: [],
  sharesSubnets: false,
  reserves: true,
  defaults: {
    [`${PREFIX}enable_icc`]: 'true',
    [`${PREFIX}enable_ip_masquerade`]: 'true',
    [`${PREFIX}inhibit_ipv4`]: 'false',
    [`${PREFIX}host_binding_ipv4`]: '0.0.0.0',
    [`${PREFIX}gateway_mode_ipv4`]: 'nat',
    [`${PREFIX}gateway_mode_ipv6`]: 'nat',
    [MTU_OPTION]: '0',
    'com.docker.network.container_iface_prefix': 'eth',
  },
  options: (spec) => (typeof spec.mtu === 'number' ? { [MTU_OPTION]: String(spec.mtu) } : {}),
  derivedOptions: (spec, facts) => {
    const mtu = spec.mtu === 'auto' ? defaultRouteMtu(facts) : undefined;
    return mtu === undefined ? {} : { [MTU_OPTION]: String(mtu) };
  },
  check: (network, context) => [...ownBridgeName(network, context), ...bridgeOverlap(network, context)],
};

/**
 * Docker takes over a bridge that exists: it adds its gateway and deletes an address that it finds there. So a name
 * that the host already uses is refused.
 */
const ownBridgeName: NetworkKind['check'] = (network, { facts, stack, leaving }) => {
  const name = network.asked.options[`${PREFIX}name`];
  const link = linkNamed(facts, name);
  if (name === undefined || link === undefined) return [];
  const docker = facts.networks.some(
    (found) =>
      found.props.options[`${PREFIX}name`] === name &&
      (isSame(network, found, stack) || leaving.networks.has(found.id)),
  );
  if (docker) return [];
  return [
    problem(
      'error',
      'BRIDGE_EXISTS',
      `${network.path}.driver_opts["${PREFIX}name"]`,
      `the host has a link named ${name} already, and Docker would take over its addresses`,
      'Choose a name that no link has.',
    ),
  ];
};
