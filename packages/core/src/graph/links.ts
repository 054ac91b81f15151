import type { LinkFact, LinkProps } from '../links.js';
import { linkNamed } from '../lookup.js';
import { describeLink, hostAddress } from '../plan/describe.js';
import { detailsOf, unwantedOf, wantedState } from './host-view.js';
import type { HostView } from './host-view.js';
import type { TopologyLink, TopologyState } from './topology.js';

/** The links of a host that a stack is on, those below first; `parents` are the names of the links that networks are on. */
export function linksOf(view: HostView, parents: readonly string[]): readonly TopologyLink[] {
  const { id, resolved } = view;
  const wanted = new Map(resolved.links.map((link) => [link.props.name, link]));
  const below = linksBelow(view, [...parents, ...resolved.links.map(({ props }) => props.name)]);
  const foreign = below.filter((name) => !wanted.has(name));
  const names = [...foreign, ...wanted.keys()];
  const idOf = new Map(names.map((name, index) => [name, `${id}_l${String(index + 1)}`]));
  const on = (parent: string | undefined): { readonly on?: string } => {
    const link = parent === undefined ? undefined : idOf.get(parent);
    return link === undefined ? {} : { on: link };
  };
  return [
    ...foreign.map((name): TopologyLink => {
      const fact = linkNamed(view.facts, name);
      return { id: idOf.get(name) ?? '', name, ...foreignLink(view, name, fact), ...on(fact?.parent), checks: [] };
    }),
    ...[...wanted.values()].map(({ props, ref, role, why }): TopologyLink => ({
      id: idOf.get(props.name) ?? '',
      name: props.name,
      role,
      ...wantedState(view, ref),
      about: describeLink(props),
      details: [...linkDetails(props), ['Wanted because', why]],
      ...on(props.parent),
      into: [],
      checks: [],
    })),
    ...unwantedOf(view, 'link').map(({ name, why }, index): TopologyLink => ({
      id: `${id}_l${String(names.length + index + 1)}`,
      name,
      role: linkNamed(view.facts, name)?.kind === 'vlan' ? 'vlan' : 'shim',
      state: 'unwanted',
      ...(why === undefined ? {} : { why }),
      about: 'a link of this stack that the spec no longer has',
      details: [],
      ...on(linkNamed(view.facts, name)?.parent),
      into: [],
      checks: [],
    })),
  ];
}

/** These links and all that they are stacked on, the lowest first. */
function linksBelow({ facts, resolved }: HostView, names: readonly string[]): readonly string[] {
  const parentOf = (name: string): string | undefined =>
    resolved.links.find(({ props }) => props.name === name)?.props.parent ?? linkNamed(facts, name)?.parent;
  const found = new Set<string>();
  const add = (name: string, above: ReadonlySet<string>): void => {
    const parent = parentOf(name);
    if (parent !== undefined && !above.has(parent)) add(parent, new Set([...above, parent]));
    found.add(name);
  };
  for (const name of names) add(name, new Set([name]));
  return [...found];
}

/** A link that netctl does not make: as the host has it. */
function foreignLink(
  { facts }: HostView,
  name: string,
  fact: LinkFact | undefined,
): Pick<TopologyLink, 'about' | 'details' | 'into' | 'role' | 'state' | 'why'> {
  if (fact === undefined) {
    const state: TopologyState = facts.links === undefined ? 'wanted' : 'missing';
    const why = state === 'missing' ? { why: `there is no link ${name}` } : {};
    return { role: 'parent', state, ...why, about: 'a link of the host', details: [], into: [] };
  }
  const kind = fact.vlan === undefined ? (fact.kind ?? 'link') : `VLAN ${String(fact.vlan.id)}`;
  const addresses = fact.addresses.map(({ address, prefixLength }) => `${address}/${String(prefixLength)}`);
  return {
    role: fact.vlan === undefined ? 'parent' : 'vlan',
    state: 'other',
    about: [kind, ...(fact.up ? [] : ['down']), ...addresses].join(', '),
    details: detailsOf([
      ['Kind', kind],
      ['State', fact.up ? 'up' : 'down'],
      ['On', fact.parent],
      ['Addresses', addresses.join(', ')],
      ['MAC', fact.mac],
      ['MTU', String(fact.mtu)],
    ]),
    into: [],
  };
}

function linkDetails(props: LinkProps): readonly (readonly [string, string])[] {
  return detailsOf([
    ['Kind', props.kind === 'vlan' ? 'VLAN link' : `shim: ${props.kind} ${props.mode ?? ''}`.trim()],
    ['On', props.parent],
    ['VLAN id', props.vlanId === undefined ? undefined : String(props.vlanId)],
    ['Addresses', props.addresses.map(hostAddress).join(', ')],
    ['Routes', props.routes.map(({ destination }) => destination).join(', ')],
    ['MAC', props.mac],
    ['MTU', props.mtu === undefined ? undefined : String(props.mtu)],
  ]);
}
