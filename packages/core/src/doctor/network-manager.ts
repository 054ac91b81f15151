import { configFiles } from './config-files.js';
import type { HostFacts } from './facts.js';
import { matchesGlob, parseIni, valuesOf } from './ini.js';
import type { ManagedLink } from './own-links.js';

export const KEYFILES = '/etc/NetworkManager/system-connections';

/** Of the names of keyfiles those that `netctl persist` writes: others may have secrets of somebody else. */
export const OWN_KEYFILE = /^netctl-.+\.nmconnection$/;

/** Whether `netctl persist` has told NetworkManager to make a link; only root may read more of the file than its name. */
export function hasKeyfile({ present }: HostFacts, { name }: ManagedLink): boolean {
  return [...present].some((path) => path.startsWith(`${KEYFILES}/netctl-`) && path.endsWith(`-${name}.nmconnection`));
}

/** Whether the configuration of NetworkManager says to leave a link alone (NetworkManager.conf(5), `unmanaged-devices`). */
export function isUnmanaged(host: HostFacts, link: ManagedLink): boolean {
  const texts = [
    // Drop-ins of the system come before the main file, and those of the administrator after it.
    ...configFiles(host, 'NetworkManager/conf.d', '.conf').filter(({ path }) => path.startsWith('/usr/lib')),
    { text: host.files.get('/etc/NetworkManager/NetworkManager.conf') ?? '' },
    ...configFiles(host, 'NetworkManager/conf.d', '.conf').filter(({ path }) => !path.startsWith('/usr/lib')),
  ].map(({ text }) => text);
  const sections = texts.flatMap(parseIni);
  const listed = valuesOf(sections, 'keyfile', 'unmanaged-devices').at(-1) ?? '';
  // `+=` adds to what is there.
  const added = sections
    .filter(({ name }) => name === 'keyfile')
    .flatMap(({ entries }) => entries.filter(([key]) => key === 'unmanaged-devices+').map(([, value]) => value));
  const specs = [listed, ...added].flatMap((text) => text.split(/[;,]/)).map((spec) => spec.trim());
  const [excepted, named] = [specs.filter(isException), specs.filter((spec) => spec !== '' && !isException(spec))];
  return named.some((spec) => fits(spec, link)) && !excepted.some((spec) => fits(spec.slice(EXCEPT.length), link));
}

const EXCEPT = 'except:';

function isException(spec: string): boolean {
  return spec.startsWith(EXCEPT);
}

function fits(spec: string, { name, kind, mac }: ManagedLink): boolean {
  if (spec === '*') return true;
  const [, what = 'interface-name', value = ''] = /^(?:(interface-name|mac|type|driver):)?(.*)$/.exec(spec) ?? [];
  if (what === 'interface-name') {
    return value.startsWith('=') ? value.slice(1) === name : matchesGlob(value.replace(/^~/, ''), name);
  }
  if (what === 'mac') return mac?.toLowerCase() === value.toLowerCase();
  return matchesGlob(value, kind ?? '');
}
