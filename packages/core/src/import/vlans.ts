import type { LinkFact } from '../links.js';
import { isNobodys, readLinkOwner } from '../marks.js';
import type { HostFacts } from '../model.js';
import { inline, line } from './block.js';
import type { Line } from './block.js';

/** How the link below a network is written, and the VLAN links of the spec. */
export interface Below {
  readonly lines: readonly Line[];
  /** For `vlans:`. */
  readonly vlan?: LinkFact;
  readonly notes: readonly string[];
}

/** What goes for an 802.1Q link that netctl would make for a network, and only where it may be taken over. */
export function below(parent: string, facts: HostFacts, stack: string, plain: ReadonlyMap<string, string>): Below {
  const link = facts.links?.links.find(({ name }) => name === parent);
  const named = line('parent', parent);
  if (link?.kind !== 'vlan' || link.parent === undefined || link.vlan === undefined) return { lines: named, notes: [] };
  const why = plain.get(parent) ?? refusal(link, stack);
  if (why !== undefined) return { lines: named, notes: [`The link ${parent} is used as it is: ${why}.`] };
  const { parent: lower, vlan } = link;
  const mtu = mtuOf(link, facts);
  if (parent === `${lower}-v${String(vlan.id)}`) {
    return { lines: [...line('parent', lower), ...line('vlan', vlan.id), ...line('mtu', mtu)], notes: [] };
  }
  // A link with a dot in its name netctl makes before an engine can, when it is missing.
  if (parent === `${lower}.${String(vlan.id)}` && mtu === undefined) return { lines: named, notes: [] };
  return { lines: named, vlan: link, notes: [] };
}

/** Why an 802.1Q link cannot be one of this stack, as half a sentence. */
function refusal(link: LinkFact, stack: string): string | undefined {
  const owner = readLinkOwner(link);
  if (owner !== undefined) return owner.stack === stack ? undefined : `it belongs to the stack ${owner.stack}`;
  if (link.vlan?.protocol.toLowerCase() !== '802.1q') return `it is an ${link.vlan?.protocol ?? ''} link`;
  return isNobodys(link) ? undefined : `it has the alias ${JSON.stringify(link.alias ?? '')}, which would be lost`;
}

/** The links of `vlans:`: those below networks that cannot say it otherwise, and what else the stack has. */
export function vlanLines(
  needed: readonly LinkFact[],
  named: ReadonlySet<string>,
  facts: HostFacts,
  stack: string,
): readonly Line[] {
  const own = (facts.links?.links ?? []).filter(
    (link) => link.kind === 'vlan' && readLinkOwner(link)?.stack === stack && !named.has(link.name),
  );
  return [...new Set([...needed, ...own])].flatMap((link) =>
    link.parent === undefined || link.vlan === undefined
      ? []
      : [
          {
            key: link.name,
            value: inline([
              ...line('parent', link.parent),
              ...line('id', link.vlan.id),
              ...line('mtu', mtuOf(link, facts)),
            ]),
          },
        ],
  );
}

/** Where it is not that of the link below. */
function mtuOf({ mtu, parent }: LinkFact, { links }: HostFacts): number | undefined {
  return links?.links.find(({ name }) => name === parent)?.mtu === mtu ? undefined : mtu;
}
