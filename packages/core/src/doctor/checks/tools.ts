import type { DoctorFacts } from '../facts.js';
import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Check } from './check.js';

export const iproute2: Check = ({ links }) => {
  if ('seen' in links)
    return [inOrder('iproute2', `links, addresses and routes can be read: ${links.seen.links.length} links`)];
  const { why, cure, code } = links;
  const lines = cure === undefined ? [] : [cure];
  if (code !== 'IPROUTE2_MISSING' || !why.includes("'ip'")) return [notLooked('iproute2', why, lines)];
  const cause = 'netctl makes VLAN links and shims with it; networks that need neither work without.';
  return [
    finding('IPROUTE2_MISSING', {
      evidence: [why],
      cause,
      cure: ['apt install iproute2   # apk add iproute2, dnf install iproute'],
    }),
  ];
};

const BY = {
  root: ' (CAP_NET_ADMIN)',
  capabilities: ' by an ambient capability (CAP_NET_ADMIN)',
  sudo: ' by sudo -n ip',
} as const;

export const privileges: Check = (facts) => {
  const { links } = facts;
  if (!('seen' in links)) return [];
  const { mayChange, privilege = 'root' } = links.seen;
  if (mayChange) return [inOrder('privileges', `links can be changed${BY[privilege]}${userOf(facts)}`)];
  return [
    finding('NO_NET_ADMIN', {
      evidence: [`no CAP_NET_ADMIN in CapEff of /proc/self/status${userOf(facts)}`],
      cause: 'Only who has it makes links and routes, tries what the kernel knows, and reads the firewall.',
      cure: ['sudo netctl doctor'],
    }),
  ];
};

/** By the effective user id in /proc/self/status (proc(5)). */
function userOf({ host }: DoctorFacts): string {
  const status = seenOf(host)?.files.get('/proc/self/status') ?? '';
  const id = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  return id === undefined ? '' : `, user id ${id}`;
}
