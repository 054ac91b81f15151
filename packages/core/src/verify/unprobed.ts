import type { HostFacts, HostName } from '../model.js';
import type { Spec } from '../spec/schema.js';
import { check, told, untested } from './check.js';
import type { Check } from './check.js';
import { missingNetwork } from './checks/presence.js';
import { hostParty } from './member.js';
import { subjectsOn } from './subject.js';

/** One for each network of a host whose namespaces cannot be entered: none of it is proved, and none passes. */
export function unprobedChecks(
  spec: Spec,
  host: HostName,
  facts: HostFacts,
  { why, cure }: { readonly why: string; readonly cure: string },
): readonly Check[] {
  const { subjects, missing } = subjectsOn(spec, host, facts);
  return [
    ...missing.map(missingNetwork),
    ...subjects.map((subject) => {
      const claim = `packets pass on ${subject.key}`;
      return check('network', subject, { from: hostParty(host), claim, ask: told(untested(why, cure)) });
    }),
  ];
}
