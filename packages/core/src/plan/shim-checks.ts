import { dynamicRange } from '../addresses/ipam.js';
import type { Occupant } from '../addresses/occupied.js';
import { formatPrefix, parseAddress, parsePrefix } from '../addresses/prefix.js';
import type { Prefix } from '../addresses/prefix.js';
import { inRange } from '../addresses/range.js';
import { linkNamed, linksWith, networksOn } from '../lookup.js';
import type { FoundNetwork, LinkResource, Step } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { remembered } from '../remembered.js';
import type { CheckInput } from './check-input.js';

/** What stands against a shim: somebody has its address, or its routes would take traffic that is not for containers. */
export function checkShim(link: LinkResource, input: CheckInput, leaving: ReadonlySet<string>): readonly Problem[] {
  return [
    ...link.props.addresses.flatMap((address) => addressTaken(link, address, input, leaving)),
    ...link.props.routes.flatMap(({ destination }) => {
      const prefix = parsePrefix(destination)?.prefix;
      return prefix === undefined ? [] : routeThief(link, prefix, destination, input, leaving);
    }),
  ];
}

function addressTaken(
  link: LinkResource,
  address: string,
  { facts, stack, steps }: CheckInput,
  leaving: ReadonlySet<string>,
): readonly Problem[] {
  const owner = linksWith(facts, address).find(({ name }) => name !== link.props.name && !leaving.has(name));
  if (owner !== undefined) {
    const message = `the shim's address ${address} is that of the host's own link ${owner.name}`;
    return [
      problem('error', 'SHIM_ADDRESS_TAKEN', link.path, message, 'Choose another address with `shim: { address: … }`.'),
    ];
  }
  const around = networksOn(facts, link.props.parent);
  const holder = around
    .flatMap(({ holders }) => holders)
    .find(({ ipv4, ipv6 }) => ipv4 === address || ipv6 === address);
  if (holder !== undefined) {
    const message = `the shim's address ${address} is that of the ${holder.type} ${holder.name}`;
    const cure = `Choose another address with \`shim: { address: … }\`, or give ${holder.name} another one.`;
    return [problem('error', 'SHIM_ADDRESS_TAKEN', link.path, message, cure)];
  }
  const careless = around.find(
    (found) =>
      found.owner?.stack === stack &&
      mayHandOut(found, address) &&
      !steps.some((step) => step.op === 'network.remove' && step.id === found.id),
  );
  if (careless === undefined) return [];
  const message = `Docker may give the shim's address ${address} to a container: the network ${careless.name} was made before the shim had it`;
  const cure = `Choose an address outside the range with \`shim: { address: … }\`, or remove the network (docker network rm ${careless.name}) and apply again.`;
  return [problem('warning', 'SHIM_NOT_RESERVED', link.path, message, cure)];
}

function mayHandOut({ props }: FoundNetwork, text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  const fixed = props.ipam.config.flatMap((entry) => [entry.gateway, ...Object.values(entry.auxAddresses ?? {})]);
  if (fixed.includes(text)) return false;
  return props.ipam.config.some((entry) => {
    const range = dynamicRange(entry);
    return range !== undefined && inRange(range, address);
  });
}

const linksMade = remembered(
  (steps: readonly Step[]) => new Set(steps.flatMap((step) => (step.op === 'link.add' ? [step.props.name] : []))),
);

/**
 * The way to a router, the LAN as a whole (for which the parent has a route of the same length), and whatever another
 * link of the host leads to, in any table, must stay where they are.
 */
function routeThief(
  link: LinkResource,
  prefix: Prefix,
  destination: string,
  { facts, steps, resolved: { addresses } }: CheckInput,
  leaving: ReadonlySet<string>,
): readonly Problem[] {
  const parent = linkNamed(facts, link.props.parent);
  // Without a parent there is another problem, and no telling where its LAN is.
  if (parent === undefined && !linksMade(steps).has(link.props.parent)) return [];
  const bare = !(parent?.addresses ?? []).some(({ address, scope }) => scope !== 'link' && isFamily(address, prefix));
  const isOther = (route: Occupant): boolean =>
    route.kind === 'route' && route.link !== link.props.name && !(route.link !== undefined && leaving.has(route.link));
  const victim = addresses.occupied.overlapping(prefix).find((route) => {
    if (!isOther(route)) return false;
    // The parent leads to the LAN that the range is a part of.
    if (route.link === link.props.parent) return formatPrefix(route.prefix) === destination;
    // A parent without an address is a second cable into the same LAN, kept for containers.
    return !(bare && route.prefix.length < prefix.length);
  });
  if (victim !== undefined) {
    const by = victim.link === undefined ? '' : ` by ${victim.link}`;
    const message = `the shim's route to ${destination} would take traffic from the host's route to ${formatPrefix(victim.prefix)}${by}`;
    const cure =
      'Choose a subnet and an ip_range that the host reaches by the parent alone, and a range smaller than the subnet.';
    return [problem('error', 'SHIM_ROUTE_TAKEN', link.path, message, cure)];
  }
  const router = addresses.routers.overlapping(prefix).find(isOther);
  if (router?.via === undefined) return [];
  const message = `the route to ${destination} would take over the way to the router ${router.via}`;
  return [problem('error', 'SHIM_COVERS_GATEWAY', link.path, message, 'Choose an ip_range without it.')];
}

function isFamily(address: string, prefix: Prefix): boolean {
  return parseAddress(address)?.family === prefix.family;
}
