import { ADOPTED_PREFIX, JOURNAL_NAME, SWARM_MARK_NAME, THROWAWAY_PREFIX } from '../../own-names.js';
import type { Problem } from '../../problem.js';
import type { NetworkFacts } from '../facts.js';
import { GWBRIDGE, INGRESS } from '../hosts.js';
import { formatPath } from '../path.js';
import { quote } from '../show.js';
import { eachNetwork, error } from './rule.js';
import type { Rule } from './rule.js';

/** Whoever makes the bridge that nodes of a swarm stand on means it. */
const BRIDGE = 'com.docker.network.bridge.name';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;
/** Names that the engine predefines, makes by itself, or reads as something else; the engine refuses only some. */
const RESERVED = new Set(['bridge', 'host', 'none', 'default', 'null', 'ingress', 'docker_gwbridge']);

function namePath(network: NetworkFacts): string {
  return network.spec.name === undefined ? network.path() : network.path('name');
}

/** The engine accepts nearly any text as a name, and then cannot find it again (spaces, `/`, `:`, leading signs). */
const namesAreUsable = eachNetwork((network) => {
  const { name, spec } = network;
  const path = namePath(network);
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{63,}$/.test(name)) {
    const message = `${quote(name)} has ${name.length} letters, and the name of a network has at most 63.`;
    return [error('NAME_TOO_LONG', path, message, rename(network))];
  }
  if (!NAME.test(name)) {
    const message = `${quote(name)} cannot be the name of a network.`;
    return [
      error(
        'INVALID_NAME',
        path,
        message,
        'Use at most 63 letters, digits, "_", "." and "-", a letter or digit first.',
      ),
    ];
  }
  if (name === JOURNAL_NAME) {
    return [
      error('RESERVED_NAME', path, `${quote(name)} is the network in which netctl keeps its journal.`, rename(network)),
    ];
  }
  if (name === SWARM_MARK_NAME) {
    const message = `${quote(name)} is the network by which netctl remembers who took a host into its swarm.`;
    return [error('RESERVED_NAME', path, message, rename(network))];
  }
  const own = [THROWAWAY_PREFIX, ADOPTED_PREFIX].find((prefix) => name.startsWith(prefix));
  if (own !== undefined) {
    const message = `${quote(name)} begins with "${own}", as only networks do that netctl makes for itself.`;
    return [error('RESERVED_NAME', path, message, rename(network))];
  }
  // A swarm takes names for the same whatever their case.
  const ofSwarm =
    name === INGRESS ? spec.ingress === true : name === GWBRIDGE && spec.driver_opts?.[BRIDGE] === GWBRIDGE;
  if (RESERVED.has(network.swarm ? name.toLowerCase() : name) && !ofSwarm) {
    return [error('RESERVED_NAME', path, `${quote(name)} is a name of Docker's own.`, rename(network))];
  }
  if (/^[0-9a-f]{12,}$/i.test(name)) {
    const message = `${quote(name)} reads like a network id, and Docker would take it for one.`;
    return [error('NAME_LIKE_ID', path, message, rename(network))];
  }
  return swarmName(network);
});

function rename(network: NetworkFacts): string {
  return network.spec.name === undefined ? 'Add name: with another name, or change the key.' : 'Choose another name.';
}

/** swarmkit, controlapi/common.go: a swarm name is one DNS label. */
function swarmName(network: NetworkFacts): readonly Problem[] {
  if (!network.swarm || /^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$/.test(network.name)) return [];
  const message = `${quote(network.name)} cannot be the name of a swarm network: no dot, and no "-" or "_" at the end.`;
  return [error('SWARM_NAME', namePath(network), message, rename(network))];
}

/** With `name:` the key is only a name within the file, but one that links and messages are made from. */
const keysAreUsable: Rule = ({ networks }) =>
  networks
    .filter(({ key, spec }) => (spec.name !== undefined || spec.external === true) && !/^[A-Za-z0-9._-]+$/.test(key))
    .map(({ key, path }) => {
      const message = `${quote(key)} cannot be the key of a network.`;
      return error(
        'INVALID_NAME',
        path(),
        message,
        'Use letters, digits, "_", "." and "-" in the key; name: may differ.',
      );
    });

/** Engines before 25 let two networks have one name; swarm compares without case. */
const namesAreUnique: Rule = ({ networks }) => {
  const seen = new Map<string, NetworkFacts>();
  const problems: Problem[] = [];
  for (const network of networks) {
    const exact = seen.get(network.name);
    const folded = `\0${network.name.toLowerCase()}`;
    const other = exact ?? (network.swarm ? seen.get(folded) : undefined);
    if (other !== undefined) {
      const message = `Two networks have the name ${quote(network.name)}: the other is ${formatPath(['networks', other.key])}.`;
      problems.push(error('DUPLICATE_NAME', namePath(network), message, 'Give one of them another name.'));
    }
    if (exact === undefined) seen.set(network.name, network);
    if (network.swarm && !seen.has(folded)) seen.set(folded, network);
  }
  return problems;
};

/** Labels by which netctl, and a swarm, know their own. */
const labelsAreFree = eachNetwork(({ spec, swarm, path }) =>
  Object.keys(spec.labels ?? {}).flatMap((key) => {
    if (key.startsWith('io.netctl.')) {
      const message = `The label ${quote(key)} is one by which netctl marks what it owns.`;
      return [error('RESERVED_LABEL', path('labels', key), message, 'Remove it; netctl sets its own labels.')];
    }
    if (!swarm || key !== 'com.docker.swarm.predefined') return [];
    return [error('RESERVED_LABEL', path('labels', key), `A swarm refuses the label ${quote(key)}.`, 'Remove it.')];
  }),
);

export const nameRules: readonly Rule[] = [namesAreUsable, keysAreUsable, namesAreUnique, labelsAreFree];
