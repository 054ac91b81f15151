import { fieldsOf, replyItems, textOf } from './json.js';
import { ipRunner } from './ip.js';
import type { Iproute2Options } from './backend.js';
import { remotePlace, thisMachine } from './place.js';

/** Machines that the kernel has spoken to of late, of both families, as their addresses; of those that answered alone. */
export async function readNeighbours(
  { command = ['ip'], ssh, timeout = 10_000 }: Iproute2Options = {},
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const ip = ipRunner(command, timeout, ssh === undefined ? thisMachine : remotePlace(ssh));
  const does = 'read the neighbours of the host';
  const { stdout } = await ip({ args: ['-json', 'neigh', 'show'], does }, signal);
  return replyItems(stdout, does)
    .map(fieldsOf)
    .flatMap(({ dst, lladdr }) => (textOf(lladdr) === undefined ? [] : (textOf(dst) ?? [])));
}
