import { configFiles } from './config-files.js';
import type { ConfigFile } from './config-files.js';
import type { HostFacts } from './facts.js';
import { matchesGlob, parseIni, valuesOf } from './ini.js';
import type { IniSection } from './ini.js';
import type { ManagedLink } from './own-links.js';

const FOLDER = 'systemd/network';

/** The file by which systemd-networkd takes a link; undefined where it leaves the link alone (systemd.network(5)). */
export function takenBy(host: HostFacts, link: ManagedLink): ConfigFile | undefined {
  const first = configFiles(host, FOLDER, '.network').find(({ text }) => matches(parseIni(text), link));
  if (first === undefined) return undefined;
  const dropIns = configFiles(host, `${FOLDER}/${first.name}.d`, '.conf').map(({ text }) => text);
  const sections = [first.text, ...dropIns].flatMap(parseIni);
  return isYes(valuesOf(sections, 'Link', 'Unmanaged').at(-1)) ? undefined : first;
}

/**
 * Whether systemd-networkd may have made the routes of a link that are marked static, as its own are (systemd.network(5),
 * `Protocol=`). Whoever cannot tell what a file matches takes it for one that does.
 */
export function mayConfigure(host: HostFacts, link: ManagedLink): boolean {
  return configFiles(host, FOLDER, '.network').some(({ text }) => {
    const sections = parseIni(text);
    return matches(sections, link, true) && !isYes(valuesOf(sections, 'Link', 'Unmanaged').at(-1));
  });
}

/** What `networkd.conf` and its drop-ins say of one of the `ManageForeign…` settings, all of which are yes by default. */
export function managesForeign(host: HostFacts, setting: string): boolean {
  const texts = [
    host.files.get('/etc/systemd/networkd.conf') ?? '',
    ...configFiles(host, 'systemd/networkd.conf.d', '.conf').map(({ text }) => text),
  ];
  const value = valuesOf(texts.flatMap(parseIni), 'Network', setting).at(-1);
  return value === undefined || isYes(value);
}

function isYes(value: string | undefined): boolean {
  return /^(1|yes|y|true|t|on)$/i.test(value ?? '');
}

/** Conditions that are about the link; with any other one a file counts as made for something else, unless told so. */
function matches(sections: readonly IniSection[], link: ManagedLink, others = false): boolean {
  const keys = sections.filter(({ name }) => name === 'Match').flatMap(({ entries }) => entries.map(([key]) => key));
  return [...new Set(keys)].every((key) => {
    const value = valuesOf(sections, 'Match', key).join(' ');
    const actual = actualOf(key, link);
    return actual === undefined ? others : matchesList(value, actual);
  });
}

function actualOf(key: string, { name, type, kind, mac }: ManagedLink): string | undefined {
  switch (key) {
    case 'Name':
      return name;
    case 'Kind':
      return kind ?? '';
    // Of links without hardware the driver is their kind (ethtool's driver name).
    case 'Driver':
      return kind ?? '';
    case 'MACAddress':
      return mac ?? '';
    // As udev has it: the type that the driver gives the device, else the kind of hardware.
    case 'Type':
      return kind !== undefined && TYPED.has(kind) ? kind : type;
    default:
      return undefined;
  }
}

/** Drivers of the kernel that call SET_NETDEV_DEVTYPE; veth does not. */
const TYPED: ReadonlySet<string> = new Set(['bridge', 'bond', 'vlan', 'macvlan', 'macvtap', 'ipvlan', 'vxlan']);

/** Patterns with blanks between them; one `!` before the first is for all of them. */
function matchesList(value: string, actual: string): boolean {
  const inverted = value.startsWith('!');
  const patterns = (inverted ? value.slice(1) : value).split(/\s+/).filter((pattern) => pattern !== '');
  return patterns.some((pattern) => matchesGlob(pattern.toLowerCase(), actual.toLowerCase())) !== inverted;
}
