import { isAuto } from '../../addresses/auto.js';
import { contains, formatAddress, formatPrefix, lastOf, parseAddress } from '../../addresses/prefix.js';
import type { Address, Prefix } from '../../addresses/prefix.js';
import { formatRange, inRange, rangeOf } from '../../addresses/range.js';
import type { AddressRange } from '../../addresses/range.js';
import type { Problem } from '../../problem.js';
import { attachmentsOf, canMeet, macOf } from '../containers.js';
import type { AttachmentFacts } from '../containers.js';
import type { NamedAddress, NetworkFacts, Pool } from '../facts.js';
import { canonicalMac } from '../mac.js';
import { list, quote } from '../show.js';
import { isEdge } from './pools.js';
import { error } from './rule.js';
import type { Rule, RuleContext } from './rule.js';
import { groupsOf, segmentOf } from './segment.js';
import { surroundingsOf } from './surroundings.js';
import { addressCure } from './written.js';

/** Which addresses are offered in the place of one that cannot be. */
const OFFERED = 3;
const TRIED = 4096;

const addressesAreReadable: Rule = ({ spec }) =>
  attachmentsOf(spec).flatMap((one) =>
    ([4, 6] as const).flatMap((family) => {
      const key = `ipv${family}_address` as const;
      const text = one.spec[key];
      if (text === undefined || parseAddress(text)?.family === family) return [];
      const message = `${quote(text)} is not an IPv${family} address.`;
      return [error('INVALID_ADDRESS', one.path(key), message, addressCure(text))];
    }),
  );

/** What was asked for before, by whom and where. */
type Taken = Map<string, { readonly one: AttachmentFacts; readonly path: string }[]>;

/** Where somebody has it who can be there at the same time; notes who asks. */
function takenBy(taken: Taken, key: string, one: AttachmentFacts, path: string): string | undefined {
  const before = taken.get(key) ?? [];
  taken.set(key, before);
  const other = before.find((entry) => canMeet(entry.one, one));
  before.push({ one, path });
  return other?.path;
}

const addressesAreFree: Rule = (context) => {
  const taken: Taken = new Map();
  return attachmentsOf(context.spec).flatMap((one) => {
    const network = context.byKey.get(one.network);
    if (network === undefined) return [];
    return one.statics.flatMap((entry) => {
      const text = formatAddress(entry.address);
      const keys = groupsOf(network).map((where) => `${where} ${text}`);
      const other = keys.map((key) => takenBy(taken, key, one, entry.path)).find((path) => path !== undefined);
      if (other !== undefined) {
        const message = `${quote(one.key)} has the address ${text}, which is that of ${other} too.`;
        return [error('ADDRESS_TWICE', entry.path, message, 'Give one of the two another address.')];
      }
      return network.external ? [] : addressProblems(one, entry, network, context);
    });
  });
};

function addressProblems(
  { key }: AttachmentFacts,
  { address, path }: NamedAddress,
  network: NetworkFacts,
  context: RuleContext,
): readonly Problem[] {
  const { pools, kept, handedOut } = surroundingsOf(context)(network);
  const text = formatAddress(address);
  if (pools === undefined) return [];
  if (isAuto(network.spec.subnet) || !pools.some(({ subnet }) => subnet?.family === address.family)) {
    // What cannot be read has its problem already.
    if (!isAuto(network.spec.subnet) && pools.some(({ subnet }) => subnet === undefined)) return [];
    const message = `${quote(key)} cannot have an address of its own: ${network.path()} has no IPv${address.family} subnet that the file names.`;
    const hint = isAuto(network.spec.subnet)
      ? 'Write the subnet instead of auto.'
      : `Add the subnet to ${network.path()}.`;
    return [error('SUBNET_REQUIRED', path, message, hint)];
  }
  const pool = pools.find(({ subnet }) => subnet !== undefined && contains(subnet, address));
  if (pool?.subnet === undefined) {
    const subnets = pools.flatMap(({ subnet }) => (subnet?.family === address.family ? [formatPrefix(subnet)] : []));
    const message = `The address ${text} of ${quote(key)} is outside the subnet ${list(subnets, 'or')} of ${network.path()}.`;
    return [error('OUTSIDE_SUBNET', path, message, offer(network, address, context))];
  }
  if (isEdge(pool.subnet, address)) {
    const message = `The address ${text} of ${quote(key)} is the network or broadcast address of ${formatPrefix(pool.subnet)}.`;
    return [error('ADDRESS_AT_EDGE', path, message, offer(network, address, context))];
  }
  const owner = kept.find(({ range }) => inRange(range, address))?.owner;
  if (owner !== undefined) {
    const message = `The address ${text} of ${quote(key)} is ${owner}.`;
    return [error('ADDRESS_TWICE', path, message, offer(network, address, context))];
  }
  const dynamic = handedOut.find(({ range }) => inRange(range, address));
  if (dynamic === undefined) return [];
  const where = dynamic.by === network ? '' : ` on ${dynamic.by.path()}`;
  const message = `The address ${text} of ${quote(key)} is inside ${formatRange(dynamic.range)}, which Docker hands out${where}: whoever starts first may have it.`;
  return [error('STATIC_IN_RANGE', path, message, offer(network, address, context, true))];
}

/** A few free addresses near the one that cannot be, or a range that leaves some. */
function offer(network: NetworkFacts, near: Address, context: RuleContext, rangeIsInTheWay = false): string {
  const { pools = [], kept, handedOut } = surroundingsOf(context)(network);
  const its = pools.flatMap(({ subnet }) => (subnet?.family === near.family ? [subnet] : []));
  const taken = [...kept, ...handedOut].map(({ range }) => range);
  const free = its.flatMap((subnet) => freeNear(network, subnet, near, taken)).slice(0, OFFERED);
  if (free.length > 0) return `Free, and never handed out: ${list(free)}.`;
  const pool =
    pools.find(({ subnet }) => subnet !== undefined && contains(subnet, near)) ??
    pools.find(({ subnet }) => subnet?.family === near.family);
  const range = pool?.subnet === undefined ? undefined : rangeBeside(network, pool);
  const at = network.path('ip_range');
  const none = `No address is free outside what Docker hands out: write a smaller ${at}.`;
  if (pool?.subnet === undefined || range === undefined) return none;
  const written = `${at}: ${formatPrefix(range)}`;
  if (rangeIsInTheWay) return `Write an ip_range that leaves it out, such as ${written}.`;
  const others = [...kept, ...handedOut.filter(({ by }) => by !== network)].map((one) => one.range);
  const beside = range.first === pool.subnet.first ? lastOf(range) : pool.subnet.first;
  const [example] = freeNear(network, pool.subnet, { family: near.family, value: beside }, [...others, rangeOf(range)]);
  return example === undefined
    ? none
    : `Choose another, and write an ip_range that leaves it out, such as ${example} and ${written}.`;
}

/** What is nobody's and in none of these ranges. */
function freeNear(
  { statics }: NetworkFacts,
  subnet: Prefix,
  near: Address,
  taken: readonly AddressRange[],
): readonly string[] {
  const fixed = new Set(statics.map(({ address }) => formatAddress(address)));
  const free: string[] = [];
  for (const value of outward(subnet, near)) {
    const address = { family: near.family, value };
    if (free.length === OFFERED) break;
    if (isEdge(subnet, address) || taken.some((range) => inRange(range, address))) continue;
    const text = formatAddress(address);
    if (!fixed.has(text)) free.push(text);
  }
  return free;
}

/** Addresses of a subnet, those next to one first; of one that is elsewhere, from the beginning. */
function* outward(subnet: Prefix, near: Address): Generator<bigint> {
  const last = lastOf(subnet);
  const start = contains(subnet, near) ? near.value : subnet.first;
  for (let step = 1n; step <= BigInt(TRIED); step += 1n) {
    if (start + step <= last) yield start + step;
    if (start - step >= subnet.first) yield start - step;
  }
}

/** The largest part of the subnet in which nobody of the file has an address. */
function rangeBeside({ statics, lan }: NetworkFacts, { subnet, gateway }: Pool): Prefix | undefined {
  if (subnet === undefined) return undefined;
  const fixed = [...statics.map(({ address }) => address), ...(lan && gateway !== undefined ? [gateway] : [])];
  for (let cut = 1; cut <= 4; cut += 1) {
    const length = subnet.length + cut;
    const size = (lastOf(subnet) - subnet.first + 1n) >> BigInt(cut);
    if (size < 2n) return undefined;
    for (let first = lastOf(subnet) + 1n - size; first >= subnet.first; first -= size) {
      const block = { family: subnet.family, first, length };
      if (fixed.every((address) => !inRange(rangeOf(block), address))) return block;
    }
  }
  return undefined;
}

/** Two stations with one MAC take each other's packets. */
const macsAreOnce: Rule = ({ spec, byKey }) => {
  const taken: Taken = new Map();
  return attachmentsOf(spec).flatMap((one) => {
    const network = byKey.get(one.network);
    const wanted = macOf(one.spec);
    const mac = wanted === undefined ? undefined : canonicalMac(wanted);
    if (network === undefined || mac === undefined) return [];
    const path = one.path(one.spec.mac === undefined ? 'mac_address' : 'mac');
    const key = `${segmentOf(network)} ${mac}`;
    const other = takenBy(taken, key, one, path);
    if (other === undefined) return [];
    return [error('MAC_TWICE', path, `The MAC ${mac} is that of ${other} too.`, 'Give one of the two another MAC.')];
  });
};

export const staticRules: readonly Rule[] = [addressesAreReadable, addressesAreFree, macsAreOnce];
