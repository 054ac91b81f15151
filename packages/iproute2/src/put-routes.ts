import type { LinkFact, LinkProps, RouteFact } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import { isV6 } from './check.js';
import { addRoute, removeRoute } from './commands.js';
import type { Ip } from './ip.js';
import { LOOK_ANEW } from './look.js';
import { readRoutes } from './observe.js';

type Route = LinkProps['routes'][number];

/** What the kernel says of a route to the same destination, whoever has it. */
const EXISTS = 'File exists';

/**
 * Gives a link its routes. Never with `ip route replace`, which takes whatever route the main table has to the
 * destination, somebody else's as well: one on the same link without the right source is removed by that link, and `add`
 * does nothing where a route of the same metric came in between. One of another metric is seen only when it was there
 * before, for the kernel takes both.
 * @throws NetctlError LINK_FAILED where somebody has a route to the same destination
 */
export async function putRoutes(
  ip: Ip,
  link: LinkFact,
  wanted: readonly Route[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (wanted.length === 0) return;
  const routes = await readRoutes(ip, signal);
  for (const route of wanted) {
    const there = ownRoutes(link, route, routes);
    if (there.some((one) => isRight(one, route))) continue;
    for (const { protocol } of there) await ip(removeRoute(link, route.destination, protocol), signal);
    const { stderr } = await ip({ ...addRoute(link, route), fine: new RegExp(EXISTS) }, signal);
    // A second netctl that wants the same may have been quicker.
    if (stderr.includes(EXISTS)) await expectRight(ip, link, route, signal);
  }
}

async function expectRight(ip: Ip, link: LinkFact, route: Route, signal: AbortSignal | undefined): Promise<void> {
  const now = ownRoutes(link, route, await readRoutes(ip, signal));
  if (!now.some((one) => isRight(one, route))) throw taken(link, route, now[0]);
}

/**
 * The routes to the destination that are the link's own and so may be replaced. What the kernel makes for an address of
 * IPv6 has a metric of its own and stands beside ours.
 * @throws NetctlError LINK_FAILED where another link has one, or somebody gave one a router, which the next plan names
 */
function ownRoutes(link: LinkFact, route: Route, routes: readonly RouteFact[]): readonly RouteFact[] {
  const same = routes.filter(({ destination }) => destination === route.destination);
  const theirs = same.find((one) => one.link !== link.name || one.via !== undefined);
  if (theirs !== undefined) throw taken(link, route, theirs);
  return same.filter(({ table, protocol }) => table === 'main' && !(protocol === 'kernel' && isV6(route.destination)));
}

function isRight(one: RouteFact, { source }: Route): boolean {
  return one.protocol !== 'kernel' && (source === undefined || one.source === source);
}

function taken(link: LinkFact, { destination }: Route, by: RouteFact | undefined): NetctlError {
  const way = [
    ...(by?.link === undefined ? [] : [` by ${by.link}`]),
    ...(by?.via === undefined ? [] : [` via ${by.via}`]),
  ].join('');
  const message = `Cannot route ${destination} to ${link.name}: somebody made a route there${way} meanwhile, which stays`;
  return new NetctlError('LINK_FAILED', message, { hint: LOOK_ANEW });
}
