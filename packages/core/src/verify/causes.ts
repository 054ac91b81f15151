import { contains, parseAddress, parsePrefix } from '../addresses/prefix.js';
import { forwardChain } from '../doctor/rules.js';
import type { Check, Verdict } from './check.js';
import type { Subject } from './subject.js';

/** What of a host tells why packets do not pass; read only where one did not. */
export interface Clues {
  /** What `iptables-save` prints; empty where it could not be read. */
  readonly rules: string;
  /** The kernel's own files, by path. */
  readonly files: ReadonlyMap<string, string>;
}

const IP_FORWARD = '/proc/sys/net/ipv4/ip_forward';
const BRIDGED = '/proc/sys/net/bridge/bridge-nf-call-iptables';

/** The files that are clues. */
export const CLUE_FILES = [IP_FORWARD, BRIDGED];

type Cause = Pick<Verdict, 'cause' | 'cure'>;

/** The likely cause of a failure that tells of none by itself, with what cures it; pure. */
export function causeOf(check: Check, clues: Clues): Cause {
  const { subject } = check;
  if (subject === undefined) return {};
  switch (check.kind) {
    case 'shim':
      return shimCause(check, subject);
    case 'gateway':
      return subject.isLan ? lanCause(subject) : bridgeCause(subject, clues);
    case 'neighbour':
      return lanCause(subject);
    case 'container':
      return containerCause(check, subject, clues);
    case 'outside':
      return forwardCause(clues);
    case 'name':
      return nameCause(check);
    case 'isolation':
      return isolationCause(check, subject);
    case 'mtu':
      return mtuCause(subject);
    case 'network':
    case 'interface':
    case 'route':
    case 'encryption':
      return {};
  }
}

function shimCause({ from, to }: Check, { shim, facts }: Subject): Cause {
  const props = shim?.props;
  const link = facts.links?.links.find(({ name }) => name === props?.name);
  if (props === undefined) return {};
  if (link === undefined) {
    const cause = `there is no link ${props.name}, and without it the kernel keeps a host and its own ${props.kind} containers apart`;
    return { cause, cure: 'netctl apply' };
  }
  if (!link.up) return { cause: `the link ${link.name} is down`, cure: 'netctl apply' };
  const address = (from.type === 'host' ? to?.address : from.address) ?? '';
  const route = facts.links?.routes.find((one) => one.link === link.name && covers(one.destination, address));
  if (route === undefined) {
    const cause = `the host has no route to ${address} by ${link.name}`;
    const cure = 'declare it in containers: where its address is outside of the ip_range, and then netctl apply';
    return { cause, cure };
  }
  const cause = `packets are lost between ${link.name} and ${link.parent ?? 'its parent'}, by a firewall of the host or by rp_filter`;
  return { cause, cure: `nft list ruleset; sysctl net.ipv4.conf.${link.name}.rp_filter` };
}

function covers(destination: string, text: string): boolean {
  const prefix = parsePrefix(destination)?.prefix;
  const address = parseAddress(text);
  return prefix !== undefined && address !== undefined && contains(prefix, address);
}

function lanCause({ link, linkName = '', driver }: Subject): Cause {
  if (link === undefined) return { cause: `there is no link ${linkName}, the parent`, cure: 'netctl apply' };
  if (!link.up) return { cause: `the parent ${link.name} is down`, cure: `ip link set ${link.name} up` };
  if (link.wireless)
    return {
      cause: `${link.name} is a Wi-Fi link, which carries one MAC alone`,
      cure: 'Use ipvlan, or a wired parent.',
    };
  const cause =
    driver === 'macvlan'
      ? `frames of other MACs than that of ${link.name} get lost: a hypervisor or a switch that lets one MAC through for each port, or a machine that answers no ping`
      : `packets get lost on the LAN of ${link.name}: a router that does not know this network, or a machine that answers no ping`;
  const cure =
    driver === 'macvlan'
      ? 'Allow promiscuous mode, MAC changes and forged transmits for the virtual machine, or port security off; or use ipvlan.'
      : 'Look at the routes of the LAN’s router, and ping it from another machine.';
  return { cause, cure };
}

function bridgeCause({ link, linkName = '' }: Subject, { rules }: Clues): Cause {
  if (link === undefined) return { cause: `there is no bridge ${linkName}`, cure: 'systemctl restart docker' };
  if (!link.up) return { cause: `the bridge ${link.name} is down`, cure: `ip link set ${link.name} up` };
  const dropped = dropIn(rules, 'INPUT');
  if (dropped !== undefined)
    return {
      cause: `the firewall of the host drops it: ${dropped}`,
      cure: 'Let the bridges of Docker in, or ping at least.',
    };
  return {
    cause: `packets are lost between the container and ${link.name}, its bridge`,
    cure: `bridge link; ip address show dev ${link.name}`,
  };
}

function containerCause({ from, to }: Check, subject: Subject, clues: Clues): Cause {
  if (from.host !== to?.host) {
    if (subject.isLan) return lanCause(subject);
    const cause = 'packets of the overlay get lost between the hosts';
    const esp = subject.encrypted ? ', and IP protocol 50 (ESP)' : '';
    return { cause, cure: `Let UDP 4789 and TCP and UDP 7946${esp} through the firewalls between them.` };
  }
  if (subject.driver === 'bridge') {
    const bridged = clues.files.get(BRIDGED)?.trim() === '1';
    const forward = bridged ? forwardCause(clues) : {};
    if (forward.cause !== undefined && dropIn(clues.rules, 'FORWARD') !== undefined) return forward;
    return bridgeCause(subject, { ...clues, rules: '' });
  }
  return subject.isLan
    ? lanCause(subject)
    : { cause: 'packets of the overlay get lost on the host', cure: 'systemctl restart docker' };
}

/** What keeps packets from being forwarded. */
function forwardCause({ rules, files }: Clues): Cause {
  if (files.get(IP_FORWARD)?.trim() === '0') {
    return { cause: 'the host forwards nothing: net.ipv4.ip_forward is 0', cure: 'sysctl -w net.ipv4.ip_forward=1' };
  }
  const dropped = dropIn(rules, 'DOCKER-USER') ?? dropIn(rules, 'FORWARD');
  if (dropped !== undefined) {
    return {
      cause: `the firewall of the host drops what is forwarded: ${dropped}`,
      cure: 'Remove that rule, or let this network through before it.',
    };
  }
  const { policy, jumps } = forwardChain(rules);
  if (policy === 'DROP' && !jumps.some((chain) => chain.startsWith('DOCKER'))) {
    return {
      cause: 'the policy of FORWARD is DROP and Docker’s own rules are gone, as after a reload of a firewall',
      cure: 'systemctl restart docker',
    };
  }
  return {
    cause: 'packets are not forwarded, or not masqueraded: a firewall beside iptables, or a missing rule of Docker',
    cure: 'nft list ruleset; netctl doctor',
  };
}

/** The first rule of a chain that drops or rejects what nobody has let through before, as `iptables-save` has it. */
function dropIn(saved: string, chain: string): string | undefined {
  const filter = /^\*filter$([^]*?)^COMMIT$/m.exec(saved)?.[1] ?? '';
  return filter.split('\n').find((line) => line.startsWith(`-A ${chain} `) && /-j (DROP|REJECT)\b/.test(line));
}

function nameCause({ from }: Check): Cause {
  return { cause: `the DNS of the engine does not answer in ${from.name}`, cure: `docker restart ${from.name}` };
}

function isolationCause({ to }: Check, { internal, keepsApart, driver }: Subject): Cause {
  if (keepsApart)
    return {
      cause: 'something lets packets through from container to container',
      cure: 'iptables-save; systemctl restart docker',
    };
  const who = to?.name ?? 'it';
  if (internal)
    return {
      cause: `something forwards packets from the network to ${who}`,
      cure: 'iptables-save; systemctl restart docker makes Docker’s rules anew',
    };
  return driver === 'bridge'
    ? {
        cause: `the host forwards packets between the two: to ${who} there is a way`,
        cure: 'Docker keeps bridges apart by its rules, and not a bridge from a LAN: a rule in DOCKER-USER does.',
      }
    : {
        cause: `a router of the LAN, or the host, forwards packets to ${who}`,
        cure: 'A rule in that router, or in DOCKER-USER of the host, keeps them apart.',
      };
}

function mtuCause({ link, linkName = '', isLan, driver }: Subject): Cause {
  const cause = isLan
    ? `a link on the way takes less than the parent ${linkName} (${link?.mtu ?? '?'})`
    : driver === 'overlay'
      ? 'the link between the hosts takes less than the network was made for'
      : `the bridge ${linkName} or a port of it takes less than the network was made for`;
  return { cause, cure: 'ip link shows the MTU of each; set mtu: of the network to the least on the way.' };
}
