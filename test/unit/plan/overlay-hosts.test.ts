import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatPrefix,
  overlaps,
  parseAddress,
  parsePrefix,
  prefixOf,
} from '../../../packages/core/src/addresses/prefix.js';
import { apply } from '../../../packages/core/src/apply/apply.js';
import { plan } from '../../../packages/core/src/apply/plan.js';
import type { Problem } from '../../../packages/core/src/problem.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { addLink, memoryHost } from '../../support/memory/index.js';
import type { MemoryHost, WorldInput } from '../../support/memory/index.js';
import { loadText, stateDir } from '../../support/memory/run.js';

/* A network of the swarm is made by way of one host, and is on all of them. */

const ADDRESSES = { a: '192.168.1.10', b: '192.168.1.11', c: '192.168.1.12' } as const;
type Name = keyof typeof ADDRESSES;

const eth0 = (name: Name, mtu: number) => ({
  name: 'eth0',
  mtu,
  addresses: [{ address: ADDRESSES[name], prefixLength: 24, scope: 'global' }],
});

/** The first is the manager, the others are its workers. */
function node(name: Name, input: WorldInput = {}): MemoryHost {
  const swarm = { state: 'active', manager: name === 'a', nodeAddress: ADDRESSES[name] };
  return memoryHost({ links: [eth0(name, 1500)], routes: [], ...input, engine: { swarm, ...input.engine } });
}

const text = (network: string, more = ''): string =>
  `name: home
hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" }, c: { docker: "unix:///c" } }
networks:
  app: { driver: overlay, ${network} }
${more}`;

type Cluster = ReadonlyMap<Name, MemoryHost>;
const cluster = (input: Partial<Record<Name, WorldInput>> = {}): Cluster =>
  new Map((['a', 'b', 'c'] as const).map((name) => [name, node(name, input[name])]));

const planned = (hosts: Cluster, spec: string) => plan(loadText(spec), hosts, { stateDir });
const about = async (hosts: Cluster, code: string, spec: string): Promise<readonly Problem[]> =>
  (await planned(hosts, spec)).problems.filter((one) => one.code === code);

const MTU = 'com.docker.network.driver.mtu';

describe('the MTU of an overlay', () => {
  const mixed = (): Cluster => cluster({ b: { links: [eth0('b', 1450)] }, c: { links: [eth0('c', 1400)] } });

  test.each([
    ['mtu: auto', '1400'],
    ['mtu: auto, encrypted: true', '1400'],
  ])('%s is that of the smallest link of all hosts', async (network, option) => {
    const hosts = mixed();
    await apply(loadText(text(network)), hosts, { stateDir });
    const made = hosts.get('a')?.world.networks.find(({ Name }) => Name === 'app');
    expect(made?.Options?.[MTU]).toBe(option);
    expect(stepsOf(await planned(hosts, text(network)))).toEqual([]);
  });

  test('is no reason to replace it when a host with a smaller link comes', async () => {
    const hosts = cluster();
    await apply(loadText(text('mtu: auto')), hosts, { stateDir });
    const smaller = hosts.get('c')?.world.links.find(({ name }) => name === 'eth0');
    Object.assign(smaller ?? {}, { mtu: 1400 });
    expect(stepsOf(await planned(hosts, text('mtu: auto')))).toEqual([]);
  });

  test('that does not fit is told of for each host whose link is too small, with what fits all', async () => {
    const spec = text('mtu: 1450');
    expect(await about(mixed(), 'MTU_ABOVE_UNDERLAY', spec)).toMatchObject([
      {
        host: 'b',
        severity: 'warning',
        path: 'networks.app.mtu',
        line: 4,
        message:
          'containers would get an MTU of 1450, and 1400 fit: the link eth0 below has 1450, and VXLAN goes around each packet',
        hint: 'Write `mtu: auto`, or `mtu: 1350`.',
      },
      {
        host: 'c',
        message:
          'containers would get an MTU of 1450, and 1350 fit: the link eth0 below has 1400, and VXLAN goes around each packet',
        hint: 'Write `mtu: auto`, or `mtu: 1350`.',
      },
    ]);
    expect(await about(mixed(), 'MTU_ABOVE_UNDERLAY', text('mtu: 1350'))).toEqual([]);
    expect(await about(mixed(), 'MTU_ABOVE_UNDERLAY', text('mtu: auto'))).toEqual([]);
  });

  test('is told of for hosts whose links are alike, each by its name', async () => {
    const hosts = cluster({ b: { links: [eth0('b', 1450)] }, c: { links: [eth0('c', 1450)] } });
    const found = await about(hosts, 'MTU_ABOVE_UNDERLAY', text('mtu: 1450'));
    expect(found.map(({ host }) => host)).toEqual(['b', 'c']);
  });

  test('knows nothing of hosts that are in no swarm, or whose links cannot be read', async () => {
    const hosts = cluster({
      b: { links: [eth0('b', 1400)], engine: { swarm: { state: 'inactive', manager: false } } },
      c: { links: [eth0('c', 1400)], iproute2: false },
    });
    expect(await about(hosts, 'MTU_ABOVE_UNDERLAY', text('mtu: 1450'))).toEqual([]);
  });
});

describe('the subnet of an overlay', () => {
  const route = (destination: string, more = {}) => ({ destination, table: 'main', link: 'wg0', ...more });
  const bridge = (subnet: string, more = {}) => ({
    Name: 'other',
    Driver: 'bridge',
    IPAM: { Config: [{ Subnet: subnet }] },
    ...more,
  });

  test.each<[string, Partial<Record<Name, WorldInput>>, string | undefined]>([
    ['a route of a worker', { b: { routes: [route('10.5.0.0/16')] } }, '10.5.0.0/16, to which b has a route by wg0'],
    [
      'an address of a worker',
      { c: { links: [{ name: 'eth7', addresses: [{ address: '10.5.0.9', prefixLength: 28, scope: 'global' }] }] } },
      '10.5.0.9/28, which the link eth7 of c has',
    ],
    [
      'a network of a worker',
      { b: { networks: [bridge('10.5.0.0/20', { Labels: { 'com.docker.compose.project': 'shop' } })] } },
      '10.5.0.0/20 of the Docker network other of the Compose project shop on b',
    ],
    [
      'another overlay that this manager does not list',
      { c: { networks: [bridge('10.5.0.128/25', { Driver: 'overlay', Scope: 'swarm' })] } },
      '10.5.0.128/25 of the swarm network other',
    ],
    ['what lies beside it', { b: { routes: [route('10.5.1.0/24')], networks: [bridge('10.6.0.0/16')] } }, undefined],
    ['the default route of a worker', { b: { routes: [route('0.0.0.0/0'), route('128.0.0.0/1')] } }, undefined],
  ])('and %s', async (_what, input, owner) => {
    const found = await about(cluster(input), 'SUBNET_OVERLAP', text('subnet: 10.5.0.0/24'));
    expect(found).toMatchObject(
      owner === undefined
        ? []
        : [{ severity: 'error', path: 'networks.app.subnet', message: `10.5.0.0/24 overlaps ${owner}` }],
    );
  });

  test('is offered and chosen where it is free on all hosts, and that of a bridge where it is free on its own', async () => {
    const input = { b: { routes: [route('172.28.0.0/15')] }, c: { routes: [route('172.30.0.0/24')] } };
    const [found] = await about(
      cluster({ ...input, a: { routes: [route('10.5.0.0/16')] } }),
      'SUBNET_OVERLAP',
      text('subnet: 10.5.0.0/24'),
    );
    expect(found?.hint).toBe('172.30.1.0/24 is free, or write `subnet: auto`.');
    const both = text('subnet: auto', '  web: { subnet: auto, hosts: [a] }\n');
    const made = stepsOf(await planned(cluster(input), both)).flatMap((step) =>
      step.op === 'network.create' ? [`${step.name} ${step.props.ipam.config[0]?.subnet ?? ''}`] : [],
    );
    expect(made.sort()).toEqual(['app 172.30.1.0/24', 'web 172.28.0.0/24']);
  });

  test('is kept once it is chosen, whoever comes', async () => {
    const hosts = cluster();
    await apply(loadText(text('subnet: auto')), hosts, { stateDir });
    hosts.get('b')?.world.routes.push(route('172.28.0.0/14'));
    const { stages, problems } = await planned(hosts, text('subnet: auto'));
    expect(stages).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('that netctl chooses meets nothing of any host, whatever is there', async () => {
    const taken = fc.record({
      host: fc.constantFrom<Name>('a', 'b', 'c'),
      third: fc.nat(1023),
      length: fc.integer({ min: 16, max: 28 }),
      how: fc.constantFrom('route', 'network', 'address'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(taken, { maxLength: 12 }), async (all) => {
        const hosts = cluster();
        const prefixes = all.map(({ host, third, length, how }, index) => {
          const address = `172.${28 + (third >> 8)}.${third & 255}.1`;
          const prefix = formatPrefix(prefixOf(parseAddress(address) ?? { family: 4, value: 0n }, length));
          const world = hosts.get(host)?.world;
          if (how === 'route') world?.routes.push(route(prefix));
          else if (how === 'network')
            world?.networks.push(bridge(prefix, { Id: `${index}`.padStart(64, '0'), Scope: 'local' }));
          else if (world !== undefined)
            addLink(world, {
              name: `eth${index + 1}`,
              addresses: [{ address, prefixLength: length, scope: 'global' }],
            });
          return prefix;
        });
        const [step] = stepsOf(await planned(hosts, text('subnet: auto')));
        const chosen = step?.op === 'network.create' ? (step.props.ipam.config[0]?.subnet ?? '') : '';
        const [mine] = [parsePrefix(chosen)?.prefix];
        expect(mine).toBeDefined();
        for (const prefix of prefixes) {
          const theirs = parsePrefix(prefix)?.prefix;
          if (mine && theirs) expect(overlaps(mine, theirs), `${chosen} and ${prefix}`).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('what an overlay needs of every kernel', () => {
  const lacks = (...kinds: readonly ('vxlan' | 'esp')[]): WorldInput => ({
    kernel: Object.fromEntries(kinds.map((kind) => [kind, 'no'])),
  });

  test.each<[string, Partial<Record<Name, WorldInput>>, readonly string[]]>([
    ['', { b: lacks('esp') }, []],
    [', encrypted: true', { b: lacks('esp'), c: lacks('esp') }, ['b esp4', 'c esp4']],
    [', encrypted: true', { a: lacks('esp') }, ['a esp4']],
    ['', { a: lacks('vxlan'), c: lacks('vxlan', 'esp') }, ['a vxlan', 'c vxlan']],
    [', driver_opts: { encrypted: "" }', { c: lacks('esp') }, ['c esp4']],
  ])('%s with %j', async (more, input, told) => {
    const spec = text(`subnet: 10.5.0.0/24${more}`);
    const found = await about(cluster(input), 'KERNEL_LACKS', spec);
    const said = found.map(({ host = '', message }) => `${host} ${/\(modules? (\S+?)[ )]/.exec(message)?.[1] ?? ''}`);
    expect(said).toEqual(told);
    for (const one of found) {
      expect(one).toMatchObject({ severity: 'error', path: 'networks.app', line: 4 });
      expect(one.hint).toMatch(/^Load it \(modprobe /);
    }
    if (told.length > 0) await expect(apply(loadText(spec), cluster(input), { stateDir })).rejects.toThrow('Refused');
  });

  test('is nothing to a host that is in no swarm, nor when nothing is to be made', async () => {
    const apart = { swarm: { state: 'inactive', manager: false } };
    expect(await about(cluster({ b: { ...lacks('vxlan'), engine: apart } }), 'KERNEL_LACKS', text(''))).toEqual([]);
    const hosts = cluster();
    await apply(loadText(text('encrypted: true')), hosts, { stateDir });
    for (const { world } of hosts.values()) world.kernel = { vxlan: 'no', esp: 'no' };
    expect(await about(hosts, 'KERNEL_LACKS', text('encrypted: true'))).toEqual([]);
  });

  test('is only worth a warning while a node is alone in its swarm', async () => {
    const alone = memoryHost({ engine: { swarm: { state: 'active', manager: true } }, ...lacks('esp') });
    const { problems } = await plan(
      loadText('name: home\nnetworks: { app: { driver: overlay, encrypted: true } }'),
      alone,
    );
    expect(problems).toMatchObject([{ code: 'KERNEL_LACKS', severity: 'warning' }]);
  });
});

describe('the ports of a swarm', () => {
  test('are told once in a plan that makes overlays, and not when there is nothing to make', async () => {
    const hosts = cluster();
    const spec = text('', '  secret: { driver: overlay, encrypted: true }\n');
    const found = await about(hosts, 'SWARM_PORTS', spec);
    expect(found).toMatchObject([{ severity: 'note', path: 'networks.app', line: 4 }]);
    expect(found[0]?.message).toContain(
      '2377/tcp (to managers), 7946/tcp, 7946/udp and 4789/udp, and the IP protocol 50 (ESP)',
    );
    await apply(loadText(spec), hosts, { stateDir });
    expect(await about(hosts, 'SWARM_PORTS', spec)).toEqual([]);
  });

  test('are without ESP where nothing is encrypted, and with the port that the swarm was made with', async () => {
    const swarm = { state: 'active', manager: true, nodeAddress: ADDRESSES.a, dataPathPort: 5789 };
    const [found] = await about(cluster({ a: { engine: { swarm } } }), 'SWARM_PORTS', text(''));
    expect(found?.message).toMatch(/7946\/udp and 5789\/udp$/);
  });

  test('are nothing to say of bridges', async () => {
    const bridges = text('').replace('{ driver: overlay,  }', '{ subnet: 10.5.0.0/24 }');
    expect(await about(cluster(), 'SWARM_PORTS', bridges)).toEqual([]);
  });
});
