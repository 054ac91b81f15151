import type { LinkFacts } from '../links.js';
import type { HostFacts, Looked } from './facts.js';
import type { HostReader } from './host-reader.js';
import { lookAtStore } from './look-store.js';
import { KEYFILES, OWN_KEYFILE } from './network-manager.js';
import { forwardChain, hasDocker } from './rules.js';

/** Single files of the kernel and of what manages a host. */
const FILES = [
  '/proc/sys/kernel/osrelease',
  '/proc/sys/net/ipv4/ip_forward',
  '/proc/self/status',
  '/proc/net/tcp',
  '/proc/net/tcp6',
  '/proc/net/ip_tables_names',
  '/run/systemd/container',
  '/etc/ufw/ufw.conf',
  '/etc/nftables.conf',
  '/etc/firewalld/firewalld.conf',
  '/etc/NetworkManager/NetworkManager.conf',
  '/etc/systemd/networkd.conf',
];

const PRESENT = [
  '/.dockerenv',
  '/run/.containerenv',
  '/run/NetworkManager',
  '/run/systemd/netif',
  '/run/firewalld.pid',
  '/run/firewalld',
  '/etc/firehol/firehol.conf',
  '/etc/systemd/system/sysinit.target.wants/nftables.service',
];

/** By the rule of both managers: what is in /etc hides a file of the same name in /run, and that one in /usr/lib. */
const ROOTS = ['/etc', '/run', '/usr/lib'];
const FOLDERS = ['systemd/network', 'systemd/networkd.conf.d', 'NetworkManager/conf.d'];
const CONFIGURATION = /\.(network|conf)$/;

/** Per link; the kernel goes by the larger of this one and the one of `all`. */
const SETTINGS = ['rp_filter', 'arp_ignore'];

/** Looks at the host; nothing is changed by it. `rootDir`: the engine's, as far as it told. */
export async function lookAtHost(
  reader: HostReader,
  links: LinkFacts | undefined,
  rootDir: string | undefined,
  signal?: AbortSignal,
): Promise<HostFacts> {
  const settled = settingsOf(links);
  const [configuration, keyfiles, modulesOf, present, saved, log, store] = await Promise.all([
    configurationFiles(reader, signal),
    reader.list(KEYFILES, signal),
    reader.list('/lib/modules', signal),
    reader.present(PRESENT, signal),
    reader.print(['iptables-save'], signal),
    readLog(reader, signal),
    lookAtStore(reader, rootDir, signal),
  ]);
  const files = await reader.read([...FILES, ...configuration, ...settled], signal);
  // The engine may have another iptables than this one, which prints nothing at all where it has no tables.
  const isWhole = !saved.stdout.includes('(nf_tables)') && hasDocker(forwardChain(saved.stdout));
  const hasLegacy = (files.get('/proc/net/ip_tables_names') ?? '').trim() !== '' && !isWhole;
  // Without -t it prints the tables that there are, and makes none.
  const legacy = hasLegacy ? await reader.print(['iptables-legacy-save'], signal) : undefined;
  return {
    kernelRelease: (files.get('/proc/sys/kernel/osrelease') ?? '').trim(),
    modulesOf,
    files,
    present: new Set([
      ...present,
      ...keyfiles.filter((name) => OWN_KEYFILE.test(name)).map((name) => `${KEYFILES}/${name}`),
    ]),
    rules: toRules(saved.exit, saved.stdout, saved.stderr),
    legacyRules: legacy?.stdout ?? '',
    log,
    store,
  };
}

function settingsOf(links: LinkFacts | undefined): readonly string[] {
  const names = (links?.links ?? []).filter(({ addresses }) => addresses.length > 0).map(({ name }) => name);
  return ['all', ...names].flatMap((name) => SETTINGS.map((setting) => `/proc/sys/net/ipv4/conf/${name}/${setting}`));
}

/** The drop-ins of a file are in a folder of its name. */
async function configurationFiles(reader: HostReader, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const list = async (folder: string): Promise<readonly string[]> => {
    const names = await reader.list(folder, signal);
    const below = await Promise.all(
      names.filter((name) => name.endsWith('.network.d')).map((name) => list(`${folder}/${name}`)),
    );
    return [...names.filter((name) => CONFIGURATION.test(name)).map((name) => `${folder}/${name}`), ...below.flat()];
  };
  const folders = ROOTS.flatMap((root) => FOLDERS.map((folder) => `${root}/${folder}`));
  return (await Promise.all(folders.map(list))).flat();
}

function toRules(exit: number | undefined, stdout: string, stderr: string): Looked<string> {
  if (exit === 0) return { seen: stdout };
  if (exit === undefined) return { why: 'the program iptables-save is not there' };
  return { why: `iptables-save says: ${stderr.trim().split('\n')[0] ?? ''}`, cure: 'Run it as root.' };
}

/** As systemd keeps it, and as sysvinit and OpenRC do. */
const LOGS: readonly (readonly string[])[] = [
  ['journalctl', '--boot', '--no-pager', '--output=cat', '--lines=5000', '--unit=docker.service'],
  ['tail', '-n', '5000', '/var/log/docker.log'],
];

/** The lines since the engine started last. */
async function readLog(reader: HostReader, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const printed = await Promise.all(LOGS.map((argv) => reader.print(argv, signal)));
  const text = printed.find(({ stdout }) => stdout.includes('level='))?.stdout ?? '';
  const lines = text.split('\n');
  return lines.slice(lines.findLastIndex((line) => line.includes('msg="Starting up"')) + 1);
}
