import { contains, parseAddress } from '../../addresses/prefix.js';
import { check, told, untested } from '../check.js';
import type { Check } from '../check.js';
import type { Member } from '../member.js';
import type { Ping } from '../prober.js';
import type { Subject } from '../subject.js';
import type { Peopled } from './pairs.js';

/** Of IPv4 (RFC 791) or IPv6 (RFC 8200), and of ICMP. */
const HEADERS = { 4: 20 + 8, 6: 40 + 8 } as const;

/** Seconds. */
const WAIT = 3;

/**
 * Each member sends as much as just fits, in a packet that may not be cut, as far as it gets on the network: to another
 * host where somebody is there, else to a container of its own, to the host by a shim, or to the gateway.
 */
export function mtuChecks(
  { subject, members }: Peopled,
  all: readonly Peopled[],
  noWhole: string | undefined,
): readonly Check[] {
  const { mtu } = subject;
  if (mtu === undefined) return [];
  const elsewhere = subject.isWide
    ? all
        .filter((one) => one.subject.key === subject.key && one.subject.host !== subject.host)
        .flatMap((one) => one.members)
    : [];
  return members.map((from): Check => {
    const claim = `${from.party.name} sends ${mtu} bytes in one packet, and not one more`;
    const own = from.interface;
    const parties = { from: from.party };
    if (own.mtu !== mtu) {
      const cure = from.party.type === 'container' ? `docker restart ${from.party.name}` : 'netctl apply --recreate';
      const cause = `its interface ${own.name} has an MTU of ${own.mtu}, and the network is for ${mtu}`;
      return check('mtu', subject, { ...parties, claim, ask: told({ state: 'failed', cause, cure }) });
    }
    if (noWhole !== undefined)
      return check('mtu', subject, { ...parties, claim, ask: told(untested(noWhole, 'Install iputils.')) });
    const target = targetOf(from, elsewhere, members, subject);
    if (target === undefined) {
      const why = 'there is nobody to send to: one container on the network, and no gateway or shim that answers';
      return check('mtu', subject, { ...parties, claim, ask: told(untested(why)) });
    }
    const { address, name } = target;
    const size = mtu - HEADERS[address.includes(':') ? 6 : 4];
    const ping = (payload: number): Ping => ({ address, payload, whole: true, seconds: WAIT });
    const asker = { host: subject.host, spot: from.spot };
    const to = target.party ?? { type: 'address' as const, host: subject.host, name, address };
    const beside = from.inside.links.filter((link) => link !== own).map((link) => link.mtu);
    const over = { ...ping(size + 1), seconds: 1 };
    const ask = { how: 'mtu', from: asker, fits: ping(size), over, mtu, beside } as const;
    return check('mtu', subject, { ...parties, to, claim: `${claim}, to ${name}`, ask });
  });
}

interface Target {
  readonly address: string;
  readonly name: string;
  readonly party?: Member['party'];
}

function targetOf(
  from: Member,
  elsewhere: readonly Member[],
  members: readonly Member[],
  subject: Subject,
): Target | undefined {
  const beside = subject.keepsApart || subject.byTheSwitch ? [] : members.filter((one) => one !== from);
  for (const family of [4, 6] as const) {
    if (from.addresses[family] === undefined) continue;
    for (const { party, addresses } of [...elsewhere, ...beside]) {
      const address = addresses[family];
      if (address !== undefined) return { address, name: party.name, party: { ...party, address } };
    }
    const gateway = subject.gateways[family];
    if (gateway !== undefined) return { address: gateway, name: `the gateway ${gateway}` };
    const bridge = subject.driver === 'bridge' ? ownAddress(subject, family) : undefined;
    if (bridge !== undefined) return { address: bridge, name: `the bridge at ${bridge}` };
    const shim = subject.shim?.props.addresses.find((address) => address.includes(':') === (family === 6));
    if (shim !== undefined) return { address: shim, name: `the host at ${shim}` };
  }
  return undefined;
}

/** Nobody has that of an internal bridge for a gateway, and it answers all the same. */
function ownAddress({ link, subnets }: Subject, family: 4 | 6): string | undefined {
  return link?.addresses.find(({ address: text }) => {
    const address = parseAddress(text);
    return address?.family === family && subnets.some((subnet) => contains(subnet, address));
  })?.address;
}
