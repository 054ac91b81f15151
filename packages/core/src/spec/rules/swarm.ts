import { containsPrefix, formatPrefix, overlaps, parsePrefix } from '../../addresses/prefix.js';
import type { Prefix } from '../../addresses/prefix.js';
import { lint } from '../../problem.js';
import type { Problem } from '../../problem.js';
import { GWBRIDGE, hostsOf, INGRESS, swarmHostsOf } from '../hosts.js';
import { formatPath } from '../path.js';
import type { Spec } from '../schema.js';
import { list, quote } from '../show.js';
import { suggest } from '../suggest.js';
import type { SwarmSpec } from '../swarm-schema.js';
import { error } from './rule.js';

/** The prefix length of the networks of a swarm that names none (moby, daemon/cluster). */
export const DEFAULT_SUBNET_SIZE = 24;

/** What is said of the swarm as a whole. */
export function swarmProblems(spec: Spec): readonly Problem[] {
  const { swarm } = spec;
  if (swarm === undefined) return [];
  return [
    ...managersAreNamed(spec, swarm),
    ...membersAreKnown(spec, swarm),
    ...membersAreOnce(swarm),
    ...mappingsNameMembers(spec, swarm),
    ...poolsCanBeUsed(swarm),
    ...managersCanAgree(swarm),
    ...saidAsNetwork(spec, swarm),
  ];
}

function managersAreNamed({ hosts }: Spec, { managers }: SwarmSpec): readonly Problem[] {
  if (managers === undefined ? Object.keys(hosts).length === 0 : managers.length > 0) return [];
  const message = 'A swarm of several hosts needs a manager, and swarm.managers names none.';
  return [error('SWARM_NO_MANAGER', 'swarm', message, 'Write managers: with the host on which to make the swarm.')];
}

interface Mention {
  readonly host: string;
  readonly path: string;
}

function members({ managers = [], workers = [] }: SwarmSpec): readonly Mention[] {
  return [
    ...managers.map((host, index) => ({ host, path: formatPath(['swarm', 'managers', index]) })),
    ...workers.map((host, index) => ({ host, path: formatPath(['swarm', 'workers', index]) })),
  ];
}

function membersAreKnown(spec: Spec, swarm: SwarmSpec): readonly Problem[] {
  const known = hostsOf(spec);
  return members(swarm)
    .filter(({ host }) => !known.includes(host))
    .map(({ host, path }) => {
      const meant = suggest(host, known);
      const hint = meant === undefined ? `The hosts here are ${list(known)}.` : `Did you mean ${meant}?`;
      return error('UNKNOWN_HOST', path, `There is no host ${quote(host)} in this file.`, hint);
    });
}

function membersAreOnce(swarm: SwarmSpec): readonly Problem[] {
  const all = members(swarm);
  return all.flatMap(({ host, path }, index) => {
    const other = all.slice(0, index).find((one) => one.host === host);
    if (other === undefined) return [];
    const message = `${quote(host)} is in the swarm once, and ${other.path} names it already.`;
    return [error('SAID_TWICE', path, message, 'Remove one of the two.')];
  });
}

function mappingsNameMembers(spec: Spec, { advertise, data_path, labels }: SwarmSpec): readonly Problem[] {
  const there = swarmHostsOf(spec);
  const maps = { advertise, data_path, labels };
  return Object.entries(maps).flatMap(([key, map]) =>
    Object.keys(typeof map === 'object' ? map : {})
      .filter((host) => !there.includes(host))
      .map((host) => {
        const message = `${quote(host)} is not in the swarm.`;
        const hint = `In it are ${list(there)}.`;
        return error('UNKNOWN_HOST', formatPath(['swarm', key, host]), message, hint);
      }),
  );
}

/** swarmkit takes pools of IPv4, each large enough for one network (moby, daemon/cluster/swarm.go). */
function poolsCanBeUsed({
  address_pool: written = [],
  subnet_size: size = DEFAULT_SUBNET_SIZE,
}: SwarmSpec): readonly Problem[] {
  const problems: Problem[] = [];
  const before: Prefix[] = [];
  for (const [index, text] of written.entries()) {
    const path = formatPath(['swarm', 'address_pool', index]);
    const parsed = parsePrefix(text);
    if (parsed === undefined || parsed.prefix.family === 6) {
      const message = `${quote(text)} is no prefix of IPv4 addresses.`;
      problems.push(error('INVALID_SUBNET', path, message, 'Write one such as 10.20.0.0/16; a swarm takes no IPv6.'));
      continue;
    }
    const { prefix, hostBits } = parsed;
    if (hostBits) {
      const message = `${quote(text)} has bits set beyond its length.`;
      problems.push(error('HOST_BITS', path, message, `Write ${formatPrefix(prefix)}.`));
    }
    if (prefix.length > size) {
      const message = `${formatPrefix(prefix)} has no room for a network of /${String(size)}.`;
      problems.push(error('INVALID_SUBNET', path, message, 'Write a shorter prefix, or a longer subnet_size.'));
    }
    const other = before.find((one) => overlaps(one, prefix));
    if (other !== undefined) {
      const [what, whom] = containsPrefix(other, prefix) ? ['is part of', other] : ['contains', other];
      const message = `${formatPrefix(prefix)} ${what} ${formatPrefix(whom)}.`;
      problems.push(error('SAID_TWICE', path, message, 'Remove one of the two.'));
    }
    before.push(prefix);
  }
  return problems;
}

/** More than half of the managers have to be there for the swarm to be changed (Raft). */
function managersCanAgree({ managers = [] }: SwarmSpec): readonly Problem[] {
  if (managers.length === 0 || managers.length % 2 === 1) return [];
  const count = managers.length;
  const lost = count / 2 - 1;
  const message = `${String(count)} managers survive the loss of ${lost === 0 ? 'none' : String(lost)}, as ${String(count - 1)} would`;
  return [lint('SWARM_EVEN_MANAGERS', 'swarm.managers', message, 'Make one of them a worker, or add a manager.')];
}

function saidAsNetwork({ networks }: Spec, { gwbridge, ingress }: SwarmSpec): readonly Problem[] {
  const said = [
    { key: GWBRIDGE, name: 'gwbridge', here: gwbridge !== undefined },
    { key: INGRESS, name: 'ingress', here: ingress !== undefined },
  ];
  return said.flatMap(({ key, name, here }) => {
    if (!here || !Object.hasOwn(networks, key)) return [];
    const path = formatPath(['networks', key]);
    return [error('SAID_TWICE', path, `swarm.${name} says what ${key} is like.`, 'Remove one of the two.')];
  });
}
