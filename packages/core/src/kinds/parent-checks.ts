import type { LinkFact } from '../links.js';
import { linkNamed, linksOn, networksOn, wantedOn } from '../lookup.js';
import type { FoundNetwork, HostFacts, NetworkResource } from '../model.js';
import { lint, problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { remembered } from '../remembered.js';
import { compareVersions } from '../versions.js';
import type { CheckContext } from './kind.js';
import { macFilter } from './mac-filter.js';
import { bridgeOf } from './overlap.js';
import { takerOf } from './stack.js';

/** What is wrong with the parent of a macvlan or ipvlan network on this host. */
export function checkParent(network: NetworkResource, context: CheckContext): readonly Problem[] {
  const { facts, plannedLinks } = context;
  const parent = network.asked.options['parent'];
  const virtual = virtualHost(network, context);
  if (virtual !== undefined) return [virtual];
  if (parent === undefined) return [];
  const path = `${network.path}.parent`;
  const wire = network.asked.driver === 'macvlan' ? macFilter(parent, path, context) : [];
  const link = linkNamed(facts, parent);
  if (link === undefined) {
    if (facts.links === undefined || plannedLinks.has(parent)) return [...wire, ...sharing(network, parent, context)];
    return [parentMissing(path, parent, facts)];
  }
  return [...unfit(network, link, path, context), ...wire, ...sharing(network, parent, context)];
}

/** The link that a network or a link of ours is to sit on is not there; the hint names those that could carry one. */
export function parentMissing(path: string, parent: string, facts: Pick<HostFacts, 'links' | 'networks'>): Problem {
  const fit = (facts.links?.links ?? []).filter((link) => canCarry(link, facts)).map(({ name }) => name);
  const hint =
    fit.length === 0 ? 'The host has none that could be one.' : `Links that could be one: ${fit.join(', ')}.`;
  return problem('error', 'PARENT_MISSING', path, `the host has no link named ${parent}`, hint);
}

/** Ethernet, no port of another link (as are Docker's own veths), no shim or the like, and no bridge of Docker's. */
export function canCarry({ name, type, kind, master }: LinkFact, { networks }: Pick<HostFacts, 'networks'>): boolean {
  return (
    type === 'ether' &&
    master === undefined &&
    !['macvlan', 'macvtap', 'ipvlan', 'ipvtap'].includes(kind ?? '') &&
    !networks.some((network) => bridgeOf(network) === name)
  );
}

function virtualHost(network: NetworkResource, { facts }: CheckContext): Problem | undefined {
  const { rootless, operatingSystem } = facts.engine;
  const where = rootless ? 'a rootless engine' : /docker desktop/i.test(operatingSystem) ? 'Docker Desktop' : undefined;
  if (where === undefined) return undefined;
  return problem(
    'error',
    'ENGINE_NOT_ON_HOST',
    network.path,
    `${where} runs in a network of its own, so a ${network.asked.driver} network there never reaches this host's links`,
    'Use an engine that runs as root on the Linux host itself.',
  );
}

function unfit(
  network: NetworkResource,
  link: LinkFact,
  path: string,
  { facts, plannedLinks, raisedLinks }: CheckContext,
): readonly Problem[] {
  const { driver } = network.asked;
  if (link.type === 'loopback') {
    return [
      problem(
        'error',
        'PARENT_LOOPBACK',
        path,
        `${link.name} is the loopback link`,
        'Name the link that goes to the LAN.',
      ),
    ];
  }
  const taker = takerOf(link, facts);
  if (taker !== undefined) {
    // The kernel lets a port have no other upper device: EBUSY, and only when a container starts.
    const message = `${link.name} is a port of ${taker}, and a port cannot carry ${driver} networks`;
    return [lint('PARENT_ENSLAVED', path, message, `Use ${taker} itself as the parent.`)];
  }
  return link.up || raisedLinks.has(link.name) || plannedLinks.has(link.name)
    ? []
    : [
        problem(
          'warning',
          'PARENT_DOWN',
          path,
          `${link.name} is down: containers get no traffic until it is up`,
          `ip link set ${link.name} up`,
        ),
      ];
}

const marksOf = remembered((wanted: readonly NetworkResource[]) => ({
  refs: new Set(wanted.map(({ ref }) => ref)),
  names: new Set(wanted.map(({ name }) => name)),
}));

/** Whether a network that is there is what one of those wanted stands for, as `isSame` says of two. */
function isWanted({ name, owner }: FoundNetwork, wanted: readonly NetworkResource[], stack: string): boolean {
  const { refs, names } = marksOf(wanted);
  return names.has(name) || (owner?.stack === stack && refs.has(owner.ref));
}

/** Who else is on the parent. The kernel gives a link to macvlan or to ipvlan, never to both. */
function sharing(network: NetworkResource, parent: string, context: CheckContext): readonly Problem[] {
  const { facts, wanted, stack, leaving } = context;
  const { driver } = network.asked;
  const path = `${network.path}.parent`;
  const planned = wantedOn(wanted, parent).filter((other) => other.ref !== network.ref);
  const there = networksOn(facts, parent).filter(
    (found) => !leaving.networks.has(found.id) && !isWanted(found, wanted, stack),
  );
  const others = [...planned, ...there];
  const problems: Problem[] = [];
  const cross = others.find(({ props }) => props.driver !== driver && ['macvlan', 'ipvlan'].includes(props.driver));
  const shim = linksOn(facts, parent).find(
    ({ name, kind }) => kind !== driver && (kind === 'macvlan' || kind === 'ipvlan') && !leaving.links.has(name),
  );
  if (cross !== undefined) {
    problems.push(
      problem(
        'error',
        'PARENT_MIXED',
        path,
        `${parent} carries the ${cross.props.driver} network ${cross.name}, and the kernel allows one of the two kinds on a link`,
        'Use the same driver for both, or another parent, such as a VLAN.',
      ),
    );
  } else if (shim?.kind !== undefined) {
    problems.push(
      problem(
        'error',
        'PARENT_MIXED',
        path,
        `${parent} carries the ${shim.kind} link ${shim.name}, and the kernel allows one of macvlan and ipvlan on a link`,
        `Remove ${shim.name}, or use another parent, such as a VLAN.`,
      ),
    );
  }
  const same = others.find(({ props }) => props.driver === driver);
  if (same !== undefined && !mayShare(network, same, facts.engine.version)) {
    problems.push(
      problem(
        'error',
        'PARENT_SHARED',
        path,
        `${parent} is already the parent of network ${same.name}, and engine ${facts.engine.version} allows one ${driver} network on a parent`,
        driver === 'macvlan'
          ? 'Upgrade the engine to 27.0 or newer, or put one of them on a VLAN.'
          : 'Put one of them on a VLAN, or give one network several subnets.',
      ),
    );
  }
  return problems;
}

/** Engine 27.0 lets macvlan networks share a parent, but for passthru; ipvlan networks never may. */
function mayShare(network: NetworkResource, other: NetworkResource | FoundNetwork, engine: string): boolean {
  if (network.asked.driver !== 'macvlan' || compareVersions(engine, '27.0') < 0) return false;
  return ![network, other].some(({ props }) => props.options['macvlan_mode'] === 'passthru');
}
