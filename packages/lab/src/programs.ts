import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Where system programs are, also for a root whose PATH leaves the sbin folders out (cron, some CI runners). */
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A PATH with the given folders first. */
export function searchPath(first: readonly string[] = []): string {
  const inherited = (process.env['PATH'] ?? '').split(':').filter(Boolean);
  return [...new Set([...first, ...inherited, ...systemFolders])].join(':');
}

/** The full path of a program on that PATH, or undefined. A name with a slash is taken as it is. */
export async function findProgram(name: string, first: readonly string[] = []): Promise<string | undefined> {
  const candidates = name.includes('/')
    ? [name]
    : searchPath(first)
        .split(':')
        .map((folder) => join(folder, name));
  for (const candidate of candidates) {
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return undefined;
}
