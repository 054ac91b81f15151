import { dynamicRange } from '../addresses/ipam.js';
import { formatAddress, parseAddress } from '../addresses/prefix.js';
import type { Address } from '../addresses/prefix.js';
import { formatRange, inRange } from '../addresses/range.js';
import { kindOf } from '../kinds/index.js';
import type { IpamEntry, NetworkProps } from '../model.js';

type Entries = Readonly<Record<string, string>>;

/** The auxiliary addresses of a network, parted by what a spec can say of them. */
export interface Kept {
  /** For `reserve:`: netctl gives them to the engine by itself, under these very names. */
  readonly reserve: Entries;
  /** For the pools of these subnets, as they are. */
  readonly pools: ReadonlyMap<string | undefined, Entries>;
}

/** Names that netctl gives to what it reserves of its own accord. */
const DERIVED = /^netctl-(shim|host)(-\d+)?$/;

/**
 * What is reserved means the same as an auxiliary address where the engine would hand it out otherwise; elsewhere it would
 * not be one. An address of the shim is reserved by the shim.
 */
export function keptAddresses(
  { driver, ipam: { config } }: NetworkProps,
  shim: ReadonlySet<string>,
  gateways: ReadonlySet<string>,
): Kept {
  const reserve: Record<string, string> = {};
  const pools = new Map<string | undefined, Record<string, string>>();
  const ranges = config.flatMap((entry) => dynamicRange(entry) ?? []);
  for (const { subnet, auxAddresses = {} } of config) {
    for (const [name, text] of Object.entries(auxAddresses)) {
      const address = parseAddress(text);
      const isHandedOut = address !== undefined && ranges.some((range) => inRange(range, address));
      if (isHandedOut && shim.has(text)) continue;
      const fits = isHandedOut && kindOf(driver).reserves && !gateways.has(text) && !Object.hasOwn(reserve, name);
      if (fits) reserve[name] = text;
      else pools.set(subnet, { ...pools.get(subnet), [name]: text });
    }
  }
  return { reserve, pools };
}

/** What a network of ours has reserved beyond the pools that were asked for: what `reserve:` said, as far as it is there. */
export function reservedOf(
  asked: readonly IpamEntry[],
  there: readonly IpamEntry[],
  shim: ReadonlySet<string>,
): Entries {
  const known = new Set(asked.flatMap(({ auxAddresses = {} }) => Object.keys(auxAddresses)));
  const rest = there.flatMap(({ auxAddresses = {} }) =>
    Object.entries(auxAddresses).filter(
      ([name, address]) => !known.has(name) && !DERIVED.test(name) && !shim.has(address),
    ),
  );
  return joined(Object.fromEntries(rest));
}

/** `dhcp-1`, `dhcp-2` and so on are the addresses of one range, which was written under the name `dhcp`. */
function joined(entries: Entries): Entries {
  const runs = new Map<string, Address[]>();
  for (const [name, text] of Object.entries(entries)) {
    const match = /^(.+)-([1-9]\d*)$/.exec(name);
    const address = parseAddress(text);
    if (match?.[1] === undefined || address === undefined) continue;
    const run = runs.get(match[1]) ?? [];
    run[Number(match[2]) - 1] = address;
    runs.set(match[1], run);
  }
  const result = new Map(Object.entries(entries));
  for (const [name, run] of runs) {
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined || run.length < 2 || Object.hasOwn(entries, name)) continue;
    const isRun = Array.from(run).every((one: Address | undefined, index) => {
      return one?.family === first.family && one.value === first.value + BigInt(index);
    });
    if (!isRun) continue;
    for (const index of run.keys()) result.delete(`${name}-${String(index + 1)}`);
    const range = { family: first.family, first: first.value, last: last.value };
    result.set(name, run.length === 1 ? formatAddress(first) : formatRange(range));
  }
  return Object.fromEntries(result);
}
