import { linkNamed } from '../../lookup.js';
import { seenOf } from '../facts.js';
import { finding, inOrder } from '../finding.js';
import type { Check } from './check.js';

/** The parents that a spec names; what it makes is looked at with the managers of links. */
export const spec: Check = ({ links: looked, wanted }) => {
  const links = seenOf(looked);
  if (links === undefined || wanted.parents.length === 0) return [];
  const missing = wanted.parents.filter(({ link }) => linkNamed({ links }, link) === undefined);
  if (missing.length === 0)
    return [inOrder('spec', `its parents are there: ${wanted.parents.map(({ link }) => link).join(', ')}`)];
  return missing.map(({ link, path }) =>
    finding('SPEC_PARENT', {
      evidence: [`${path}: there is no link ${link}`],
      cause: 'The name is another one here (ip link show), or what makes the link did not run.',
      cure: [
        `Name one of these: ${
          links.links
            .filter(({ type, master, kind }) => type === 'ether' && master === undefined && kind !== 'veth')
            .map(({ name }) => name)
            .join(', ') || 'there is none'
        }`,
      ],
    }),
  );
};
