import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { gatewayOf, subnetsOf, takesGateway } from '../../../packages/core/src/addresses/ipam.js';
import { overlaps, parseAddress, parsePrefix } from '../../../packages/core/src/addresses/prefix.js';
import type { Address, Prefix } from '../../../packages/core/src/addresses/prefix.js';
import { hostsOf, inRange, parseRange, rangeOf } from '../../../packages/core/src/addresses/range.js';
import type { AddressRange } from '../../../packages/core/src/addresses/range.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { NetworkProps } from '../../../packages/core/src/model.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { makePlan } from '../../../packages/core/src/plan/plan.js';
import { resolve } from '../../../packages/core/src/resolve/resolve.js';
import type { LoadedSpec } from '../../../packages/core/src/spec/load.js';
import { memoryHost } from '../../support/memory/index.js';
import type { MemoryHost, WorldInput } from '../../support/memory/index.js';
import { applyText, loadText, planText } from '../../support/memory/run.js';
import { factsOf } from '../resolve/facts.js';
import { hosts, PEOPLE, spec, textOf } from './random.js';
import type { Spec } from './random.js';

vi.setConfig({ testTimeout: 300_000 });

/** Undefined where the spec is refused for what it says. */
function loaded(one: Spec): LoadedSpec | undefined {
  try {
    return loadText(textOf(one));
  } catch (error) {
    if (error instanceof NetctlError) return undefined;
    throw error;
  }
}

const containers = PEOPLE.map((name) => ({ id: `id-of-${name}`, name, state: 'running', mode: 'default', labels: {} }));

/** An address, and what it is for. */
interface Given {
  readonly who: string;
  readonly range: AddressRange;
}

const single = (text: string): AddressRange => {
  const { family, value } = parseAddress(text) ?? { family: 4, value: -1n };
  return { family, first: value, last: value };
};

/** All that has an address of the LAN on one segment; `reserve:` may name whoever else is in it. */
function givenOn(
  parent: string,
  one: Spec,
  world: WorldInput,
  networks: ReadonlyMap<string, NetworkProps>,
  shims: readonly string[],
): readonly Given[] {
  const own = (world.links ?? []).find(({ name }) => name === parent)?.addresses ?? [];
  const result: Given[] = [
    ...own.map(({ address }) => ({ who: 'the host', range: single(address) })),
    ...shims.map((address) => ({ who: 'a shim', range: single(address) })),
  ];
  for (const [key, { ipam }] of networks) {
    // What an engine takes for a gateway where none is given is only kept from everybody.
    for (const { gateway } of ipam.config)
      if (gateway !== undefined) result.push({ who: `the gateway ${gateway}`, range: single(gateway) });
    for (const [name, { networks: on }] of Object.entries(one.containers)) {
      const address = (on[key] as { ipv4_address?: string } | undefined)?.ipv4_address;
      if (address !== undefined) result.push({ who: name, range: single(address) });
    }
  }
  return result;
}

/** Whether an engine hands out an address of its own accord: of the range without what is kept, the gateway and the edges. */
function handsOut({ driver, ipam }: NetworkProps, engine: string): (address: Address) => boolean {
  const entries = ipam.config.flatMap((entry) => {
    const subnet = parsePrefix(entry.subnet ?? '')?.prefix;
    if (subnet === undefined) return [];
    const range = entry.ipRange === undefined ? rangeOf(subnet) : parseRange(entry.ipRange);
    const kept = [...Object.values(entry.auxAddresses ?? {}), gatewayOf(entry, takesGateway(driver, engine)) ?? ''];
    return [{ range, hosts: hostsOf(subnet), kept: new Set(kept.map((text) => parseAddress(text)?.value)) }];
  });
  return (address) =>
    entries.some(
      ({ range, hosts: all, kept }) =>
        range !== undefined && inRange(range, address) && inRange(all, address) && !kept.has(address.value),
    );
}

test('no two things have one address, and the engine hands out none that somebody has', () => {
  let planned = 0;
  fc.assert(
    fc.property(spec, hosts, (one, world) => {
      const read = loaded(one);
      if (read === undefined) return;
      const facts = { ...factsOf(world), containers, places: [] };
      const { problems } = makePlan(read, new Map([['local', facts]]));
      if (problems.some(({ severity }) => severity === 'error')) return;
      planned += 1;
      const { networks, links } = resolve(read.spec, 'local', facts);
      const engine = facts.engine.version;
      for (const parent of ['eth0', 'eth1']) {
        const here = new Map(
          networks.flatMap(({ name, props }) => (props.options['parent'] === parent ? [[name, props]] : [])),
        );
        const shims = links.flatMap(({ role, props }) =>
          role === 'shim' && props.parent === parent ? props.addresses : [],
        );
        const given = givenOn(parent, one, world, here, shims);
        const seen = new Map<bigint, string>();
        for (const { who, range } of given) {
          const before = seen.get(range.first);
          // The host may be the router itself.
          const router = before === 'the host' && who.startsWith('the gateway');
          expect(before === undefined || before === who || router, `${before ?? ''} and ${who}`).toBe(true);
          seen.set(range.first, who);
        }
        for (const [name, props] of here) {
          const isHandedOut = handsOut(props, engine);
          const reserved = [...here.keys()].flatMap((key) =>
            Object.entries((one.networks[key] as { reserve?: Record<string, string> }).reserve ?? {}),
          );
          const kept = reserved.flatMap(([who, text]) => {
            const range = parseRange(text);
            return range === undefined ? [] : [{ who, range }];
          });
          // Nobody but the router may have what is reserved.
          for (const { who, range } of given) {
            if (who.startsWith('the gateway') || who === 'the host') continue;
            for (const other of kept)
              expect(inRange(other.range, { family: 4, value: range.first }), `${who} in ${other.who}`).toBe(false);
          }
          for (const { who, range } of [...given, ...kept]) {
            // An engine keeps one set of addresses for all networks of a subnet, and their gateways are in it.
            if (who.startsWith('the gateway')) continue;
            for (let value = range.first; value <= range.last; value += 1n)
              if (isHandedOut({ family: 4, value })) throw new Error(`${name} hands out ${who}: ${String(value)}`);
          }
        }
        const ranges = [...here.values()].map(({ ipam }) =>
          ipam.config.map(({ ipRange }) => parsePrefix(ipRange ?? '')?.prefix),
        );
        for (const [index, mine] of ranges.entries())
          for (const theirs of ranges.slice(index + 1))
            for (const a of mine) for (const b of theirs) expect(a && b && overlaps(a, b), 'ranges').toBe(false);
      }
    }),
    { numRuns: 800 },
  );
  process.stdout.write(`plans of addresses looked at: ${String(planned)}\n`);
  expect(planned).toBeGreaterThan(120);
});

/** What is on a host before netctl comes, as far as a bridge may not meet it. */
function taken(world: WorldInput): readonly Prefix[] {
  const texts = [
    ...(world.routes ?? []).map(({ destination }) => destination).filter((text) => text !== '0.0.0.0/0'),
    ...(world.networks ?? []).flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? '')),
    ...(world.links ?? []).flatMap(({ addresses = [] }) =>
      addresses.map(({ address, prefixLength }) => `${address}/${String(prefixLength)}`),
    ),
  ];
  return texts.flatMap((text) => parsePrefix(text)?.prefix ?? []);
}

describe('auto', () => {
  test('never meets anything: what is there, what is pinned, what is avoided, and what it has chosen itself', () => {
    let chosen = 0;
    fc.assert(
      fc.property(spec, hosts, (one, world) => {
        const read = loaded(one);
        if (read === undefined) return;
        const { networks } = resolve(read.spec, 'local', factsOf(world));
        const avoid = one.avoid.flatMap((text) => parsePrefix(text)?.prefix ?? []);
        const all = networks.map(({ name, props }) => ({ name, subnets: subnetsOf(props) }));
        for (const { name, autoSubnet, props } of networks) {
          if (!autoSubnet) continue;
          for (const mine of subnetsOf(props)) {
            chosen += 1;
            const others = all.filter((other) => other.name !== name).flatMap(({ subnets }) => subnets);
            for (const other of [...taken(world), ...avoid, ...others]) expect(overlaps(mine, other), name).toBe(false);
          }
        }
      }),
      { numRuns: 250 },
    );
    expect(chosen).toBeGreaterThan(100);
  });
});

describe('what was made stays', () => {
  const host = (world: WorldInput): MemoryHost =>
    memoryHost({
      ...world,
      containers: PEOPLE.map((name) => ({ name, state: 'running', mode: 'bridge', networks: {} })),
    });

  /** What would be done to networks that are there. */
  async function touched(on: MemoryHost, text: string): Promise<readonly string[]> {
    return stepsOf(await planText(on, text)).flatMap(({ op, ref, why }) =>
      op === 'network.remove' || op === 'endpoint.detach' ? [`${op} ${ref}: ${why}`] : [],
    );
  }

  const reversed = (value: object): object =>
    Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [
          key,
          typeof inner === 'object' && !Array.isArray(inner) && inner !== null ? reversed(inner as object) : inner,
        ]),
    );

  /** The same host a while later: leases moved, tunnels came up, somebody else made networks. */
  const later = fc.record({
    lease: fc.integer({ min: 61, max: 120 }),
    route: fc.constantFrom('172.28.0.0/16', '10.200.0.0/16', '10.77.0.0/16'),
    other: fc.constantFrom('10.88.0.0/24', '10.99.0.0/24'),
    elsewhere: fc.constantFrom('auto', '10.111.0.0/24', 'auto/26 from 10.200.0.0/18'),
    added: fc.integer({ min: 61, max: 120 }),
  });

  test('whatever the order, whoever comes, and wherever the host’s own address goes', async () => {
    let looked = 0;
    await fc.assert(
      fc.asyncProperty(spec, hosts, later, async (one, world, change) => {
        if (loaded(one) === undefined) return;
        const on = host(world);
        try {
          await applyText(on, textOf(one));
        } catch (error) {
          // An engine that has no address left says so when a container asks for one.
          if (error instanceof NetctlError && (error.code === 'REFUSED' || error.message.includes('no available')))
            return;
          throw error;
        }
        looked += 1;
        expect(stepsOf(await planText(on, textOf(one)))).toEqual([]);
        expect(stepsOf(await planText(on, textOf(reversed(one) as Spec)))).toEqual([]);

        const { links, routes } = on.world;
        on.world.links = links.map((link) =>
          link.name === 'eth0'
            ? {
                ...link,
                addresses: [{ address: `192.168.1.${String(change.lease)}`, prefixLength: 24, scope: 'global' }],
              }
            : link,
        );
        on.world.routes = [...routes, { destination: change.route, table: '7', link: 'wg0', protocol: 'static' }];
        const grown: Spec = {
          ...one,
          networks: { aaa: { subnet: change.elsewhere }, ...one.networks, zzz: { subnet: change.other } },
          containers: {
            ...one.containers,
            someone: { networks: { lan: { ipv4_address: `192.168.1.${String(change.added)}` } } },
          },
        };
        expect(await touched(on, textOf(one))).toEqual([]);
        if (loaded(grown) !== undefined) expect(await touched(on, textOf(grown))).toEqual([]);
      }),
      { numRuns: 220 },
    );
    process.stdout.write(`hosts that were looked at again: ${String(looked)}\n`);
    expect(looked).toBeGreaterThan(40);
  });
});
