import { describe, expect, test } from 'vitest';
import { apply } from '../../../packages/core/src/apply/apply.js';
import { observeTopology } from '../../../packages/core/src/apply/topology.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { topologyOf } from '../../../packages/core/src/graph/build.js';
import { parseProof, provedBy } from '../../../packages/core/src/graph/proof.js';
import { everythingOf } from '../../../packages/core/src/graph/topology.js';
import { homeTopology } from '../../support/graph/home.js';
import { outline } from '../../support/graph/outline.js';
import { addLink, addNetwork, memoryHost, memoryHosts } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText, loadText } from '../../support/memory/run.js';

const wanted = (text: string): readonly string[] => outline(topologyOf(loadText(text)));

async function seen(host: MemoryHost, text: string): Promise<readonly string[]> {
  return outline((await observeTopology(loadText(text), host)).topology);
}

test('every state of links, networks and containers, on two hosts and in their swarm', async () => {
  const topology = await homeTopology();
  expect(outline(topology)).toEqual([
    'host node01 ok',
    '  parent eth0 other',
    '  vlan eth0-v30 ok on eth0',
    '  shim lan-shim ok on eth0 into lan',
    '  network lan ok on eth0',
    '    container printer ok 192.168.1.180',
    '  network iot ok on eth0-v30',
    '    container camera-door ok 192.168.30.20',
    '    container camera-yard missing 192.168.30.21: there is no such container yet',
    '  network web ok',
    '    container grafana other 10.20.0.3',
    '    container traefik other 10.20.0.2',
    '  network media drifted: subnet 10.88.0.0/24 → 10.21.0.0/24',
    '  network attic unwanted: the spec of home no longer wants it',
    '    container old-shop other',
    'host node02 ok',
    '  parent eth0 other',
    '  shim lan-shim ok on eth0 into lan',
    '  network lan ok on eth0',
    '    container dns ok 192.168.1.53',
    expect.stringMatching(/^ {2}network media blocked: 10\.21\.0\.0\/24 overlaps /) as string,
    '  network backup other',
    '    container shop-db other 10.99.0.4',
    'network app ok',
    '  container traefik other 10.30.0.5',
    '  container shop-db other 10.30.0.6',
  ]);
  expect(topology.swarm[0]?.hosts).toEqual(['h1', 'h2']);
  expect(topology.swarm[0]?.members.map(({ where }) => where)).toEqual(['node01', 'node02']);
  const ids = everythingOf(topology).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z0-9_]+$/.test(id))).toEqual([]);
});

test('what was proved is with the networks, the containers and the isolations that it is about', async () => {
  const [node01, node02] = (await homeTopology()).hosts;
  const checked = (node01?.networks ?? []).map(({ name, checks }) => [name, checks.map(({ state }) => state)]);
  expect(Object.fromEntries(checked)).toMatchObject({
    lan: ['passed', 'passed'],
    iot: ['failed'],
    web: ['passed'],
    media: [],
  });
  expect(node01?.networks.find(({ name }) => name === 'iot')?.members[0]?.checks).toEqual([
    {
      state: 'failed',
      claim: 'camera-door reaches the gateway 192.168.30.1',
      cause: 'no answer on VLAN 30',
      cure: 'Let the switch port carry VLAN 30.',
    },
  ]);
  expect(node01?.isolations).toEqual([{ from: 'h1_n3', to: 'h1_n1', proved: 'passed' }]);
  // The same network of another host, where nothing was asked.
  expect(node02?.networks.find(({ name }) => name === 'lan')?.checks).toEqual([]);
});

test('of a network of the swarm all hosts have proved, and of its containers each those of its own host', async () => {
  const text = `name: home
hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" } }
swarm: { managers: [a], workers: [b], advertise: eth0 }
networks: { app: { driver: overlay, attachable: true, subnet: 10.30.0.0/24 } }
`;
  const hosts = memoryHosts({ a: {}, b: {} });
  await apply(loadText(text), hosts, { allowDisruptive: true, probe: false });
  const ends = { a: '10.30.0.5', b: '10.30.0.6' };
  for (const [host, ip] of Object.entries(ends)) {
    hosts
      .get(host)
      ?.world.containers.push({ id: `web-${host}`, name: 'web', state: 'running', networks: { app: { ip } } });
  }
  const checks = Object.entries({ a: 'passed', b: 'failed' }).map(([host, state]) => {
    const from = { type: 'container', host, name: 'web' };
    return { kind: 'name', host, network: 'network:app', from, claim: `web of ${host} is told`, state };
  });
  const proof = parseProof(JSON.stringify({ version: 1, stack: 'home', checks }), 'p.json', 'home');
  const [app] = (await observeTopology(loadText(text), hosts, { proof })).topology.swarm;
  expect(provedBy(app?.checks ?? [])).toBe('failed');
  expect(app?.members.map((one) => [one.where, one.checks.map(({ state }) => state)])).toEqual([
    ['a', ['passed']],
    ['b', ['failed']],
  ]);
});

test('an isolation is proved by what was tried between its two networks alone', () => {
  const spec = loadText(`name: home
networks:
  web: { subnet: 10.20.0.0/24, isolated_from: [db, back], internal: true }
  db: { subnet: 10.21.0.0/24 }
  back: { subnet: 10.22.0.0/24 }
`);
  const check = (state: string, more: object): object => {
    return { kind: 'isolation', host: 'local', network: 'network:web', claim: 'silence', state, ...more };
  };
  const checks = [
    check('passed', { isolatedFrom: 'network:db' }),
    check('failed', { isolatedFrom: 'network:back' }),
    // Of `internal`.
    check('untested', {}),
  ];
  const proof = parseProof(JSON.stringify({ version: 1, stack: 'home', checks }), 'p.json', 'home');
  const [host] = topologyOf(spec, { proof }).hosts;
  expect(host?.isolations.map(({ to, proved }) => [to, proved])).toEqual([
    ['h1_n2', 'passed'],
    ['h1_n3', 'failed'],
  ]);
});

const LAN = `name: home
networks:
  lan: { driver: macvlan, parent: eth0.40, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true }
  web: { subnet: auto }
  shared: { external: true }
containers:
  printer: { networks: { lan: { ipv4_address: 192.168.1.180 } } }
  cameras: { select: { label: cam }, networks: { web: {} } }
`;

describe('without a look', () => {
  test('all is wanted, and a subnet that is to be chosen is not guessed', () => {
    expect(wanted(LAN)).toEqual([
      'host this host wanted',
      '  parent eth0 wanted',
      '  vlan eth0.40 wanted on eth0',
      '  shim lan-shim wanted on eth0.40 into lan',
      '  network lan wanted on eth0.40',
      '    container printer wanted 192.168.1.180',
      '  network web wanted',
      '    container cameras wanted',
      '  network shared wanted',
    ]);
    const [, web] = topologyOf(loadText(LAN)).hosts[0]?.networks ?? [];
    expect(web?.subnets).toEqual([{ subnet: 'auto', ranges: [], gateways: [] }]);
  });

  test('services of a Compose file are on its networks', () => {
    const text = `name: shop
services:
  web: { image: nginx, networks: [front] }
networks:
  front: { external: true, x-netctl: { subnet: 10.4.0.0/24 } }
`;
    expect(wanted(text)).toEqual(['host this host wanted', '  network front wanted', '    container web wanted']);
  });
});

describe('with a look', () => {
  test('nothing is there yet', async () => {
    expect(await seen(memoryHost(), LAN)).toEqual([
      'host box ok',
      '  parent eth0 other',
      '  vlan eth0.40 missing on eth0: network lan is on eth0.40, and Docker would make it as its own',
      expect.stringMatching(/^ {2}shim lan-shim missing on eth0\.40 into lan: /) as string,
      '  network lan missing on eth0.40: it is not there yet',
      '    container printer missing 192.168.1.180: there is no such container yet',
      '  network web missing: it is not there yet',
      '    container cameras missing: no container has that label yet',
      '  network shared missing: the spec says that it is there, and it is not',
    ]);
  });

  test('a link of somebody else, and all below it, is there and not ours', async () => {
    const host = memoryHost();
    addLink(host.world, { name: 'bond0', kind: 'bond' });
    addLink(host.world, { name: 'eth0.40', kind: 'vlan', parent: 'bond0', vlan: { id: 40, protocol: '802.1q' } });
    const text =
      'name: home\nnetworks: { lan: { driver: macvlan, parent: eth0.40, subnet: 10.4.0.0/24, gateway: 10.4.0.1 } }\n';
    expect(await seen(host, text)).toEqual([
      'host box ok',
      '  parent bond0 other',
      '  vlan eth0.40 other on bond0',
      '  network lan missing on eth0.40: it is not there yet',
    ]);
  });

  test('a parent that is not there is missing, and blocks; where links cannot be read, nobody knows', async () => {
    const text =
      'name: home\nnetworks: { lan: { driver: macvlan, parent: eno9, subnet: 10.4.0.0/24, gateway: 10.4.0.1 } }\n';
    const [, parent, network] = await seen(memoryHost(), text);
    expect(parent).toBe('  parent eno9 missing: there is no link eno9');
    expect(network).toMatch(/^ {2}network lan blocked on eno9: /);
    expect((await seen(memoryHost({ iproute2: false }), text))[1]).toBe('  parent eno9 wanted');
  });

  test('a container that the spec no longer has on a network is to leave it', async () => {
    const text = (containers: string): string =>
      `name: home\nnetworks: { web: { subnet: 10.5.0.0/24 } }\ncontainers: ${containers}\n`;
    const host = memoryHost({
      containers: [{ name: 'cam', state: 'running', mode: 'bridge', networks: { bridge: {} } }],
    });
    await applyText(host, text('{ cam: { networks: { web: {} } } }'));
    expect(await seen(host, text('{ cam: { networks: { web: {} } } }'))).toContain('    container cam ok 10.5.0.2');
    expect((await seen(host, text('{}'))).at(-1)).toMatch(/^ {4}container cam unwanted 10\.5\.0\.2: /);
  });

  test('a network of somebody else that has the name blocks', async () => {
    const host = memoryHost();
    addNetwork(host.world, { Name: 'web', Driver: 'bridge', IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] } });
    const [, web] = await seen(host, 'name: home\nnetworks: { web: { subnet: 10.5.0.0/24 } }\n');
    expect(web).toMatch(/^ {2}network web blocked: .*netctl did not make it/);
  });

  test('a host that cannot be reached is drawn as it is wanted, with the reason', async () => {
    const text =
      'name: home\nhosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" } }\nnetworks: { web: { subnet: 10.5.0.0/24 } }\n';
    const away = new NetctlError('ENGINE_UNREACHABLE', 'nobody listens at unix:///b');
    const hosts = new Map<string, MemoryHost | NetctlError>([
      ['a', memoryHost()],
      ['b', away],
    ]);
    const { topology, problems } = await observeTopology(loadText(text), hosts);
    expect(outline(topology)).toEqual([
      'host a ok',
      '  network web missing: it is not there yet',
      'host b blocked: nobody listens at unix:///b',
      '  network web wanted',
    ]);
    expect(problems.map(({ code }) => code)).toContain('HOST_UNREACHABLE');
  });
});
