import { describe, expect, test } from 'vitest';
import { importHost } from '../../../packages/core/src/apply/import.js';
import type { ApiNetwork } from '../../../packages/core/src/docker/api.js';
import type { SelectOptions } from '../../../packages/core/src/import/select.js';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { addLink, create, memoryHost } from '../../support/memory/index.js';
import type { MemoryContainer, MemoryHost, WorldInput } from '../../support/memory/index.js';
import { applyText, loadText, planText } from '../../support/memory/run.js';

const LAN: ApiNetwork = {
  Name: 'lan',
  Driver: 'macvlan',
  Options: { parent: 'eth0' },
  IPAM: { Config: [{ Subnet: '192.168.1.0/24', Gateway: '192.168.1.1', IPRange: '192.168.1.192/27' }] },
};
const bridge = (Name: string, more: ApiNetwork = {}): ApiNetwork => ({ Name, Driver: 'bridge', ...more });
const own = (stack: string, key: string): ApiNetwork => ({
  Labels: { 'io.netctl.stack': stack, 'io.netctl.ref': `network:${key}` },
});

function hostWith(networks: readonly ApiNetwork[], input: WorldInput = {}): MemoryHost {
  const host = memoryHost(input);
  for (const network of networks) create(host.world, network);
  return host;
}

function withShim(host: MemoryHost, name: string, address = '192.168.1.223/32', more = {}): MemoryHost {
  const [text = '', length] = address.split('/');
  addLink(host.world, {
    name,
    kind: 'macvlan',
    mode: 'bridge',
    parent: 'eth0',
    addresses: [{ address: text, prefixLength: Number(length), scope: 'global' }],
    ...more,
  });
  host.world.routes.push({ destination: '192.168.1.192/27', table: 'main', link: name, source: text });
  return host;
}

/** Without the comments before the first line. */
const body = (text: string): string => text.replace(/^(#.*\n)*\n/, '');

/** What is written; it must be taken over without harm, and be all there is to do. */
async function written(host: MemoryHost, options: SelectOptions = {}): Promise<string> {
  const { spec } = await importHost(host, options);
  const steps = stepsOf(await planText(host, spec, { adopt: true }));
  expect(steps.filter((step) => step.disruptive || !stepTitle(step).startsWith('adopt ')).map(stepTitle)).toEqual([]);
  await applyText(host, spec, { adopt: true, allowDisruptive: false });
  expect(stepsOf(await planText(host, spec)).map(stepTitle)).toEqual([]);
  return body(spec);
}

const leftOut = async (host: MemoryHost, options: SelectOptions = {}): Promise<readonly string[]> =>
  (await importHost(host, options)).leftOut.map(({ name, why }) => `${name}: ${why}`);

const refused = async (host: MemoryHost, options: SelectOptions): Promise<string> => {
  const error: unknown = await importHost(host, options).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'USAGE' });
  const { message, hint } = error as { message: string; hint: string };
  return `${message} | ${hint}`;
};

describe('which networks', () => {
  const crowd = (): MemoryHost =>
    hostWith([
      bridge('web'),
      bridge('shop_front', { Labels: { 'com.docker.compose.project': 'shop' } }),
      bridge('theirs', own('other', 'theirs')),
      bridge('netctl-adopted-gone', { ConfigOnly: true }),
    ]);

  test('all but those of Docker, of other stacks and of Compose, which are named', async () => {
    const host = crowd();
    expect(await written(host)).toMatch(/^ {2}web:\n(?! {2}\w)/m);
    expect(await leftOut(crowd())).toEqual([
      'shop_front: Compose makes and removes it, for the project shop; to have it here, name it or say --all, and make it external in the Compose file',
      'theirs: it belongs to the stack other; --name other writes that one',
    ]);
    expect((await importHost(crowd())).spec).toContain('# - theirs: it belongs to the stack other');
  });

  test('those of Compose too with --all, or by name, without the labels of Compose', async () => {
    const all = await written(crowd(), { all: true });
    expect(all).toContain('  shop_front:\n');
    expect(all).not.toContain('com.docker.compose');
    const named = await written(crowd(), { names: ['shop_front'] });
    expect(named).toContain('  shop_front:\n');
    expect(named).not.toContain('web');
  });

  test('by id and the beginning of one', async () => {
    const host = crowd();
    const id = host.world.networks.find(({ Name }) => Name === 'web')?.Id ?? '';
    for (const word of [id, id.slice(0, 12), id.slice(0, 4)]) {
      expect((await importHost(host, { names: [word] })).spec).toContain('  web:\n');
    }
  });

  test('a name that nothing has is an error that names what is near', async () => {
    expect(await refused(crowd(), { names: ['wbe', 'shop-front', 'zzz'] })).toBe(
      'There is no network "wbe"; there is no network "shop-front"; there is no network "zzz" | Did you mean web or shop_front? The host has shop_front, theirs and web.',
    );
    expect(await refused(crowd(), { names: ['bridge'] })).toMatch(
      /^"bridge" is Docker's own, and nobody's to take over/,
    );
    expect(await refused(crowd(), { names: [''] })).toContain('There is no network ""');
    expect(await refused(memoryHost(), { names: ['web'] })).toContain('The host has no networks but those of Docker.');
  });

  test('a host without networks gives an empty spec', async () => {
    expect(await written(memoryHost())).toBe('name: box\n\nnetworks: {}\n');
  });
});

describe('the stack', () => {
  test.each([
    ['box', 'box'],
    ['Box.example.org', 'box-example-org'],
    ['--', 'host'],
    ['ünix_', 'nix'],
    ['x'.repeat(70), 'x'.repeat(63)],
  ])('is named for the host: %s is %s', async (name, stack) => {
    expect(await written(hostWith([bridge('web')], { engine: { name } }))).toMatch(new RegExp(`^name: ${stack}$`, 'm'));
  });

  test('is the one that has them all', async () => {
    const host = memoryHost();
    await applyText(host, 'name: home\nnetworks: { web: {}, db: {} }\n');
    expect((await importHost(host)).stack).toBe('home');
    create(host.world, bridge('more'));
    expect((await importHost(host)).stack).toBe('box');
    expect(await leftOut(host)).toHaveLength(2);
    expect(await written(host, { stack: 'home' })).toMatch(/^ {2}db:[^]*^ {2}more:[^]*^ {2}web:/m);
  });

  test('is whole, since what its spec does not have is removed', async () => {
    const host = memoryHost();
    await applyText(host, 'name: home\nnetworks: { web: {}, db: {} }\n');
    expect(await refused(host, { names: ['web'] })).toMatch(
      /^The stack home has db too, and a spec of it without would remove that/,
    );
    create(host.world, bridge('more'));
    expect(await refused(host, { names: ['more'], stack: 'home' })).toContain('db and web');
    expect((await importHost(host, { names: ['more'] })).stack).toBe('box');
  });

  test('has a name that can be one', async () => {
    expect(await refused(memoryHost(), { stack: 'Home' })).toContain('"Home" cannot be the name of a stack');
  });
});

describe('what a network is like', () => {
  test('what Docker chose is marked so, and can go', async () => {
    const text = await written(hostWith([bridge('web')]));
    expect(text).toBe(
      [
        'name: box',
        '',
        'networks:',
        '  web:',
        '    driver: bridge',
        '    subnet: 172.18.0.0/16 # chosen by Docker',
        '    gateway: 172.18.0.1 # chosen by Docker',
        '',
      ].join('\n'),
    );
    const without = text.replaceAll(/ +\w+: .*# chosen by Docker\n/g, '');
    const host = hostWith([bridge('web')]);
    await applyText(host, without, { adopt: true, allowDisruptive: false });
    expect(stepsOf(await planText(host, without))).toEqual([]);
  });

  test('is said in the words of people', async () => {
    const host = hostWith(
      [
        bridge('dual', {
          EnableIPv6: true,
          Internal: true,
          Attachable: true,
          IPAM: { Config: [{ Subnet: '10.5.0.0/24' }, { Subnet: 'fd00:5::/64', Gateway: 'fd00:5::9' }] },
          Options: { 'com.docker.network.driver.mtu': '1400', 'com.docker.network.bridge.name': 'br-dual' },
          Labels: { on: '1' },
        }),
        { ...LAN, Options: { parent: 'eth0', macvlan_mode: 'vepa' } },
        bridge('conf', {
          ConfigOnly: true,
          IPAM: { Config: [{ Subnet: '10.7.0.0/24' }] },
          Options: { ipvlan_mode: 'l3', parent: 'eth0' },
        }),
        {
          Name: 'app',
          Driver: 'overlay',
          Attachable: true,
          Options: { encrypted: '', 'com.docker.network.driver.mtu': '1476' },
        },
      ],
      { engine: { swarm: { state: 'active', manager: true } } },
    );
    expect(await written(host)).toMatchInlineSnapshot(`
      "name: box

      networks:
        app:
          driver: overlay
          subnet: 10.0.1.0/24 # chosen by Docker
          gateway: 10.0.1.1 # chosen by Docker
          attachable: true
          encrypted: true
          mtu: 1400

        conf:
          driver: ipvlan
          config_only: true
          parent: eth0
          mode: l3
          subnet: 10.7.0.0/24

        dual:
          driver: bridge
          ipam:
            config:
              - subnet: 10.5.0.0/24
              - subnet: fd00:5::/64
                gateway: fd00:5::9
          enable_ipv6: true
          internal: true
          attachable: true
          mtu: 1400
          driver_opts:
            com.docker.network.bridge.name: br-dual
          labels:
            "on": "1"

        lan:
          driver: macvlan
          parent: eth0
          mode: vepa
          subnet: 192.168.1.0/24
          gateway: 192.168.1.1
          ip_range: 192.168.1.192/27
      "
    `);
  });

  test('auxiliary addresses are reserved where that is the same, and kept as they are elsewhere', async () => {
    const config = { ...LAN.IPAM?.Config?.[0], AuxiliaryAddresses: { nas: '192.168.1.200', router: '192.168.1.2' } };
    expect(await written(hostWith([{ ...LAN, IPAM: { Config: [config] } }]))).toMatchInlineSnapshot(`
      "name: box

      networks:
        lan:
          driver: macvlan
          parent: eth0
          ipam:
            config:
              - subnet: 192.168.1.0/24
                gateway: 192.168.1.1
                ip_range: 192.168.1.192/27
                aux_addresses:
                  router: 192.168.1.2
          reserve:
            nas: 192.168.1.200
      "
    `);
  });

  test('a range of several blocks is one range, and a gateway that Docker invented for it is marked', async () => {
    const entry = (IPRange: string, more = {}): object => ({ Subnet: '192.168.1.0/24', IPRange, ...more });
    const blocks = [
      entry('192.168.1.100/30', { Gateway: '192.168.1.1' }),
      entry('192.168.1.104/29', { Gateway: '192.168.1.104' }),
    ];
    expect(await written(hostWith([{ ...LAN, IPAM: { Config: blocks } }]))).toContain(
      '    gateway: 192.168.1.1\n    ip_range: 192.168.1.100-192.168.1.111\n',
    );
    const router = [{ Subnet: '192.168.1.0/24', Gateway: '192.168.1.1' }];
    expect(await written(hostWith([{ ...LAN, IPAM: { Config: router } }]))).toMatch(/^ {4}gateway: 192\.168\.1\.1$/m);
    const invented = [entry('192.168.1.192/27', { Gateway: '192.168.1.192' })];
    expect(await written(hostWith([{ ...LAN, IPAM: { Config: invented } }]))).toContain(
      '    gateway: 192.168.1.192 # chosen by Docker\n',
    );
  });

  test('what netctl made comes back as it was asked for', async () => {
    const text = `name: home

networks:
  auto:
    driver: bridge
    subnet: auto # it has 172.28.0.0/24

  lan:
    driver: macvlan
    parent: eth0
    vlan: 30
    subnet: 192.168.30.0/24
    gateway: 192.168.30.1
    ip_range: 192.168.30.128/25
    reserve:
      nas: 192.168.30.130
      dhcp: 192.168.30.150-192.168.30.152
    shim: { address: 192.168.30.5 }

  # Its subnet, 172.18.0.0/16, was chosen by Docker.
  open:
    driver: bridge

  key:
    name: real
    driver: bridge
    subnet: auto/26 # it has 172.28.1.0/26
    mtu: auto

vlans:
  v50: { parent: eth0, id: 50 }
`;
    const host = memoryHost();
    await applyText(host, text);
    expect(body((await importHost(host)).spec)).toBe(text);
    expect(stepsOf(await planText(host, text))).toEqual([]);
  });

  test('what no spec can say is left out, with the reason', async () => {
    const host = hostWith([
      bridge('a b'),
      bridge('deadbeef0123'),
      bridge('odd', { Labels: { constructor: 'x', good: 'yes!' } }),
      { Name: 'low', Driver: 'macvlan', IPAM: { Config: [{ Subnet: '10.8.0.0/24' }] } },
      bridge('big', { Labels: { text: 'x'.repeat(2 ** 20) } }),
    ]);
    const reasons = await leftOut(host);
    const text = await written(host);
    expect(text).toContain('labels:\n      good: yes!\n');
    expect(reasons).toEqual([
      'big: the file is larger than 1 MiB',
      expect.stringMatching(/^a b: "a b" cannot be the name of a network/),
      expect.stringMatching(/^deadbeef0123: .*reads like a network id/),
      expect.stringMatching(/^low: networks.low has no parent/),
      'odd: no spec can hold its labels ["constructor"]; they stay as they are',
    ]);
  });
});

describe('doors of the host', () => {
  test('the usual one is said shortly, and others by what they have', async () => {
    expect(await written(withShim(hostWith([LAN]), 'lan-shim'))).toContain('    shim: true\n');
    expect(await written(withShim(hostWith([LAN]), 'mac0'))).toContain('    shim: { name: mac0 }\n');
    expect(await written(withShim(hostWith([LAN]), 'mac0', '192.168.1.9/32'))).toContain(
      '    shim: { name: mac0, address: 192.168.1.9 }\n',
    );
  });

  test('an address that was kept for it by hand goes without saying', async () => {
    const config = { ...LAN.IPAM?.Config?.[0], AuxiliaryAddresses: { host: '192.168.1.223' } };
    const text = await written(withShim(hostWith([{ ...LAN, IPAM: { Config: [config] } }]), 'lan-shim'));
    expect(text).toContain('    ip_range: 192.168.1.192/27\n    shim: true\n');
  });

  test('a gateway that Docker invented inside the range stands in no door', async () => {
    const config = { Subnet: '192.168.1.0/24', IPRange: '192.168.1.192/27', Gateway: '192.168.1.192' };
    const text = await written(withShim(hostWith([{ ...LAN, IPAM: { Config: [config] } }]), 'lan-shim'));
    expect(text).toContain('  # The gateway 192.168.1.192 is left out: it was chosen by Docker.\n  lan:\n');
    expect(text).toContain('shim: true');
  });

  test('two networks may share one, as far as its routes go', async () => {
    const second = { Subnet: '192.168.1.0/24', IPRange: '192.168.1.128/27' };
    const host = withShim(hostWith([LAN, { ...LAN, Name: 'cams', IPAM: { Config: [second] } }]), 'lan-shim');
    const text = await written(host);
    expect(text.match(/shim:/g)).toHaveLength(1);
    expect(text).toMatch(/ {2}lan:\n[^]*shim: true/);
  });

  test.each([
    ['a length', { address: '192.168.1.223/24' }, /lan-shim is not its shim here: .*192\.168\.1\.223\/24/],
    ['another mode', { more: { mode: 'private' } }, /lan-shim is not its shim here: .*mode private/],
    [
      'an alias',
      { more: { alias: 'mine' } },
      /lan-shim is not its shim here: it has the alias "mine", which would be lost/,
    ],
    [
      'another stack',
      { more: { alias: 'netctl:other/link:lan-shim' } },
      /is not its shim here: it belongs to the stack other/,
    ],
    ['an address elsewhere', { address: '10.0.0.1/32' }, /is not its shim here: it has no address of the network/],
  ])(
    'a link is none because of %s, and the file says why',
    async (_what, { address, more }: { address?: string; more?: object }, says) => {
      const host = withShim(hostWith([LAN]), 'lan-shim', address, more);
      const text = await written(host);
      expect(text).not.toMatch(/^ +shim:/m);
      expect(text).toMatch(says);
      expect(host.world.links.find(({ name }) => name === 'lan-shim')?.alias).toBe(
        (more as { alias?: string } | undefined)?.alias,
      );
    },
  );
});

describe('VLAN links', () => {
  const on = (parent: string): ApiNetwork => ({ ...LAN, Options: { parent } });
  const vlan = (host: MemoryHost, name: string, more = {}): MemoryHost => {
    addLink(host.world, { name, kind: 'vlan', parent: 'eth0', vlan: { id: 30, protocol: '802.1q' }, ...more });
    create(host.world, on(name));
    return host;
  };

  test.each([
    ['as netctl names it', 'eth0-v30', {}, '    parent: eth0\n    vlan: 30\n', undefined],
    ['with an MTU of its own', 'eth0-v30', { mtu: 1400 }, '    parent: eth0\n    vlan: 30\n    mtu: 1400\n', undefined],
    ['of any name', 'vlan30', {}, '    parent: vlan30\n', 'vlans:\n  vlan30: { parent: eth0, id: 30 }\n'],
    ['with a dot', 'eth0.30', {}, '    parent: eth0.30\n', undefined],
    [
      'with a dot and an MTU',
      'eth0.30',
      { mtu: 1400 },
      '    parent: eth0.30\n',
      'vlans:\n  eth0.30: { parent: eth0, id: 30, mtu: 1400 }\n',
    ],
    ['of another stack', 'vlan30', { alias: 'netctl:other/link:vlan30' }, '    parent: vlan30\n', undefined],
    ['with an alias', 'vlan30', { alias: 'mine' }, '    parent: vlan30\n', undefined],
    ['of another protocol', 'vlan30', { vlan: { id: 30, protocol: '802.1ad' } }, '    parent: vlan30\n', undefined],
  ])('%s', async (_what, name, more, lines, section) => {
    const text = await written(vlan(memoryHost(), name, more));
    expect(text).toContain(lines);
    if (section === undefined) expect(text).not.toContain('vlans:');
    else expect(text).toContain(section);
    const plain = 'alias' in more || 'vlan' in more;
    expect(text.includes(`# The link ${name} is used as it is: `)).toBe(plain);
  });
});

describe('containers', () => {
  const people = (containers: readonly MemoryContainer[]): MemoryHost => {
    const host = hostWith([LAN, bridge('web', { IPAM: { Config: [{ Subnet: '10.5.0.0/24' }] } })]);
    host.world.containers = [...containers];
    return host;
  };
  const at = (address: string): object => ({ IPAMConfig: { IPv4Address: address } });

  test('who asked for something is in it, and nobody else', async () => {
    const host = people([
      {
        name: 'printer',
        state: 'running',
        networks: {
          lan: {
            ip: '192.168.1.180',
            settings: {
              ...at('192.168.1.180'),
              Aliases: ['lp', 'on'],
              DriverOpts: { 'some.option': '$x' },
              GwPriority: 2,
            },
          },
          web: { ip: '10.5.0.2' },
        },
      },
      { name: 'quiet', state: 'running', networks: { lan: { ip: '192.168.1.193' } } },
      { name: 'fixed', state: 'exited', networks: { web: { settings: at('10.5.0.20') } } },
      {
        name: 'shop-web-1',
        state: 'running',
        labels: { 'com.docker.compose.project': 'shop' },
        networks: { web: { ip: '10.5.0.3', settings: { Aliases: ['web'] } } },
      },
    ]);
    const text = await written(host);
    expect(text.slice(text.indexOf('containers:'))).toMatchInlineSnapshot(`
      "containers:
        printer:
          networks:
            lan: { ipv4_address: 192.168.1.180, aliases: [ lp, "on" ], driver_opts: { some.option: $$x }, gw_priority: 2 }

      # Left out:
      # - fixed: its ipv4_address on web: the address 10.5.0.20 of "fixed" is inside 10.5.0.0/24, which Docker hands out: whoever starts first may have it.
      # - shop: Compose puts the containers of this project on networks by itself: shop-web-1.
      "
    `);
  });

  test('who would get a new way by a door of netctl keeps its address to itself', async () => {
    const host = memoryHost();
    await applyText(
      host,
      'name: home\nnetworks: { lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true } }\n',
    );
    const settings = { ...at('192.168.1.180'), Aliases: ['lp'] };
    host.world.containers = [
      { name: 'printer', state: 'running', networks: { lan: { ip: '192.168.1.180', settings } } },
    ];
    const { spec, leftOut: left } = await importHost(host);
    expect(spec).toContain('lan: { aliases: [ lp ] }');
    expect(left).toEqual([
      { name: 'printer', why: 'its ipv4_address on lan: the host has no way to it by lan-shim, and would get one' },
    ]);
    expect(stepsOf(await planText(host, spec))).toEqual([]);
  });

  test('whom netctl has put somewhere stays there', async () => {
    const host = people([
      {
        name: 'cam',
        state: 'running',
        mode: 'lan',
        labels: { 'com.docker.compose.project': 'shop' },
        networks: { lan: {} },
      },
    ]);
    const { spec } = await importHost(host);
    await applyText(host, `${spec}\ncontainers: { cam: { networks: { web: {} } } }\n`, { adopt: true });
    const again = await importHost(host);
    expect(again.spec).toContain('containers:\n  cam:\n    networks:\n      web: {}\n');
    expect(stepsOf(await planText(host, again.spec))).toEqual([]);
  });
});

describe('odd hosts', () => {
  test('an apply that did not finish is finished first', async () => {
    const host = hostWith([bridge('web')]);
    await host.engine.keepJournal('home', '{}');
    await expect(importHost(host)).rejects.toMatchObject({ code: 'UNFINISHED', exit: 75 });
  });

  test('whoever may not change links is told of them all the same', async () => {
    const host = withShim(hostWith([LAN]), 'lan-shim');
    host.world.mayChange = false;
    expect((await importHost(host)).spec).toContain('    shim: true\n');
  });

  test('a container whose name begins as an extension does is no extension', async () => {
    const host = hostWith([LAN]);
    host.world.containers = [
      {
        name: 'x-files',
        state: 'running',
        networks: { lan: { ip: '192.168.1.193', settings: { Aliases: ['truth'] } } },
      },
    ];
    expect(await written(host)).toContain('containers:\n  x-files:\n');
    expect(Object.keys(loadText((await importHost(host)).spec).spec.containers)).toEqual(['x-files']);
  });

  test('a network that has the key of another one gets a key of its own', async () => {
    const host = memoryHost();
    await applyText(host, 'name: home\nnetworks: { web: { name: real } }\n');
    create(host.world, bridge('web'));
    const text = await written(host, { stack: 'home' });
    expect(text).toMatch(/^ {2}web:\n {4}name: real\n[^]*^ {2}web-2:\n {4}name: web\n/m);
  });

  test('the door into a network that takes its configuration from another one is said there', async () => {
    const host = hostWith([
      { ...LAN, Name: 'z-conf', ConfigOnly: true, Driver: 'bridge' },
      { Name: 'made', Driver: 'macvlan', ConfigFrom: { Network: 'z-conf' }, Internal: true },
    ]);
    const text = await written(withShim(host, 'door'));
    expect(text).toMatch(/^ {2}made:\n {4}driver: macvlan\n {4}config_from: z-conf\n {4}internal: true\n\n/m);
    expect(text).toMatch(/^ {2}z-conf:\n {4}driver: macvlan\n {4}config_only: true\n[^]*shim: { name: door }/m);
  });

  test('a swarm network on a configuration, and a network without IPv4', async () => {
    const host = hostWith(
      [
        { ...LAN, Name: 'conf', ConfigOnly: true, Driver: 'bridge' },
        { Name: 'wide', Driver: 'macvlan', Scope: 'swarm', Attachable: true, ConfigFrom: { Network: 'conf' } },
        bridge('six', { EnableIPv4: false, EnableIPv6: true, IPAM: { Config: [{ Subnet: 'fd00:6::/64' }] } }),
      ],
      { engine: { swarm: { state: 'active', manager: true } } },
    );
    const text = await written(host);
    expect(text).toContain('    driver: macvlan\n    config_from: conf\n    scope: swarm\n    attachable: true\n');
    expect(text).toContain('    subnet: fd00:6::/64\n    enable_ipv4: false\n    enable_ipv6: true\n');
  });

  test('two doors on one parent are told apart by their names', async () => {
    const second = { Subnet: '192.168.1.0/24', IPRange: '192.168.1.128/27' };
    const host = withShim(hostWith([LAN, { ...LAN, Name: 'cams', IPAM: { Config: [second] } }]), 'lan-shim');
    addLink(host.world, {
      name: 'other',
      kind: 'macvlan',
      mode: 'bridge',
      parent: 'eth0',
      addresses: [{ address: '192.168.1.159', prefixLength: 32, scope: 'global' }],
    });
    host.world.routes.push({ destination: '192.168.1.128/27', table: 'main', link: 'other', source: '192.168.1.159' });
    const text = await written(host);
    expect(text).toMatch(/^ {2}cams:\n[^]*shim: { name: other }\n[^]*^ {2}lan:\n[^]*shim: { name: lan-shim }/m);
  });

  test('a door that netctl made for two networks comes back for both', async () => {
    const text = `name: home
networks:
  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true }
  cams: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, ip_range: 192.168.1.128/27, shim: true }
`;
    const host = memoryHost();
    await applyText(host, text);
    const { spec } = await importHost(host);
    expect(spec.match(/shim: /g)).toHaveLength(2);
    expect(stepsOf(await planText(host, spec)).map(stepTitle)).toEqual([]);
  });

  test('what Compose made is to be made external there', async () => {
    const host = hostWith([bridge('shop_front', { Labels: { 'com.docker.compose.project': 'shop' } })]);
    expect(await written(host, { all: true })).toContain(
      '  # Compose made it, for the project shop: make it external in its file.\n  shop_front:\n',
    );
  });
});

test('writes nothing, and asks the engine once for each thing', async () => {
  const host = withShim(hostWith([LAN, bridge('web')]), 'lan-shim');
  const before = structuredClone(host.world);
  host.faults.arm();
  await importHost(host);
  expect(host.faults.writes).toBe(0);
  expect(host.world).toEqual(before);
});

test('without iproute2 there is only what needs no link', async () => {
  const host = hostWith([LAN, bridge('web')], { iproute2: false });
  expect((await importHost(host)).spec).toMatch(/^networks:\n {2}web:/m);
  expect(await leftOut(host)).toEqual([expect.stringMatching(/^lan: .*iproute2/)]);
});
