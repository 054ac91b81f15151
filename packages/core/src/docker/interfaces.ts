import { readFile } from 'node:fs/promises';

import type { ApiContainerDetails } from './api.js';

/**
 * The names of the interfaces in a running container, which no engine tells; undefined where its processes are not on
 * this machine, or may not be looked at. Only files of the kernel are read: those of a container may be anything.
 */
export async function interfacesOf({ Id, State }: ApiContainerDetails): Promise<readonly string[] | undefined> {
  const pid = State?.Pid ?? 0;
  if (pid === 0 || Id === undefined) return undefined;
  try {
    // On another machine the number is somebody else's.
    const groups = await readFile(`/proc/${String(pid)}/cgroup`, 'utf8');
    if (!groups.includes(Id)) return undefined;
    return interfaceNames(await readFile(`/proc/${String(pid)}/net/dev`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Two lines of headings, then a line for each that begins with its name. */
export function interfaceNames(text: string): readonly string[] {
  return text
    .split('\n')
    .slice(2)
    .flatMap((line) => /^\s*(\S+):/.exec(line)?.[1] ?? []);
}

/** The one that is in the second list and not in the first. */
export function newcomer(
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): string | undefined {
  const added = after?.filter((name) => before?.includes(name) === false) ?? [];
  return added.length === 1 ? added[0] : undefined;
}
