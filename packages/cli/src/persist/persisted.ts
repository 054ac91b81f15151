import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { stackOfFile } from '@netctl/core';
import type { LinkBackend, PersistedFile } from '@netctl/core';

/** Links of this very machine, with what netctl has written for its next boot. */
export function withPersisted(links: LinkBackend): LinkBackend {
  return {
    ...links,
    observe: async (signal) => {
      const [facts, persisted] = await Promise.all([links.observe(signal), readPersisted()]);
      return { ...facts, persisted };
    },
  };
}

/** The files that say which links a boot makes, of every stack and format. */
async function readPersisted(): Promise<readonly PersistedFile[]> {
  const stacks = (await namesIn('/etc/netctl')).map((stack) => `/etc/netctl/${stack}`);
  const places: readonly (readonly [string, RegExp])[] = [
    ...stacks.map((folder) => [folder, /^links\.(yaml|sh)$/] as const),
    ['/etc/systemd/network', /^05-netctl-/],
    ['/etc/NetworkManager/system-connections', /^netctl-/],
    ['/etc/NetworkManager/dispatcher.d', /^50-netctl-/],
    ['/etc/network/interfaces.d', /^netctl-/],
  ];
  const unread: string[] = [];
  const unlessDenied =
    <T>(path: string, none: T) =>
    (error: unknown): T => {
      if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) unread.push(path);
      return none;
    };
  const found = await Promise.all(
    places.map(async ([folder, isOne]) => {
      const names = await readdir(folder).catch(unlessDenied<string[]>(`${folder}/`, []));
      const paths = names.filter((name) => isOne.test(name)).map((name) => join(folder, name));
      return Promise.all(
        paths.map(async (path) => {
          const text = await readFile(path, 'utf8').catch(unlessDenied(path, ''));
          const stack = stackOfFile(text);
          return stack === undefined ? [] : [{ stack, path, text }];
        }),
      );
    }),
  );
  return wholeStacks(found.flat(2), unread);
}

/**
 * Without the files of a stack that has others which this user may not read, as keyfiles of NetworkManager: of half of them
 * nothing can be said. A folder that may not be read ends in `/`.
 */
export function wholeStacks(found: readonly PersistedFile[], unread: readonly string[]): readonly PersistedFile[] {
  const isHalf = (stack: string): boolean =>
    unread.some((path) =>
      path.endsWith('/')
        ? found.some((file) => file.stack === stack && file.path.startsWith(`${dirname(path)}/`))
        : dirname(path) === `/etc/netctl/${stack}` || `${basename(path)}-`.includes(`netctl-${stack}-`),
    );
  return found.filter(({ stack }) => !isHalf(stack));
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
