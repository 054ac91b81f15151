import { isAuto, parseAuto } from '../../addresses/auto.js';
import { formatPrefix, parseAddress, parsePrefix } from '../../addresses/prefix.js';
import type { Prefix } from '../../addresses/prefix.js';
import { blocksOf, parseRange } from '../../addresses/range.js';
import type { Problem } from '../../problem.js';
import type { NetworkFacts, Pool } from '../facts.js';
import { formatPath } from '../path.js';
import { quote } from '../show.js';
import { alignedChoices, describeBlock, nearestBlocks } from './blocks.js';
import { eachNetwork, error } from './rule.js';
import type { Rule } from './rule.js';
import { addressCure, cureOf } from './written.js';

/** IPAM entries that one range may become; each is a pool of its own to the engine. */
const MOST_BLOCKS = 16;

const poolsAreReadable = eachNetwork((network) =>
  network.pools.flatMap((pool) => [
    ...subnetProblems(network, pool),
    ...gatewayProblems(pool),
    ...rangeProblems(network, pool),
  ]),
);

function subnetProblems(network: NetworkFacts, { at, written: { subnet } }: Pool): readonly Problem[] {
  if (subnet === undefined) return [];
  const path = formatPath([...at, 'subnet']);
  if (isAuto(subnet)) return at.length === 2 ? autoProblems(subnet, path) : [autoInConfig(path)];
  const parsed = parsePrefix(subnet);
  if (parsed === undefined) {
    const message = `${quote(subnet)} is not a subnet.`;
    const hint = cureOf(subnet, 'Write an address and a length, such as 192.168.1.0/24.');
    return [error('INVALID_SUBNET', path, message, hint)];
  }
  if (parsed.hostBits) return [hostBits(subnet, path, false, network.lan)];
  return isUsable(parsed.prefix) ? [] : [unusable(subnet, path)];
}

/** Whether containers can have addresses of it; 0.0.0.0/26 asks engines for any pool, and they differ in what they then give. */
function isUsable({ family, first, length }: Prefix): boolean {
  const lead = Number(first >> (family === 4 ? 24n : 120n));
  if (family === 4) return length > 0 && lead !== 0 && lead !== 127 && lead < 224;
  // The unspecified address, the loopback and what stands for IPv4 addresses begin with zeros; multicast with ff.
  return first >> 64n !== 0n && lead !== 0xff;
}

function unusable(text: string, path: string): Problem {
  const message = `${quote(text)} cannot be the subnet of containers.`;
  const hint = 'Use a private subnet, such as 172.30.0.0/24, or subnet: auto on a bridge.';
  return error('UNUSABLE_SUBNET', path, message, hint);
}

function autoProblems(subnet: string, path: string): readonly Problem[] {
  const auto = parseAuto(subnet);
  if (auto !== undefined) return auto.from === undefined || isUsable(auto.from) ? [] : [unusable(subnet, path)];
  const from = /\sfrom\s+(\S+)$/.exec(subnet)?.[1];
  if (from !== undefined && parsePrefix(from)?.hostBits === true) return [hostBits(from, path, false, false)];
  const message = `${quote(subnet)} does not say which subnet to choose.`;
  const hint =
    'Write auto, auto/26 (IPv4 from /8 to /30, IPv6 to /126), auto from 10.200.0.0/16, or auto/26 from 10.200.0.0/16; the length not shorter than that of the prefix it comes from.';
  return [error('INVALID_SUBNET', path, message, hint)];
}

function autoInConfig(path: string): Problem {
  const message = '"auto" is a word of netctl, and not of ipam.config.';
  return error('AUTO_SUBNET_HERE', path, message, 'Write subnet: auto at the network, without ipam.config.');
}

function gatewayProblems({ at, written: { gateway }, gateway: parsed }: Pool): readonly Problem[] {
  if (gateway === undefined || parsed !== undefined) return [];
  return [badAddress(formatPath([...at, 'gateway']), gateway)];
}

function rangeProblems(network: NetworkFacts, { at, written, range }: Pool): readonly Problem[] {
  const text = written.ip_range;
  if (text === undefined) return [];
  const path = formatPath([...at, 'ip_range']);
  if (range !== undefined) return blockProblems(network, path, text, range);
  if (parsePrefix(text)?.hostBits === true) return [hostBits(text, path, true, network.lan)];
  const single = parseAddress(text);
  const hint =
    single === undefined
      ? cureOf(text, 'Write CIDR, such as 192.168.1.192/27, or first-last, such as 192.168.1.192-192.168.1.223.')
      : `Write ${text}/${single.family === 4 ? 32 : 128} for this one address.`;
  return [error('INVALID_RANGE', path, `${quote(text)} is not a range of addresses.`, hint)];
}

/** An engine before 25 masks host bits away in silence, and newer ones refuse; nobody means what the first did. */
function hostBits(text: string, path: string, isRange: boolean, lan: boolean): Problem {
  const [addressText = '', lengthText = ''] = text.split('/');
  const address = parseAddress(addressText);
  const message = `${quote(text)} does not start where a /${lengthText} can start.`;
  if (address === undefined) return error('HOST_BITS', path, message);
  const { blocks, range } = alignedChoices(address, Number(lengthText));
  const aligned = blocks
    .slice(0, isRange ? 2 : 1)
    .map(describeBlock)
    .join(' or ');
  const free = isRange && lan && range !== undefined ? `; for the addresses from ${addressText} on, ${range}` : '';
  return error('HOST_BITS', path, message, `Write ${aligned}${free}.`);
}

function blockProblems(
  { lan, driver }: NetworkFacts,
  path: string,
  text: string,
  range: NonNullable<Pool['range']>,
): readonly Problem[] {
  const blocks = blocksOf(range);
  if (blocks.length <= (lan ? MOST_BLOCKS : 1)) return [];
  const { around, inside } = nearestBlocks(range);
  const choices = `Write ${describeBlock(inside)}, which is inside it, or ${describeBlock(around)}, which is around it`;
  if (lan) {
    const message = `${quote(text)} takes ${blocks.length} blocks (${blocks.slice(0, 3).map(formatPrefix).join(', ')}, …); at most ${MOST_BLOCKS} work.`;
    return [error('RANGE_TOO_RAGGED', path, message, `${choices}.`)];
  }
  const message = `${quote(text)} is not one block, and the ${driver} driver takes only one.`;
  return [error('RANGE_NOT_A_BLOCK', path, message, `${choices}.`)];
}

const namedAddressesAreReadable = eachNetwork((network) => {
  const { spec, path } = network;
  const aux = (spec.ipam?.config ?? []).flatMap((config, index) =>
    Object.entries(config.aux_addresses ?? {}).flatMap(([name, text]) =>
      parseAddress(text) === undefined ? [badAddress(path('ipam', 'config', index, 'aux_addresses', name), text)] : [],
    ),
  );
  const reserve = Object.entries(spec.reserve ?? {}).flatMap(([name, text]) => {
    if (parseRange(text) !== undefined) return [];
    const at = path('reserve', name);
    if (parsePrefix(text)?.hostBits === true) return [hostBits(text, at, true, true)];
    const hint = cureOf(text, 'Write an address, first-last or CIDR.');
    return [error('INVALID_RANGE', at, `${quote(text)} is not an address or a range of addresses.`, hint)];
  });
  return [...aux, ...reserve];
});

function badAddress(path: string, text: string): Problem {
  return error('INVALID_ADDRESS', path, `${quote(text)} is not an address.`, addressCure(text));
}

const avoidedAreReadable: Rule = ({ spec }) =>
  spec.avoid.flatMap((text, index) => {
    const path = formatPath(['avoid', index]);
    const parsed = parsePrefix(text);
    if (parsed?.hostBits === true) return [hostBits(text, path, false, false)];
    if (parsed !== undefined) return [];
    const hint = cureOf(text, 'Write an address and a length: 10.8.0.0/16.');
    return [error('INVALID_SUBNET', path, `${quote(text)} is not a prefix.`, hint)];
  });

export const addressRules: readonly Rule[] = [poolsAreReadable, namedAddressesAreReadable, avoidedAreReadable];
