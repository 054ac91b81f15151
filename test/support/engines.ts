import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/** An engine that scripts/engines unpacked into the cache. */
export interface CachedEngine {
  /** The Debian suites that it is from. */
  readonly suites: readonly string[];
  /** `28.5.2` */
  readonly version: string;
  /** Where its programs are. */
  readonly folder: string;
}

/** A suite whose engine could not be fetched, and why. */
export interface MissingEngine {
  readonly suite: string;
  readonly reason: string;
}

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netctl/engines');

/** The engine of this machine's own Debian suite. */
export const defaultEngineFolder = join(cache, 'default/bin');

/** Every version in the cache once, the oldest first: two packages of one version are one column and one project. */
export function cachedEngines(): readonly CachedEngine[] {
  const found = new Map<string, CachedEngine>();
  for (const suite of links()) {
    if (!existsSync(join(cache, suite, 'bin/dockerd'))) continue;
    const folder = join(realpathSync(join(cache, suite)), 'bin');
    const version = versionOf(folder);
    const suites = [...(found.get(version)?.suites ?? []), ...(suite === 'default' ? [] : [suite])];
    found.set(version, { suites, version, folder });
  }
  return [...found.values()].sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

/** What scripts/engines could not fetch. */
export function missingEngines(): readonly MissingEngine[] {
  return entries()
    .filter((name) => name.endsWith('.missing'))
    .map((name) => ({
      suite: name.replace(/\.missing$/, ''),
      reason: readFileSync(join(cache, name), 'utf8').trim(),
    }));
}

/** The name of the folder is the package's version: `20.10.24+dfsg1-1+deb12u1+b6`. */
function versionOf(folder: string): string {
  return basename(join(folder, '..')).replace(/[+~-].*$/, '');
}

function links(): readonly string[] {
  return entries().filter((name) => /^[a-z]+$/.test(name));
}

function entries(): readonly string[] {
  return existsSync(cache) ? readdirSync(cache).sort() : [];
}
