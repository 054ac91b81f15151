import type { LinkChange, LinkFact, LinkProps } from '@netctl/core';
import { LINK_GROUP, NetctlError } from '@netctl/core';
import { checkedLinkName, checkChange } from './check.js';
import { changeCommands, makeCommand } from './commands.js';
import type { Ip } from './ip.js';
import { anotherLink, LOOK_ANEW, lookAt } from './look.js';
import type { Seen } from './look.js';
import { putRoutes } from './put-routes.js';

/**
 * Makes a link that carries the group mark from its first moment, then looks which index it got: what follows goes by
 * that. So whoever removes it in between and makes another of its name is seen by the mark that it lacks, or finds
 * theirs as it was.
 */
export async function addLink(
  ip: Ip,
  props: LinkProps,
  alias: string,
  parentIndex: number | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const { name, kind, parent, addresses } = props;
  const change = { alias, up: true, addAddresses: addresses, addRoutes: props.routes } as const;
  const makes = `make the ${kind} link ${checkedLinkName(name)} on ${checkedLinkName(parent)}`;
  checkChange(change);
  const below = await lookAt(ip, parent, parentIndex, makes, signal);
  if (below === undefined) throw gone(makes, parent);
  refuseTaken(name, addresses, [below.link, ...below.others]);
  await ip(makeCommand(props, below.link), signal);
  const does = `finish the ${kind} link ${name}`;
  const seen = await lookAt(ip, name, undefined, does, signal);
  if (seen === undefined) throw gone(does, name);
  const { link } = seen;
  if (link.group !== LINK_GROUP || link.kind !== kind) throw anotherLink(does, 'without the mark of the one just made');
  await changeSeen(ip, seen, change, parent, signal);
}

/** Changes a link by name, if the index is still the one that was observed; no other link is touched. */
export async function setLink(
  ip: Ip,
  name: string,
  index: number,
  change: LinkChange,
  signal?: AbortSignal,
): Promise<void> {
  const does = `change the link ${checkedLinkName(name)}`;
  checkChange(change);
  const seen = await lookAt(ip, name, index, does, signal);
  if (seen === undefined) throw gone(does, name);
  await changeSeen(ip, seen, change, undefined, signal);
}

/** One by one and in order, so that a crash at any point leaves something that `set` can complete. */
async function changeSeen(
  ip: Ip,
  { link, others }: Seen,
  change: LinkChange,
  parent: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  refuseTaken(link.name, change.addAddresses ?? [], others);
  for (const command of changeCommands(link, change, parent)) await ip(command, signal);
  await putRoutes(ip, link, change.addRoutes ?? [], signal);
}

/** The kernel would give an address to both, and say nothing. */
function refuseTaken(name: string, addresses: readonly string[], others: readonly LinkFact[]): void {
  for (const address of addresses) {
    const owner = others.find((link) => link.name !== name && link.addresses.some((one) => one.address === address));
    if (owner === undefined) continue;
    const message = `Cannot add the address ${address} to ${name}: the link ${owner.name} has it now`;
    throw new NetctlError('LINK_FAILED', message, { hint: LOOK_ANEW });
  }
}

function gone(does: string, name: string): NetctlError {
  return new NetctlError('LINK_FAILED', `Cannot ${does}: there is no link ${name} on this host now`, {
    hint: LOOK_ANEW,
  });
}
