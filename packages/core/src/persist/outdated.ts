import { NetctlError } from '../errors.js';
import type { LinkFacts, PersistedFile } from '../links.js';
import type { HostName } from '../model.js';
import { lint } from '../problem.js';
import type { Problem } from '../problem.js';
import { namesHosts } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { PersistFile } from './files.js';
import { ifupdownFiles } from './ifupdown.js';
import { networkManagerFiles } from './network-manager.js';
import { networkdFiles } from './networkd.js';
import { persistedLinks } from './persisted-links.js';
import type { PersistedLinks } from './persisted-links.js';
import { shellFiles } from './shell.js';
import { storedSpecFile, storedSpecPath } from './systemd.js';

/** That the links which a host makes at boot are not those of the spec; nothing where it makes none of this stack. */
export function outdatedCopy(
  loaded: LoadedSpec,
  host: HostName,
  links: LinkFacts | undefined,
  destroy: boolean,
): readonly Problem[] {
  const stack = loaded.spec.name;
  const files = (links?.persisted ?? []).filter((file) => file.stack === stack);
  const [first] = files;
  if (links === undefined || first === undefined) return [];
  const { file } = loaded;
  if (destroy) {
    const message = `the links of ${stack} are made again at the next boot, by ${first.path}`;
    return [lint('PERSISTED_OTHERWISE', '', message, `netctl persist --remove ${file}`)];
  }
  const wanted = wantedFiles(loaded, host, links, formatOf(files));
  if (wanted === undefined || isSame(files, wanted)) return [];
  const none = wanted.length === 0;
  const message = none
    ? `${first.path} makes links at boot, and ${file} asks for none any more`
    : `${first.path} was written for another ${file}: at boot the links are made as they were then`;
  return [lint('PERSISTED_OTHERWISE', '', message, `netctl persist ${none ? '--remove ' : ''}${file}`)];
}

type Format = (wanted: PersistedLinks) => readonly PersistFile[];

/** What says which links there are, of each format; the rest follows from the machine and not from the spec. */
function formatOf(files: readonly PersistedFile[]): Format {
  const has = (beginning: string): boolean => files.some(({ path }) => path.startsWith(beginning));
  if (files.some(({ stack, path }) => path === storedSpecPath(stack))) return (wanted) => [storedSpecFile(wanted)];
  if (has('/etc/systemd/network/')) return (wanted) => networkdFiles({ ...wanted, parents: [] }, () => '');
  if (has('/etc/NetworkManager/')) return networkManagerFiles;
  return has('/etc/network/') ? ifupdownFiles : shellFiles;
}

/** Undefined where an apply has more against the spec, which it says itself. */
function wantedFiles(
  loaded: LoadedSpec,
  host: HostName,
  links: LinkFacts,
  format: Format,
): readonly PersistFile[] | undefined {
  try {
    const wanted = persistedLinks(loaded, links, namesHosts(loaded.spec) ? host : undefined, true);
    return wanted.links.length === 0 ? [] : format(wanted);
  } catch (error) {
    if (error instanceof NetctlError) return undefined;
    throw error;
  }
}

function isSame(files: readonly PersistedFile[], wanted: readonly PersistFile[]): boolean {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return texts.size === wanted.length && wanted.every(({ path, text }) => texts.get(path) === text);
}
