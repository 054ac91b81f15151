import type { LinkFact, LinkProps } from '../links.js';
import { linkNamed, linksOn } from '../lookup.js';
import { isHalfMade, isNobodys, readLinkOwner } from '../marks.js';
import type { HostFacts, HostName, LinkResource, Ref } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { vlanLinkName } from '../spec/facts.js';
import { formatPath } from '../spec/path.js';
import type { NetworkSpec, Spec } from '../spec/schema.js';

/** The VLAN links that a spec needs on one host, gathered while its networks are resolved. */
export interface VlanLinks {
  readonly resources: readonly LinkResource[];
  readonly problems: readonly Problem[];
  /** Names of the links that cannot be made, with the problem that says why. */
  readonly refused: ReadonlySet<string>;
  /** The link that a network sits on, and the reference to wait for where netctl makes it. */
  parentOf(spec: NetworkSpec): { readonly parent?: string; readonly requires: readonly Ref[] };
}

interface Wanted {
  readonly link: string;
  readonly parent: string;
  readonly id: number;
  readonly mtu?: number;
  readonly path: string;
  readonly why: string;
}

/**
 * Decides which link each network sits on, and which VLAN links netctl has to make for that. A link that is there
 * already, and is not ours, is used as it is whoever made it; or taken over, where it can be.
 */
export function vlanLinks(spec: Spec, host: HostName, facts: HostFacts, adopt: boolean): VlanLinks {
  const stack = spec.name;
  const wanted = new Map<string, Wanted>();
  for (const [link, { parent, id, mtu }] of Object.entries(spec.vlans)) {
    const path = formatPath(['vlans', link]);
    wanted.set(link, {
      link,
      parent,
      id,
      ...(mtu === undefined ? {} : { mtu }),
      path,
      why: 'the spec wants this VLAN link',
    });
  }
  for (const [key, network] of Object.entries(spec.networks)) {
    const need = neededBy(key, network, spec, wanted, facts);
    if (need !== undefined && !wanted.has(need.link)) wanted.set(need.link, need);
  }
  const resources: LinkResource[] = [];
  const problems: Problem[] = [];
  const refused = new Set<string>();
  for (const one of wanted.values()) {
    const existing = linkNamed(facts, one.link);
    if (existing !== undefined && isForeignAndRight(existing, one, stack) && !(adopt && isNobodys(existing))) {
      if (adopt && readLinkOwner(existing) === undefined) problems.push(notAdopted(one, existing));
      continue;
    }
    const twin = twinOf(one, facts, (link) => readLinkOwner(link)?.stack === stack && !wanted.has(link.name));
    if (twin === undefined) resources.push(toResource(one, host, wanted));
    else {
      problems.push(twinProblem(one, twin));
      refused.add(one.link);
    }
  }
  const made = new Set(resources.map(({ props }) => props.name));
  return {
    resources,
    problems,
    refused,
    parentOf: (network) => {
      const parent = parentName(network, spec);
      if (parent === undefined) return { requires: [] };
      return { parent, requires: made.has(parent) ? [`link:${parent}`] : [] };
    },
  };
}

/** The parent that the spec names, in either of its forms. */
function givenParent(network: NetworkSpec): string | undefined {
  return network.parent ?? network.driver_opts?.['parent'];
}

function parentName(network: NetworkSpec, spec: Spec): string | undefined {
  const parent = givenParent(network);
  if (parent === undefined || network.vlan === undefined) return parent;
  return vlanLinkName(spec.vlans, parent, network.vlan);
}

function neededBy(
  key: string,
  network: NetworkSpec,
  spec: Spec,
  wanted: ReadonlyMap<string, Wanted>,
  facts: HostFacts,
): Wanted | undefined {
  const parent = givenParent(network);
  if (parent === undefined || network.external === true) return undefined;
  if (network.vlan !== undefined) {
    const link = vlanLinkName(spec.vlans, parent, network.vlan);
    const mtu = typeof network.mtu === 'number' ? { mtu: network.mtu } : {};
    return {
      link,
      parent,
      id: network.vlan,
      ...mtu,
      path: formatPath(['networks', key, 'vlan']),
      why: `network ${key} is on VLAN ${network.vlan}`,
    };
  }
  const dotted = /^(.+)\.(\d+)$/.exec(parent);
  if (dotted?.[1] === undefined || wanted.has(parent)) return undefined;
  // No VLAN has such a number: it is a link like any other, there or missing.
  if (Number(dotted[2]) < 1 || Number(dotted[2]) > 4094) return undefined;
  const existing = linkNamed(facts, parent);
  if (existing !== undefined && readLinkOwner(existing) === undefined && !isHalfMade(existing)) return undefined;
  const why = `network ${key} is on ${parent}, and Docker would make it as its own`;
  return { link: parent, parent: dotted[1], id: Number(dotted[2]), path: formatPath(['networks', key, 'parent']), why };
}

function isForeignAndRight(link: LinkFact, wanted: Wanted, stack: string): boolean {
  const foreign = readLinkOwner(link)?.stack !== stack && !isHalfMade(link);
  return foreign && link.kind === 'vlan' && link.parent === wanted.parent && link.vlan?.id === wanted.id;
}

/** The kernel allows an id once on a link, under whatever name. One of ours that nobody wants any more goes first. */
function twinOf(wanted: Wanted, facts: HostFacts, goes: (link: LinkFact) => boolean): LinkFact | undefined {
  return linksOn(facts, wanted.parent).find(
    (link) => link.kind === 'vlan' && link.name !== wanted.link && link.vlan?.id === wanted.id && !goes(link),
  );
}

function twinProblem(wanted: Wanted, twin: LinkFact): Problem {
  return problem(
    'error',
    'VLAN_ID_TAKEN',
    wanted.path,
    `VLAN ${wanted.id} on ${wanted.parent} is there already, under the name ${twin.name}`,
    `Write \`parent: ${twin.name}\` without \`vlan\`, or remove that link.`,
  );
}

function notAdopted({ link, path }: Wanted, { alias = '' }: LinkFact): Problem {
  return problem(
    'warning',
    'LINK_NOT_ADOPTED',
    path,
    `the link ${link} has the alias ${JSON.stringify(alias)}, and an alias is how netctl would know it for its own; it is used as it is`,
    `To have it adopted, take that off: ip link set dev ${link} alias ""`,
  );
}

function toResource(one: Wanted, host: HostName, wanted: ReadonlyMap<string, Wanted>): LinkResource {
  const props: LinkProps = {
    name: one.link,
    kind: 'vlan',
    parent: one.parent,
    vlanId: one.id,
    ...(one.mtu === undefined ? {} : { mtu: one.mtu }),
    addresses: [],
    routes: [],
  };
  return {
    type: 'link',
    role: 'vlan',
    host,
    ref: `link:${one.link}`,
    path: one.path,
    requires: wanted.has(one.parent) ? [`link:${one.parent}`] : [],
    why: one.why,
    props,
  };
}
