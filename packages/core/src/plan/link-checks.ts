import { groupBy } from '../group-by.js';
import { parentMissing } from '../kinds/parent-checks.js';
import { takerOf, wantedLink } from '../kinds/stack.js';
import { linkNamed } from '../lookup.js';
import { isHalfMade } from '../marks.js';
import type { HostFacts, LinkResource, Step } from '../model.js';
import { lint, problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { changesLinks } from './changes-links.js';
import type { CheckInput } from './check-input.js';
import { missingModules } from './kernel-kinds.js';
import { checkShim } from './shim-checks.js';
import { swarmPorts } from './swarm-ports.js';

/** What stands against the link steps: no way to see or change links, no kernel module, no parent, a stolen route. */
export function checkLinks(
  input: CheckInput,
  plannedLinks: ReadonlySet<string>,
  raisedLinks: ReadonlySet<string>,
  leaving: ReadonlySet<string>,
): readonly Problem[] {
  const { facts, steps, wanted } = input;
  const changing = steps.filter(changesLinks);
  const changingBy = groupBy(changing, ({ ref }) => [ref]);
  if (facts.links === undefined) return unseen(input);
  const problems: Problem[] = [];
  if (changing[0] !== undefined && !facts.links.mayChange) {
    problems.push(
      problem(
        'error',
        NO_NET_ADMIN,
        pathOf(changing[0], wanted.links),
        'changing links of the host needs the capability CAP_NET_ADMIN, which this process lacks',
        'Run netctl as root (sudo), with CAP_NET_ADMIN as an ambient capability, or let its user run `sudo -n ip`.',
      ),
    );
  }
  const both = [...wanted.links, ...wanted.networks];
  problems.push(...missingModules(steps, facts, (step) => pathOf(step, both)));
  problems.push(...swarmPorts(steps, facts, (step) => pathOf(step, both)));
  problems.push(...sawnOff(input, plannedLinks, leaving));
  problems.push(...unfinished(input, leaving));
  for (const link of wanted.links) {
    const mine = changingBy.get(link.ref) ?? [];
    const added = mine.some(({ op }) => op === 'link.add');
    if (added) problems.push(...parentOf(link, facts, plannedLinks));
    const raised = mine.some((step) => step.op === 'link.set' && step.change.mtu);
    if (added || raised) problems.push(...mtuAbove(link, facts, wanted.links));
    if (added || raisedLinks.has(link.props.name)) problems.push(...parentDown(link, facts, plannedLinks, raisedLinks));
    if (link.role === 'shim') problems.push(...checkShim(link, input, leaving));
  }
  return problems;
}

/** What a netctl began to make under a name that nobody asks for now: it says no more about whose it is. */
function unfinished({ facts, wanted }: CheckInput, leaving: ReadonlySet<string>): readonly Problem[] {
  const links = facts.links?.links ?? [];
  const asked = new Set(wanted.links.map(({ props }) => props.name));
  return links
    .filter((link) => isHalfMade(link) && !asked.has(link.name) && !leaving.has(link.name))
    .map(({ name }) =>
      problem(
        'warning',
        'LINK_UNFINISHED',
        '',
        `the link ${name} was begun by a netctl that did not live to name it, and no part of this spec is called so`,
        `Remove it when it is nobody's: ip link del ${name}`,
      ),
    );
}

/** A link of ours that nothing asks for any more goes, and with it the interfaces of all who are on it. */
function sawnOff(
  { wanted }: CheckInput,
  plannedLinks: ReadonlySet<string>,
  leaving: ReadonlySet<string>,
): readonly Problem[] {
  const sitters = [
    ...wanted.networks.map(({ asked, path }) => ({ parent: asked.options['parent'], path: `${path}.parent` })),
    ...wanted.links.map(({ props, path }) => ({ parent: props.parent, path })),
  ];
  const seen = new Set<string>();
  return sitters.flatMap(({ parent, path }) => {
    if (parent === undefined || seen.has(parent) || !leaving.has(parent) || plannedLinks.has(parent)) return [];
    seen.add(parent);
    return [
      problem(
        'error',
        'PARENT_LEAVES',
        path,
        `netctl made the link ${parent}, and would remove it, since the spec no longer asks for it`,
        `Write it under vlans:, or give the network vlan: instead.`,
      ),
    ];
  });
}

/** The one refusal that is about who runs netctl: it has an exit status of its own. */
export const NO_NET_ADMIN = 'NO_NET_ADMIN';

function unseen({ facts, wanted, resolved, destroy }: CheckInput): readonly Problem[] {
  // Links that cannot be seen would be left behind.
  const links = destroy ? resolved.links : wanted.links;
  const first = links[0] ?? wanted.networks.find(({ asked }) => asked.options['parent'] !== undefined);
  const auto = wanted.networks.find(({ autoSubnet }) => autoSubnet);
  const needy = first ?? auto;
  const why = facts.linksMissing ?? 'the links of the host cannot be read';
  if (needy === undefined) return [];
  return [
    problem(
      'error',
      'LINKS_UNKNOWN',
      needy.path,
      `this needs the links and routes of the host, and ${why}`,
      facts.linksCure ?? 'Install iproute2 (apt install iproute2, apk add iproute2, dnf install iproute).',
    ),
  ];
}

function pathOf(step: Step, resources: readonly { readonly ref: string; readonly path: string }[]): string {
  return resources.find(({ ref }) => ref === step.ref)?.path ?? '';
}

function parentOf(link: LinkResource, facts: HostFacts, plannedLinks: ReadonlySet<string>): readonly Problem[] {
  const { parent } = link.props;
  const found = linkNamed(facts, parent);
  if (found === undefined) {
    return plannedLinks.has(parent) ? [] : [parentMissing(link.path, parent, facts)];
  }
  const taker = takerOf(found, facts);
  if (taker === undefined) return [];
  const message = `${parent} is a port of ${taker}, and a link on a port gets no traffic`;
  return [lint('PARENT_ENSLAVED', link.path, message, `Use ${taker} itself as the parent.`)];
}

/** The kernel takes no more than the parent has (ERANGE), and lowers a VLAN link with it. */
function mtuAbove(link: LinkResource, facts: HostFacts, wanted: readonly LinkResource[]): readonly Problem[] {
  const { kind, parent, mtu } = link.props;
  const planned = wantedLink(wanted, parent)?.props.mtu;
  const below = planned ?? linkNamed(facts, parent)?.mtu;
  if (kind !== 'vlan' || mtu === undefined || below === undefined || mtu <= below) return [];
  return [
    problem(
      'error',
      'MTU_ABOVE_PARENT',
      link.path,
      `the MTU ${mtu} is more than the ${below} of ${parent} below`,
      `Write ${below} or less, or raise the MTU of ${parent} first.`,
    ),
  ];
}

/** Shims come up on a parent that is down; a VLAN link does not (8021q, vlan_dev_open: ENETDOWN). */
function parentDown(
  link: LinkResource,
  facts: HostFacts,
  plannedLinks: ReadonlySet<string>,
  raisedLinks: ReadonlySet<string>,
): readonly Problem[] {
  const { kind, parent } = link.props;
  const found = linkNamed(facts, parent);
  if (kind !== 'vlan' || found === undefined || found.up) return [];
  if (plannedLinks.has(parent) || raisedLinks.has(parent)) return [];
  return [
    problem(
      'error',
      'PARENT_DOWN',
      link.path,
      `${parent} is down, and the kernel brings no VLAN link up on it`,
      `ip link set ${parent} up`,
    ),
  ];
}
