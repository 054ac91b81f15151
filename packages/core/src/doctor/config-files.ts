import type { HostFacts } from './facts.js';

export interface ConfigFile {
  readonly path: string;
  /** The last part of its path, by which files are sorted and hide one another. */
  readonly name: string;
  readonly text: string;
}

/** Files of one folder in /etc, /run and /usr/lib, in the order in which they count; the first of one name hides others. */
export function configFiles({ files }: HostFacts, folder: string, ending: string): readonly ConfigFile[] {
  const byName = new Map<string, ConfigFile>();
  for (const root of ['/etc', '/run', '/usr/lib']) {
    const prefix = `${root}/${folder}/`;
    for (const [path, text] of files) {
      const name = path.startsWith(prefix) ? path.slice(prefix.length) : '/';
      if (!name.includes('/') && name.endsWith(ending) && !byName.has(name)) byName.set(name, { path, name, text });
    }
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
