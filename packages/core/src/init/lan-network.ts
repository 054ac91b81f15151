import { formatAddress, formatPrefix } from '../addresses/prefix.js';
import { parseRange } from '../addresses/range.js';
import { defaultShimAddress } from '../addresses/shim.js';
import { inline, line } from '../import/block.js';
import type { Line } from '../import/block.js';
import { macFilterOf } from '../kinds/mac-filter.js';
import { dhcpOf, gatewayOf, mainSubnet, proposedRange } from './answers.js';
import type { Answers } from './answers.js';
import { freeKey } from './free-key.js';
import type { Lan, LanSubnet } from './lans.js';
import type { Survey } from './survey.js';

/** A network on a LAN. What nobody was asked for follows from the host. */
export function lanNetwork(lan: Lan, survey: Survey, answers: Answers, wish = 'lan'): Line {
  const { driver = 'macvlan', dhcp, shim } = answers;
  const key = freeKey(wish, survey.facts);
  const reserved = line('dhcp', dhcp, 'not ours to use: checked against everything else');
  const lines = [
    ...line('driver', driver, driverNote(lan, survey, driver)),
    ...line('mode', driver === 'ipvlan' ? 'l2' : undefined),
    ...line('parent', lan.link.name),
    ...(lan.ipv4 === undefined ? [...line('enable_ipv4', false), ...line('enable_ipv6', true)] : []),
    ...(secondOf(lan, answers) === undefined ? onePool(lan, answers) : twoPools(lan, survey, answers)),
    ...(dhcpOf(answers) === undefined ? [] : line('reserve', { lines: reserved })),
    ...line('shim', shim === 'no' ? undefined : true, shimNote(key, lan, answers)),
  ];
  return { key, value: { lines } };
}

/** IPv6 beside IPv4. */
export function secondOf({ ipv4, ipv6 }: Lan, answers: Answers): LanSubnet | undefined {
  return ipv4 !== undefined && answers.ipv6 === 'yes' ? ipv6 : undefined;
}

function onePool(lan: Lan, answers: Answers): readonly Line[] {
  return mainPool(lan, answers).map((one) => (one.key === 'ip_range' ? { ...one, note: rangeNote(answers) } : one));
}

function twoPools(lan: Lan, survey: Survey, answers: Answers): readonly Line[] {
  const second = secondOf(lan, answers);
  const range = second === undefined ? undefined : proposedRange(second.prefix, survey, answers);
  const six = pool(second, second?.gateway, range === undefined ? undefined : formatPrefix(range));
  const config = line('config', [inline(mainPool(lan, answers)), inline(six)]);
  return [
    ...line('enable_ipv6', true),
    { key: 'ipam', above: [`ip_range: ${rangeNote(answers)}`], value: { lines: config } },
  ];
}

function mainPool(lan: Lan, answers: Answers): readonly Line[] {
  return pool(lan.ipv4 ?? lan.ipv6, gatewayOf(lan, answers), answers.range);
}

function pool(
  subnet: LanSubnet | undefined,
  gateway: LanSubnet['gateway'],
  range: string | undefined,
): readonly Line[] {
  return [
    ...line('subnet', subnet === undefined ? undefined : formatPrefix(subnet.prefix)),
    ...line('gateway', gateway === undefined ? undefined : formatAddress(gateway)),
    ...line('ip_range', range),
  ];
}

function rangeNote(answers: Answers): string {
  const known = dhcpOf(answers) !== undefined;
  return `what Docker hands out${known ? '' : ': keep the DHCP server of the LAN away from it'}`;
}

function driverNote({ link }: Lan, { facts }: Survey, driver: string): string {
  const filter = macFilterOf(link.name, { facts, wanted: [] });
  if (filter !== undefined) return filter.message;
  return driver === 'macvlan'
    ? 'each container has a MAC and an address of the LAN'
    : 'containers have the MAC of the host';
}

function shimNote(key: string, lan: Lan, { range = '' }: Answers): string {
  const block = parseRange(range);
  const address = block === undefined ? '' : `, at ${formatAddress(defaultShimAddress(block, mainSubnet(lan)))}`;
  return `the host reaches its containers by ${key}-shim${address}`;
}
