import { confirmLinks, NetctlError, undoneNote } from '@netctl/core';
import type { GuardNote, LinkBackend, Targets } from '@netctl/core';

import type { CommandInput } from '../command.js';
import { openLinks } from '../open-host.js';
import { openSession } from '../session.js';

/** `netctl confirm`: keeps what an apply with `--confirm` did to links; 1 where it has been undone by then. */
export async function confirm({ file, options, output, signal }: CommandInput): Promise<number> {
  const named = file ?? options.file?.[0];
  await using session = named === undefined ? undefined : await openSession(file, options, signal);
  await using host = session === undefined ? await openLinks({ ...options, signal }) : undefined;
  const links = session === undefined ? [host?.links ?? []].flat() : linksOf(session.targets);
  const settled = await Promise.all(links.map(({ safety }) => confirmLinks(safety)));
  const [kept, undone] = [settled.flatMap((one) => one.kept), settled.flatMap((one) => one.undone)];
  output.document({ version: 1, kept, undone });
  for (const note of kept) output.line(keptNote(note));
  for (const note of undone) output.note(`Too late: ${undoneNote(note)}`);
  if (kept.length + undone.length > 0) return undone.length > 0 ? 1 : 0;
  throw new NetctlError('REFUSED', 'Nothing waits to be confirmed', {
    hint: 'It is confirmed by the user, and on the host, that ran `netctl apply --confirm`.',
  });
}

/** The links of all hosts that can be reached. */
export function linksOf(targets: Targets): readonly LinkBackend[] {
  if ('engine' in targets) return [targets.links];
  return [...targets.values()].flatMap((host) => (host instanceof NetctlError ? [] : [host.links]));
}

function keptNote({ stack, since }: GuardNote): string {
  return `Kept: what the apply of ${stack} that began at ${since} did to the links stays.`;
}
