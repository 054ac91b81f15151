import { check, told, untested } from '../check.js';
import type { Check } from '../check.js';
import type { Absent } from '../member.js';
import { hostParty } from '../member.js';
import type { Missing, Subject } from '../subject.js';

/** Networks that are not there. */
export function missingNetwork({ host, key, ref, ofSwarm }: Missing): Check {
  const claim = `the network ${key} is there`;
  const verdict = ofSwarm
    ? untested(
        `the engine knows of no network ${key}: a node of a swarm knows one once a container of it is on that`,
        'netctl apply makes it where it is not in the swarm',
      )
    : ({ state: 'failed', cause: `there is no network ${key}`, cure: 'netctl apply' } as const);
  const id = `network:${host}/${key}/@`;
  return { id, kind: 'network', host, network: ref, from: hostParty(host), claim, ask: told(verdict) };
}

/** Containers from which nothing can be sent, and those that have lost their interface. */
export function absentMember(subject: Subject, { party, why, cure, lost }: Absent): Check {
  const verdict = { ...untested(why, cure), ...(lost === true ? { state: 'failed' as const } : {}) };
  const claim = `${party.name} has an interface on ${subject.key}`;
  return check('interface', subject, { from: party, claim, ask: told(verdict) });
}

/** A network on which nobody is, and nobody could stand either. */
export function nobody(subject: Subject, why: string): Check {
  const claim = `packets pass on ${subject.key}`;
  return check('network', subject, { from: hostParty(subject.host), claim, ask: told(untested(why)) });
}
