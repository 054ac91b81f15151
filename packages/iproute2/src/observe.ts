import type { LinkFacts, RouteFact } from '@netctl/core';
import type { IpCommand } from './commands.js';
import type { HostFiles } from './files.js';
import type { Ip } from './ip.js';
import { replyItems } from './json.js';
import { readMachine } from './machine.js';
import { toLinkFacts } from './map-links.js';
import { toRouteFacts } from './map-routes.js';
import type { Printed } from './run.js';
import { wirelessOf } from './wireless.js';

/** `addr show` with details holds links and addresses. `-Numeric`: a group by number, whatever its name is here. */
export const LINKS: IpCommand = {
  args: ['-json', '-Numeric', '-details', 'addr', 'show'],
  does: 'read the links of the host',
};

/** Both families in one answer. Without `-Numeric`, so that a table has the name that people know it by. */
const ROUTES: IpCommand = { args: ['-json', 'route', 'show', 'table', 'all'], does: 'read the routes of the host' };

/**
 * Two processes, side by side: an apply with nothing to do takes as long as this. `files` where `ip` sees the same links
 * as whoever reads files.
 */
export async function observeLinks(
  ip: Ip,
  files: HostFiles | undefined,
  signal: AbortSignal | undefined,
): Promise<Omit<LinkFacts, 'mayChange'>> {
  const [seen, routes, machine] = await Promise.all([
    readLinks(ip, signal),
    readRoutes(ip, signal),
    files === undefined ? undefined : readMachine(undefined, files, signal),
  ]);
  const all = toLinkFacts(seen);
  const wireless = files === undefined ? undefined : await wirelessOf(all, files, signal);
  const links = all.map((link) => (wireless?.has(link.name) === true ? { ...link, wireless: true } : link));
  return { links, routes, ...(machine === undefined ? {} : { machine }) };
}

/** Who asks side by side gets one answer, which is read once. */
const READ = new WeakMap<Printed, readonly unknown[]>();

/** Every link as `ip` has it. */
export async function readLinks(ip: Ip, signal: AbortSignal | undefined): Promise<readonly unknown[]> {
  return readWhole(ip, LINKS, signal);
}

export async function readRoutes(ip: Ip, signal: AbortSignal | undefined): Promise<readonly RouteFact[]> {
  return toRouteFacts(await readWhole(ip, ROUTES, signal));
}

/**
 * The kernel hands links and routes over in pieces, and marks an answer during which they changed. Such an answer may
 * lack a link or have one twice, so it is read again; containers that start and stop make that an everyday thing.
 */
export async function readWhole(
  ip: Ip,
  command: IpCommand,
  signal: AbortSignal | undefined,
): Promise<readonly unknown[]> {
  for (let tries = 5; ; tries--) {
    const printed = await ip(command, signal);
    if (tries > 1 && /Dump was interrupted/i.test(printed.stderr)) continue;
    const items = READ.get(printed) ?? replyItems(printed.stdout, command.does);
    READ.set(printed, items);
    return items;
  }
}
