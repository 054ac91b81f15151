/** Sections of a file of systemd or NetworkManager, in order; a section and a key may come several times. */
export interface IniSection {
  readonly name: string;
  readonly entries: readonly (readonly [key: string, value: string])[];
}

export function parseIni(text: string): readonly IniSection[] {
  const sections: { name: string; entries: (readonly [string, string])[] }[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const name = /^\[(.+)\]$/.exec(line)?.[1];
    if (name !== undefined) sections.push({ name, entries: [] });
    const at = line.indexOf('=');
    if (name === undefined && at > 0) {
      sections.at(-1)?.entries.push([line.slice(0, at).trim(), line.slice(at + 1).trim()]);
    }
  }
  return sections;
}

/** The values of a key in all sections of this name; an empty one takes back those before it, as both managers have it. */
export function valuesOf(sections: readonly IniSection[], section: string, key: string): readonly string[] {
  const values: string[] = [];
  for (const { name, entries } of sections) {
    if (name !== section) continue;
    for (const [entry, value] of entries) {
      if (entry !== key) continue;
      if (value === '') values.length = 0;
      else values.push(value);
    }
  }
  return values;
}

/** A shell pattern of `*`, `?` and `[…]`, as fnmatch(3) reads it. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^${source}$`).test(text);
  } catch {
    return pattern === text;
  }
}
