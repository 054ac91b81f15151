import { resolveContainers } from '../resolve/containers.js';
import type { Attachment } from '../resolve/containers.js';
import { specOn } from '../spec/hosts.js';
import type { Spec } from '../spec/schema.js';
import type { Check } from './check.js';
import { encryptionChecks } from './checks/encryption.js';
import { gatewayChecks, neighbourChecks, outsideChecks, shimChecks } from './checks/gateways.js';
import { internalChecks, isolationChecks } from './checks/isolation.js';
import { mtuChecks } from './checks/mtu.js';
import { nameChecks } from './checks/names.js';
import { containerChecks } from './checks/pairs.js';
import { absentMember, missingNetwork, nobody } from './checks/presence.js';
import { routeChecks } from './checks/routes.js';
import { membersOf } from './member.js';
import { subjectsOn } from './subject.js';
import type { HostView } from './view.js';

/** All that is to be proved of a spec, given what its hosts are like; pure. */
export function toProve(spec: Spec, views: readonly HostView[]): readonly Check[] {
  const hosts = views.map((view) => ({ view, ...subjectsOn(spec, view.host, view.facts) }));
  const seen = hosts.flatMap(({ view, subjects }) =>
    subjects.map((subject) => ({ subject, view, ...membersOf(subject, view) })),
  );
  const wishes = wishesOf(spec, views);
  return [
    ...hosts.flatMap(({ missing }) => missing.map(missingNetwork)),
    ...seen.flatMap(({ subject, absent }) => absent.map((one) => absentMember(subject, one))),
    ...seen.flatMap(({ subject, members, view }) => {
      const standing = view.standings.get(subject.ref);
      return members.length > 0 || standing === undefined || 'spot' in standing ? [] : [nobody(subject, standing.why)];
    }),
    ...seen.flatMap(({ subject, members }) => [
      ...gatewayChecks(subject, members),
      ...neighbourChecks(subject, members, views),
      ...outsideChecks(subject, members, views),
      ...shimChecks(subject, members),
    ]),
    ...containerChecks(seen),
    ...nameChecks(seen, views, wishes),
    ...seen.flatMap((one) => [...isolationChecks(one, seen), ...internalChecks(one, views)]),
    ...seen.flatMap((one) => mtuChecks(one, seen, one.view.means.noWhole)),
    ...routeChecks(seen, views, wishes),
    ...encryptionChecks(seen, views),
  ];
}

/** What the spec wants of containers, by the host and the network: `node01 lan`. */
function wishesOf(spec: Spec, views: readonly HostView[]): ReadonlyMap<string, readonly Attachment[]> {
  const wishes = new Map<string, Attachment[]>();
  for (const { host, facts } of views) {
    for (const wish of resolveContainers(specOn(spec, host), facts, host).attachments) {
      const name = `${host} ${wish.network.slice('network:'.length)}`;
      wishes.set(name, [...(wishes.get(name) ?? []), wish]);
    }
  }
  return wishes;
}
