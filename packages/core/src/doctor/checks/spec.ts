import { parentMissing } from '../../kinds/parent-checks.js';
import { linkNamed } from '../../lookup.js';
import { seenOf } from '../facts.js';
import { finding, inOrder } from '../finding.js';
import type { Check } from './check.js';

/** The parents that a spec names; what it makes is looked at with the managers of links. */
export const spec: Check = ({ engine, links: looked, wanted }) => {
  const links = seenOf(looked);
  if (links === undefined || wanted.parents.length === 0) return [];
  const missing = wanted.parents.filter(({ link }) => linkNamed({ links }, link) === undefined);
  if (missing.length === 0) {
    return [inOrder('spec', `its parents are there: ${wanted.parents.map(({ link }) => link).join(', ')}`)];
  }
  return missing.map(({ link, path }) => {
    const { message, hint } = parentMissing(path, link, { links, networks: seenOf(engine)?.networks ?? [] });
    return finding('SPEC_PARENT', {
      evidence: [`${path}: ${message}`],
      cause: 'The link has another name here, or what makes it did not run.',
      cure: ['ip link show', ...(hint === undefined ? [] : [hint])],
    });
  });
};
