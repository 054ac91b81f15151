import type { LinkChange, LinkFact, LinkProps } from '../links.js';
import { wantedLink } from '../kinds/stack.js';
import { linkNamed, linksOn } from '../lookup.js';
import { isAdopted, isHalfMade, isNobodys, linkAlias, readLinkOwner } from '../marks.js';
import type { HostFacts, HostName, LinkResource, Ref, StepOf } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { linkChange, linkReplacements } from './compare-links.js';
import { describeChanges, describeHolders, describeLinkChange, describeLinkRepairs } from './describe.js';
import { networksAbove, owns } from './match.js';
import type { Part } from './network-steps.js';
import type { Draft } from './order.js';

export interface LinkInput {
  readonly wanted: readonly LinkResource[];
  readonly facts: HostFacts;
  readonly stack: string;
  readonly host: HostName;
  /** The reason to remove what the spec does not have. */
  readonly unwanted: string;
  /** Links that the spec would have, for telling a half-made one from somebody else's when everything goes. */
  readonly names: ReadonlySet<string>;
  /** Whether containers may be taken off the networks on a link that is made again. */
  readonly recreate: boolean;
  /** Whether links of nobody may be taken over. */
  readonly adopt: boolean;
}

/** The steps from the links that are there to the links that are wanted, on one host. */
export function linkSteps(input: LinkInput): Part {
  const { wanted, facts, stack, host, unwanted, names, adopt } = input;
  const links = facts.links?.links ?? [];
  const drafts: Draft[] = [];
  const problems: Problem[] = [];
  const doomed = new Map<LinkFact, string>();
  for (const want of wanted) {
    const found = linkNamed(facts, want.props.name);
    if (found === undefined || !isOurs(found, stack, names)) continue;
    const changes = linkReplacements(want, found);
    if (changes.length > 0) doomed.set(found, describeChanges(changes));
  }
  for (const link of links) {
    const kept = wantedLink(wanted, link.name) !== undefined;
    if (!kept && isOurs(link, stack, names)) doomed.set(link, unwanted);
  }
  spread(doomed, links, stack, names);
  for (const [link, why] of doomed) {
    problems.push(...stackedOn(link, input, doomed));
    drafts.push({ step: removal(link, host, stack, why), after: upon(link, facts) });
  }
  for (const want of wanted) {
    const found = linkNamed(facts, want.props.name);
    if (found === undefined || doomed.has(found)) {
      const below = linkNamed(facts, want.props.parent);
      const parent = below !== undefined && doomed.has(below) ? undefined : below;
      drafts.push({ step: addition(want, parent, found !== undefined), after: want.requires });
    } else if (!isOurs(found, stack, names) && !(adopt && adoptionRefusal(want, found) === undefined)) {
      problems.push(linkTaken(want, found, adopt));
    } else {
      const alias = linkAlias({ stack, ref: want.ref });
      const { parent } = want.props;
      // What the parent will have, where the same plan changes that.
      const parentMtu = wantedLink(wanted, parent)?.props.mtu ?? linkNamed(facts, parent)?.mtu;
      const change = linkChange(want, found, facts.links?.routes ?? [], alias, parentMtu);
      if (change === undefined) continue;
      const common = { host, ref: want.ref, name: found.name, index: found.index, change };
      const step: StepOf<'link.set'> = isOurs(found, stack, names)
        ? { op: 'link.set', ...common, why: describeLinkChange(change), disruptive: false }
        : { op: 'link.set', ...common, ...adopting(change) };
      drafts.push({ step, after: want.requires });
    }
  }
  return { drafts, problems };
}

/** Addresses and routes that go may be somebody's way: nobody knows who gave them to a link that netctl did not make. */
function adopting(change: LinkChange): Pick<StepOf<'link.set'>, 'why' | 'disruptive' | 'adopts'> {
  const repairs = describeLinkRepairs(change);
  const there = 'it is there already, as the spec says';
  return {
    why: repairs === '' ? there : `${there}, but for this: ${repairs}`,
    disruptive: change.removeAddresses !== undefined || change.removeRoutes !== undefined,
    adopts: true,
  };
}

/** Why a link cannot be adopted, as half a sentence; undefined when it can. */
function adoptionRefusal(want: LinkResource, found: LinkFact): string | undefined {
  const owner = readLinkOwner(found);
  if (owner !== undefined) return 'it belongs to a stack';
  if (!isNobodys(found)) return `it has the alias ${JSON.stringify(found.alias)}, which would be lost`;
  const changes = linkReplacements(want, found);
  return changes.length === 0 ? undefined : `it is not as the spec says (${describeChanges(changes)})`;
}

function isOurs(link: LinkFact, stack: string, names: ReadonlySet<string>): boolean {
  return readLinkOwner(link)?.stack === stack || (isHalfMade(link) && names.has(link.name));
}

/** The kernel takes away what is stacked on a link that goes, so ours among it goes first, and is made again. */
function spread(
  doomed: Map<LinkFact, string>,
  links: readonly LinkFact[],
  stack: string,
  names: ReadonlySet<string>,
): void {
  const going = new Set([...doomed.keys()].map(({ name }) => name));
  for (let before = -1; before !== doomed.size;) {
    before = doomed.size;
    for (const link of links) {
      const { name, parent } = link;
      if (parent === undefined || !going.has(parent) || doomed.has(link) || !isOurs(link, stack, names)) continue;
      doomed.set(link, `${parent} below it goes`);
      going.add(name);
    }
  }
}

/** Who would lose something: links of others on it, and networks on it that somebody holds or that are not ours. */
function stackedOn(
  link: LinkFact,
  { facts, stack, wanted, recreate }: LinkInput,
  doomed: ReadonlyMap<LinkFact, string>,
): readonly Problem[] {
  const want = wantedLink(wanted, link.name);
  const path = want?.path ?? (link.kind === 'vlan' ? 'vlans' : 'networks');
  const again = want !== undefined;
  const foreign = linksOn(facts, link.name).find((other) => !doomed.has(other));
  const problems: Problem[] = [];
  if (foreign !== undefined) {
    problems.push(
      problem(
        'error',
        'LINK_IN_USE',
        path,
        `the link ${link.name} has to go, and ${foreign.name}, which netctl did not make, is stacked on it`,
        `Remove ${foreign.name} first.`,
      ),
    );
  }
  for (const network of networksAbove(link.name, facts)) {
    if (!owns(network, facts, stack)) {
      problems.push(
        problem(
          'error',
          'LINK_IN_USE',
          path,
          `the link ${link.name} has to go, and the network ${network.name}, which is not of this stack, is on it`,
          `Remove ${network.name} first.`,
        ),
      );
    } else if (network.holders.length > 0 && !(again && recreate)) {
      problems.push(
        problem(
          'error',
          'IN_USE',
          path,
          `the link ${link.name} has to go, and these are on the network ${network.name} on it: ${describeHolders(network.holders)}`,
          again
            ? 'Say --recreate to have them taken off, and put back as they were: their interfaces go with the link.'
            : 'Disconnect or remove them first: their interfaces would go with the link.',
        ),
      );
    }
  }
  return problems;
}

/** What has to be removed before a link: networks on it, so that none is left without its parent, and links on it. */
function upon(link: LinkFact, facts: HostFacts): readonly Ref[] {
  return [
    ...linksOn(facts, link.name).map(({ name }): Ref => `link:${name}`),
    ...networksAbove((link.kind === 'vlan' ? link.name : link.parent) ?? '', facts).flatMap(
      ({ owner }) => owner?.ref ?? [],
    ),
  ];
}

function removal(link: LinkFact, host: HostName, stack: string, why: string): StepOf<'link.remove'> {
  const adopted = isAdopted(link, stack);
  return {
    op: 'link.remove',
    host,
    ref: `link:${link.name}`,
    why: adopted ? `${why}; it was adopted, netctl did not make it` : why,
    disruptive: true,
    name: link.name,
    index: link.index,
    ...(link.parent === undefined ? {} : { parent: link.parent }),
    ...vlanProps(link),
    ...(adopted ? { adopted } : {}),
  };
}

function vlanProps({ name, kind, parent, vlan, mtu }: LinkFact): { readonly was?: LinkProps } {
  if (kind !== 'vlan' || parent === undefined || vlan === undefined) return {};
  return { was: { name, kind, parent, vlanId: vlan.id, mtu, addresses: [], routes: [] } };
}

/** Making a link again belongs to its removal, and is left out with it. */
function addition(want: LinkResource, parent: LinkFact | undefined, again: boolean): StepOf<'link.add'> {
  const { host, ref, why, props } = want;
  const upon = parent === undefined ? {} : { parentIndex: parent.index };
  return { op: 'link.add', host, ref, why, disruptive: again, props, ...upon };
}

function linkTaken(want: LinkResource, found: LinkFact, adopt: boolean): Problem {
  const owner = readLinkOwner(found);
  const whose = owner === undefined ? 'netctl did not make it' : `it belongs to the stack ${owner.stack}`;
  const kind = found.kind === undefined ? 'link' : `${found.kind} link`;
  const refusal = adoptionRefusal(want, found);
  const cure = [
    want.role === 'shim' ? 'Give the shim another name with `shim: { name: … }`' : 'Give the link another name',
    ...(adopt || refusal !== undefined ? [] : ['take that one over with --adopt']),
  ];
  const refused = adopt && refusal !== undefined ? ` --adopt does not take it: ${refusal}.` : '';
  return problem(
    'error',
    'LINK_TAKEN',
    want.path,
    `the host has a ${kind} named ${found.name} already, and ${whose}`,
    `${cure.join(', ')}, or remove that one yourself.${refused}`,
  );
}
