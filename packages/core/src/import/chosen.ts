import { createHash } from 'node:crypto';

import { AUTO_LENGTH, isOwnChoice, uniqueLocalPrefix } from '../addresses/auto.js';
import { impliedGateway } from '../addresses/ipam.js';
import { containsPrefix, formatAddress, parsePrefix } from '../addresses/prefix.js';
import type { Prefix } from '../addresses/prefix.js';
import { parseRange } from '../addresses/range.js';
import type { EngineFacts, IpamEntry } from '../model.js';

/** The words for what nobody seems to have asked for. */
export const CHOSEN = 'chosen by Docker';

/** What an engine cuts its networks from when nobody asks for a subnet, and how long they are (moby, ipamutils). */
const POOLS = [
  { pool: '172.16.0.0/12', length: 16 },
  { pool: '192.168.0.0/16', length: 20 },
];
/** The same of a swarm (swarmkit, `default-addr-pool`), where a manager does not say. */
const SWARM_POOLS = ['10.0.0.0/8'];
const SWARM_LENGTH = 24;

/**
 * Whether a subnet looks like one that an engine chose by itself. No engine tells: a person may have asked for just that
 * one, so this is for a comment, and nothing is decided by it.
 */
export function isDockersSubnet(subnet: Prefix, driver: string, engine: EngineFacts): boolean {
  const isIn = (pool: string): boolean => {
    const prefix = parsePrefix(pool)?.prefix;
    return prefix !== undefined && containsPrefix(prefix, subnet);
  };
  if (driver === 'overlay') {
    return subnet.length === SWARM_LENGTH && (engine.swarm.addressPools ?? SWARM_POOLS).some(isIn);
  }
  if (subnet.family === 6) return subnet.length === 64 && containsPrefix(dockersUniqueLocal(engine.id), subnet);
  return POOLS.some(({ pool, length }) => length === subnet.length && isIn(pool));
}

/** fd00::/8 and 40 bits of the engine's id, from engine 27 on (moby, libnetwork/ipamutils). */
function dockersUniqueLocal(engineId: string): Prefix {
  const bits = createHash('sha256').update(engineId).digest().readUIntBE(3, 5);
  return { family: 6, first: (0xfdn << 120n) | (BigInt(bits) << 80n), length: 48 };
}

/** Whether a gateway is the one that an engine takes by itself where none is given. */
export function isDockersGateway({ subnet = '', ipRange, gateway }: IpamEntry): boolean {
  const prefix = parsePrefix(subnet)?.prefix;
  const implied =
    prefix === undefined
      ? undefined
      : impliedGateway(prefix, ipRange === undefined ? undefined : parseRange(ipRange.replace(/-.*/, '')));
  return implied !== undefined && formatAddress(implied) === gateway;
}

/** What was written to have these subnets of netctl's choice; undefined where they are of an engine's. */
export function autoText(subnets: readonly Prefix[], engine: EngineFacts): string | undefined {
  const four = subnets.find(({ family }) => family === 4);
  if (four === undefined) {
    const own = uniqueLocalPrefix(engine.id);
    return subnets.some((subnet) => containsPrefix(own, subnet)) ? 'auto' : undefined;
  }
  if (!isOwnChoice(four) || isDockersSubnet(four, 'bridge', engine)) return undefined;
  return four.length === AUTO_LENGTH[4] ? 'auto' : `auto/${String(four.length)}`;
}
