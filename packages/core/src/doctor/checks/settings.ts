import { formatPrefix, parseAddress, prefixOf } from '../../addresses/prefix.js';
import type { LinkFact } from '../../links.js';
import type { HostFacts } from '../facts.js';
import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Finding } from '../finding.js';
import { linksOfEngine } from '../place.js';
import { shellWord } from '../shell-word.js';
import type { Check } from './check.js';

/** Settings of the kernel that let packets of containers and shims vanish. */
export const settings: Check = (facts) => {
  const host = seenOf(facts.host);
  if (host === undefined) return [notLooked('settings', 'why' in facts.host ? facts.host.why : '')];
  if ('why' in facts.links) return [notLooked('settings', facts.links.why)];
  const { links } = facts.links.seen;
  const hasBridges = linksOfEngine(facts) !== undefined;
  const found = [...(hasBridges ? forwarding(host, seenOf(facts.engine)?.forwarding) : []), ...sharing(host, links)];
  return found.length > 0
    ? found
    : [inOrder('settings', `${hasBridges ? 'ip_forward, ' : ''}rp_filter and arp_ignore as they should be`)];
};

function forwarding({ files }: HostFacts, said: boolean | undefined): readonly Finding[] {
  const value = files.get('/proc/sys/net/ipv4/ip_forward')?.trim();
  if (value !== '0' && said !== false) return [];
  return [
    finding('FORWARDING_OFF', {
      evidence: value === '0' ? ['net.ipv4.ip_forward = 0'] : ['docker info: IPv4 forwarding is disabled'],
      cause:
        'The engine switches it on when it starts; a sysctl file or a tool of hardening switched it off since, and containers on bridges reach nobody.',
      cure: [
        'sysctl -w net.ipv4.ip_forward=1',
        "echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/99-docker.conf   # for every boot",
      ],
    }),
  ];
}

/** Links that answer for one another: two with addresses of one subnet, or a shim and its parent. */
interface Pair {
  readonly links: readonly [LinkFact, LinkFact];
  readonly why: string;
  /** It is the /32 that netctl gives a shim, which the routes are right for. */
  readonly narrow: boolean;
}

function pairs(links: readonly LinkFact[]): readonly Pair[] {
  const found: Pair[] = [];
  links.forEach((one, at) => {
    for (const other of links.slice(at + 1)) {
      const common = commonSubnet(one, other);
      if (common !== undefined) {
        found.push({
          links: [one, other],
          why: `${one.name} and ${other.name} both have addresses of ${common}`,
          narrow: false,
        });
      } else if (isShimOf(one, other) || isShimOf(other, one)) {
        found.push({ links: [one, other], why: `${one.name} and ${other.name} are on one wire`, narrow: true });
      }
    }
  });
  return found;
}

function commonSubnet(one: LinkFact, other: LinkFact): string | undefined {
  const subnets = new Set(subnetsOf(one));
  return subnetsOf(other).find((subnet) => subnets.has(subnet));
}

function subnetsOf({ addresses, type }: LinkFact): readonly string[] {
  if (type === 'loopback') return [];
  return addresses.flatMap(({ address, prefixLength }) => {
    const parsed = parseAddress(address);
    return parsed?.family !== 4 || prefixLength === 32 ? [] : [formatPrefix(prefixOf(parsed, prefixLength))];
  });
}

function isShimOf({ kind, parent, addresses }: LinkFact, { name }: LinkFact): boolean {
  return (
    (kind === 'macvlan' || kind === 'ipvlan') && parent === name && addresses.some(({ scope }) => scope === 'global')
  );
}

function sharing(host: HostFacts, links: readonly LinkFact[]): readonly Finding[] {
  return pairs(links).flatMap((pair) => [...reversePath(host, pair), ...arp(host, pair)]);
}

/** The kernel goes by the larger of the values of `all` and of the link (Documentation/networking/ip-sysctl.rst). */
function effective({ files }: HostFacts, link: string, setting: string): number {
  const of = (name: string): string | undefined => files.get(`/proc/sys/net/ipv4/conf/${name}/${setting}`);
  const all = Number(of('all') ?? NaN);
  return Math.max(all, Number(of(link) ?? all));
}

function reversePath(host: HostFacts, { links, why, narrow }: Pair): readonly Finding[] {
  const strict = links.filter(({ name }) => effective(host, name, 'rp_filter') === 1).map(({ name }) => name);
  if (strict.length === 0) return [];
  return [
    finding('RP_FILTER_STRICT', {
      severity: narrow ? 'note' : 'warning',
      evidence: [why, ...strict.map((name) => `rp_filter of ${name} is 1`)],
      cause: narrow
        ? 'Packets from containers outside the range that the shim has routes for are dropped.'
        : 'A packet that comes in by one of them, where the way back is by the other, is dropped without a word.',
      cure: [`sysctl -w ${strict.map((name) => shellWord(`net/ipv4/conf/${name}/rp_filter=2`)).join(' ')}`],
    }),
  ];
}

function arp(host: HostFacts, { links, why, narrow }: Pair): readonly Finding[] {
  const open = links.filter(({ name }) => effective(host, name, 'arp_ignore') === 0).map(({ name }) => name);
  if (open.length === 0) return [];
  return [
    finding('ARP_FLUX', {
      severity: narrow ? 'note' : 'warning',
      evidence: [why, ...open.map((name) => `arp_ignore of ${name} is 0`)],
      cause:
        'Either answers for the addresses of the other, so neighbours see one address at two MAC addresses and may send to the wrong one.',
      cure: [
        `sysctl -w ${open.flatMap((name) => ['arp_ignore=1', 'arp_announce=2'].map((setting) => shellWord(`net/ipv4/conf/${name}/${setting}`))).join(' ')}`,
        ...(narrow ? ["Containers then reach the host by the shim's address alone."] : []),
      ],
    }),
  ];
}
