import { stackOfFile } from '../../persist/files.js';
import type { RouteFact } from '../../links.js';
import type { DoctorFacts, HostFacts } from '../facts.js';
import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Finding } from '../finding.js';
import { hasKeyfile, isUnmanaged } from '../network-manager.js';
import { managesForeign, mayConfigure, takenBy } from '../networkd.js';
import { linksOfDocker, linksOfNetctl } from '../own-links.js';
import type { ManagedLink } from '../own-links.js';
import type { Check } from './check.js';

/** Who else may take the links of netctl and Docker, or remove their routes. */
export const managers: Check = (facts) => {
  const host = seenOf(facts.host);
  if (host === undefined) return [notLooked('managers', 'why' in facts.host ? facts.host.why : '')];
  const running = {
    NetworkManager: host.present.has('/run/NetworkManager'),
    'systemd-networkd': host.present.has('/run/systemd/netif'),
  };
  const found = [
    ...(running.NetworkManager ? networkManager(facts, host) : []),
    ...(running['systemd-networkd'] ? networkd(facts, host) : []),
  ];
  if (found.length > 0) return found;
  const names = Object.entries(running).flatMap(([name, runs]) => (runs ? [name] : []));
  return [
    inOrder(
      'managers',
      names.length === 0 ? 'none runs' : `${names.join(' and ')}: leaves links of netctl and Docker alone`,
    ),
  ];
};

function networkManager(facts: DoctorFacts, host: HostFacts): readonly Finding[] {
  const taken = linksOfNetctl(facts).filter((link) => !hasKeyfile(host, link) && !isUnmanaged(host, link));
  if (taken.length === 0) return [];
  const names = taken.map(({ name }) => name);
  return [
    finding('NM_TAKES_LINKS', {
      evidence: ['/run/NetworkManager is there', `no unmanaged-devices of its configuration names ${names.join(', ')}`],
      cause:
        'NetworkManager may ask for an address by DHCP on a link that it is not told to leave alone, or take its own away.',
      cure: [
        ...file('/etc/NetworkManager/conf.d/90-netctl.conf', [
          '[keyfile]',
          `unmanaged-devices+=${names.map((name) => `interface-name:${name}`).join(';')}`,
        ]),
        'nmcli general reload',
      ],
    }),
  ];
}

function networkd(facts: DoctorFacts, host: HostFacts): readonly Finding[] {
  // What `netctl persist` has told it to make is its own.
  const isOwn = (link: ManagedLink): boolean => stackOfFile(takenBy(host, link)?.text ?? '') !== undefined;
  const ours = linksOfNetctl(facts).filter((link) => !isOwn(link));
  const taken = [...ours, ...linksOfDocker(facts)].flatMap((link) => {
    const by = takenBy(host, link);
    return by === undefined ? [] : [{ link, path: by.path }];
  });
  return [...(taken.length === 0 ? [] : [takes(taken)]), ...flushes(facts, host, ours)];
}

function takes(taken: readonly { readonly link: ManagedLink; readonly path: string }[]): Finding {
  // Each container has a veth of its own, whose name is a new one each time.
  const names = [...new Set(taken.map(({ link }) => (link.kind === 'veth' ? 'veth*' : link.name)))];
  return finding('NETWORKD_TAKES_LINKS', {
    evidence: [...new Set(taken.map(({ link, path }) => `${path} matches ${link.name}`))],
    cause:
      'systemd-networkd configures every link that a .network file matches: it removes addresses and routes that the file does not name.',
    cure: [
      ...file('/etc/systemd/network/05-netctl-unmanaged.network', [
        '[Match]',
        `Name=${names.join(' ')}`,
        '[Link]',
        'Unmanaged=yes',
      ]),
      'networkctl reload',
    ],
  });
}

/** From systemd 246, 249 and 256 on; what an older one does not know it ignores. */
const FOREIGN = ['ManageForeignRoutes', 'ManageForeignRoutingPolicyRules', 'ManageForeignNextHops'];

function flushes({ links }: DoctorFacts, host: HostFacts, ours: readonly ManagedLink[]): readonly Finding[] {
  const open = FOREIGN.filter((setting) => managesForeign(host, setting));
  if (open.length === 0) return [];
  const names = new Set(ours.map(({ name }) => name));
  const linkOf = new Map((seenOf(links)?.links ?? []).map((link) => [link.name, link]));
  const isForeign = ({ protocol, link: name = '' }: RouteFact): boolean => {
    const link = linkOf.get(name);
    if (names.has(name)) return protocol !== 'kernel';
    return protocol === 'static' && (link === undefined || !mayConfigure(host, link));
  };
  const lost = (seenOf(links)?.routes ?? []).filter(isForeign);
  return [
    finding('NETWORKD_FLUSHES', {
      severity: lost.length > 0 || ours.length > 0 ? 'warning' : 'note',
      evidence: [
        `systemd-networkd runs with ${open.join(', ')}=yes`,
        ...lost.map(({ destination, link = '' }) => `route ${destination} dev ${link} is not its own`),
      ],
      cause:
        'When it is restarted or upgraded it removes routes and rules that it did not make: those of shims and of VPNs.',
      cure: [
        ...file('/etc/systemd/networkd.conf.d/10-netctl.conf', [
          '[Network]',
          ...open.map((setting) => `${setting}=no`),
        ]),
        'systemctl restart systemd-networkd',
      ],
    }),
  ];
}

/** What is typed to write a file. */
function file(path: string, lines: readonly string[]): readonly string[] {
  return [`mkdir -p ${path.slice(0, path.lastIndexOf('/'))}`, `cat > ${path} <<'EOF'`, ...lines, 'EOF'];
}
