import { parseAddress } from '../addresses/prefix.js';
import type { Address, Prefix } from '../addresses/prefix.js';
import { parseRange } from '../addresses/range.js';
import type { AddressRange } from '../addresses/range.js';
import { freeRange, handedOutIn, knownIn } from './free-range.js';
import { lansOf } from './lans.js';
import type { Lan } from './lans.js';
import type { Survey } from './survey.js';

/** What a host cannot tell about itself, in the order in which it is asked. */
export const QUESTIONS = ['stack', 'link', 'driver', 'gateway', 'dhcp', 'ipv6', 'range', 'shim'] as const;

/** The name of a question of `init`. */
export type QuestionId = (typeof QUESTIONS)[number];

/**
 * What was answered, as it goes into the spec: `stack` a name, `link` the name of a link or `none`, `driver` macvlan, ipvlan
 * or `none`, `gateway` an address or `none`, `dhcp` a range or `unknown`, `range` a range, `ipv6` and `shim` yes or no.
 */
export type Answers = Readonly<Partial<Record<QuestionId, string>>>;

/** The LAN that was chosen; undefined where containers are to be on none. */
export function lanOf({ facts }: Survey, { link, driver }: Answers): Lan | undefined {
  return driver === 'none' ? undefined : lansOf(facts).find((lan) => lan.link.name === link);
}

/** The subnet that is asked about; the other one, where there are two, goes with it. */
export function mainSubnet({ ipv4, ipv6 }: Lan): Prefix | undefined {
  return (ipv4 ?? ipv6)?.prefix;
}

/** The router of the LAN: as the host knows it, or as it was answered. */
export function gatewayOf({ ipv4, ipv6 }: Lan, answers: Answers): Address | undefined {
  return (ipv4 ?? ipv6)?.gateway ?? parseAddress(answers.gateway ?? '');
}

export function dhcpOf({ dhcp }: Answers): AddressRange | undefined {
  return parseRange(dhcp ?? '');
}

/** A block of a subnet of the LAN that is nobody's, as far as anybody knows. */
export function proposedRange(subnet: Prefix, survey: Survey, answers: Answers): Prefix | undefined {
  const gateway = parseAddress(answers.gateway ?? '');
  const known = [...knownIn(subnet, survey), ...(gateway === undefined ? [] : [gateway])];
  const dhcp = dhcpOf(answers);
  return freeRange(subnet, known, [...handedOutIn(subnet, survey), ...(dhcp === undefined ? [] : [dhcp])]);
}
