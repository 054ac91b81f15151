import type { Problem } from '../../problem.js';
import { formatPath } from '../path.js';
import type { Segment } from '../path.js';
import type { Spec } from '../schema.js';
import { list, quote } from '../show.js';
import { suggest } from '../suggest.js';
import { error } from './rule.js';

const NETWORKS = ['discovery', 'consul', 'networks'];
const FORMS = 'Write http://HOST:8500, https://HOST:8501 or unix:///PATH.';

/**
 * What is said of service discovery, which is one thing for all hosts. `keys` are those of the networks as written, with those
 * that the schema refused.
 */
export function discoveryProblems(spec: Spec, keys: readonly string[]): readonly Problem[] {
  return [
    ...networksAreThere(spec, keys),
    ...networksHaveContainers(spec),
    ...networksAreNamedOnce(spec),
    ...agentsAreNamed(spec),
  ];
}

function networksAreThere(spec: Spec, keys: readonly string[]): readonly Problem[] {
  return namedIn(spec).flatMap(({ network, path }) => {
    if (Object.hasOwn(spec.networks, network) || keys.includes(network)) return [];
    const byName = Object.entries(spec.networks).find(([, { name }]) => name === network)?.[0];
    const meant = byName ?? suggest(network, keys);
    const known = keys.length === 0 ? 'The file has no networks.' : `The networks here are ${list(keys)}.`;
    const other =
      spec.services === undefined
        ? 'One that netctl does not make is written with external: true.'
        : 'Of a Compose file those count that are external and have x-netctl.';
    const hint = meant === undefined ? `${known} ${other}` : `Did you mean ${meant}?`;
    return [error('UNKNOWN_NETWORK', path, `There is no network ${quote(network)} in this file.`, hint)];
  });
}

function networksHaveContainers(spec: Spec): readonly Problem[] {
  return namedIn(spec).flatMap(({ network: key, path }) => {
    const network = Object.hasOwn(spec.networks, key) ? spec.networks[key] : undefined;
    const nobody = (why: string, cure: string): readonly Problem[] => [error('NETWORK_TAKES_NOBODY', path, why, cure)];
    if (network === undefined) return [];
    const { name = key, driver = 'bridge', config_only: configOnly, ingress } = network;
    if (['host', 'none'].includes(name) || ['host', 'null'].includes(driver)) {
      return nobody(`No container has an address of its own on ${quote(name)}.`, 'Remove it.');
    }
    const at = formatPath(['networks', key]);
    if (configOnly === true) {
      return nobody(`${at} is only a configuration: nobody can be on it.`, 'Name the network that is made from it.');
    }
    if (ingress !== true) return [];
    return nobody(`${at} is the routing mesh of the swarm, which takes no containers.`, 'Remove it.');
  });
}

function networksAreNamedOnce(spec: Spec): readonly Problem[] {
  const named = namedIn(spec);
  return named.flatMap(({ network, path }, index) => {
    if (named.findIndex((one) => one.network === network) === index) return [];
    return [error('SAID_TWICE', path, `${quote(network)} is named already.`, 'Remove one of the two.')];
  });
}

function agentsAreNamed({ hosts, discovery }: Spec): readonly Problem[] {
  const shared = discovery?.consul.address;
  const beside = Object.entries(hosts).flatMap(([host, { consul }]) =>
    consul === undefined ? [] : [{ path: formatPath(['hosts', host, 'consul']), address: consul.address }],
  );
  const all = [...(shared === undefined ? [] : [{ path: 'discovery.consul.address', address: shared }]), ...beside];
  return [
    ...all.flatMap(({ path, address }) => addressProblems(path, address)),
    ...(discovery === undefined ? beside : []).map(({ path }) => {
      const message = `${path} says where an agent is, and the file has nothing to tell it.`;
      return error('MISSING_KEY', path, message, 'Add discovery: with consul: and its networks, or remove it.');
    }),
  ];
}

interface Named {
  readonly network: string;
  readonly path: string;
}

function namedIn({ discovery }: Spec): readonly Named[] {
  return (discovery?.consul.networks ?? []).map((network, index): Named => {
    const path: readonly Segment[] = [...NETWORKS, index];
    return { network, path: formatPath(path) };
  });
}

/** What is wrong with the address of an agent. One with credentials is not repeated: a message is no place for them. */
function addressProblems(path: string, text: string): readonly Problem[] {
  const wrong = (message: string, hint: string): readonly Problem[] => [error('INVALID_VALUE', path, message, hint)];
  if (/^unix:\/\/\/./i.test(text)) return [];
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (text.includes('@') || text.includes('?')) {
    const secret = 'A spec is no place for credentials, and the address of this agent has some.';
    return wrong(secret, 'Write it without, and give the token as CONSUL_HTTP_TOKEN or CONSUL_HTTP_TOKEN_FILE.');
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const meant = /^([\w.-]+|\[[0-9a-f:]+\])(:\d+)?$/i.test(text) ? `Write http://${text}.` : FORMS;
    return wrong(`${quote(text)} does not say how to speak to the agent.`, meant);
  }
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.hash === '') return [];
  return wrong(`${quote(text)} is no address of an agent.`, FORMS);
}
