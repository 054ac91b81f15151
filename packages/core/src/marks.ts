import { LINK_GROUP } from './links.js';
import type { LinkFact } from './links.js';
import type { Owner, Ref } from './model.js';

/** The alias by which a link is known to be ours. The kernel keeps it until the link goes. */
export function linkAlias(owner: Owner): string {
  return `netctl:${owner.stack}/${owner.ref}`;
}

export function readLinkOwner(link: LinkFact): Owner | undefined {
  const match = /^netctl:([^/]+)\/((?:link|network):.+)$/.exec(link.alias ?? '');
  return match?.[1] === undefined || match[2] === undefined ? undefined : { stack: match[1], ref: match[2] as Ref };
}

/** A link that no netctl knows for its own, and that has no alias of anybody which would be lost. */
export function isNobodys(link: LinkFact): boolean {
  return (link.alias ?? '') === '' && !isHalfMade(link);
}

/** A link of a stack that netctl did not make: what it makes has its group from the first moment. */
export function isAdopted(link: LinkFact, stack: string): boolean {
  return readLinkOwner(link)?.stack === stack && link.group !== LINK_GROUP;
}

/**
 * A link that a netctl made but did not live to name: the group is set in `ip link add` itself, the alias only after
 * it, because the kernel drops an alias given there.
 */
export function isHalfMade(link: LinkFact): boolean {
  return link.group === LINK_GROUP && link.alias === undefined;
}
