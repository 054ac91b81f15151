import { expect, test } from 'vitest';
import { kernel, memoryHost } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { removeNetwork, specOf, watchOver } from './bench.js';

/* What drifts is healed, and what would disrupt somebody is told and left. */

const home = {
  name: 'home',
  networks: {
    lan: {
      driver: 'macvlan',
      parent: 'eth0',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      ip_range: '192.168.1.192/27',
      shim: true,
    },
    iot: { driver: 'macvlan', parent: 'eth0', vlan: 30, subnet: '192.168.30.0/24', gateway: '192.168.30.1' },
    web: { subnet: '10.5.0.0/24' },
  },
  containers: { printer: { networks: { lan: { ipv4_address: '192.168.1.180' } } } },
  ignore: ['CONTAINER_MISSING', 'NO_IP_RANGE'],
};

async function healed(host: MemoryHost) {
  const bench = await watchOver({ local: host }, () => Promise.resolve(specOf(home)));
  await bench.told({ event: 'round', result: 'repaired' });
  await bench.told({ event: 'round', result: 'quiet' });
  return bench;
}

test('the first round makes all, and what netctl does itself is followed by a look and no more', async () => {
  const host = memoryHost();
  await using bench = await healed(host);
  expect(host.world.networks.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['lan', 'iot', 'web']));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(bench.of('round').map(({ result }) => result)).toEqual(['repaired', 'quiet']);
  const report = await bench.stop();
  expect(report).toMatchObject({ version: 1, stack: 'home', rounds: 2, failures: 0 });
  expect(report.repairs).toBe(bench.of('step').filter(({ state }) => state === 'done').length);
});

test('the route of a shim that went with its parent', async () => {
  const host = memoryHost();
  await using bench = await healed(host);
  kernel.setDown(host.world, 'lan-shim');
  kernel.setUp(host.world, 'lan-shim');
  expect(host.world.routes.filter(({ link, protocol }) => link === 'lan-shim' && protocol === 'static')).toEqual([]);
  await bench.told({ event: 'step', state: 'done', step: { op: 'link.set', ref: 'link:lan-shim' } });
  await bench.told({ event: 'round', result: 'repaired', woken: [{ by: 'links' }] });
  await bench.told({ event: 'round', result: 'quiet' });
  expect(host.world.routes).toContainEqual(
    expect.objectContaining({ destination: '192.168.1.192/27', link: 'lan-shim', source: '192.168.1.223' }),
  );
});

test('a VLAN link that somebody removed, below a network that somebody is on', async () => {
  const host = memoryHost();
  await using bench = await healed(host);
  host.world.containers.push({ name: 'plug', state: 'running', networks: { iot: { ip: '192.168.30.2' } } });
  const before = host.world.networks.find(({ Name }) => Name === 'iot')?.Id;
  kernel.removeLink(host.world, 'eth0-v30');
  await bench.told({ event: 'step', state: 'done', step: { op: 'link.add', ref: 'link:eth0-v30' } });
  // They have lost their interface, which nobody can give back but a restart.
  await bench.told({ event: 'problems', problems: [{ code: 'PARENT_WAS_GONE' }] });
  await bench.told({ event: 'round', result: 'quiet' });
  expect(host.world.links.some(({ name }) => name === 'eth0-v30')).toBe(true);
  expect(host.world.networks.find(({ Name }) => Name === 'iot')?.Id).toBe(before);
});

test('a network that was pruned', async () => {
  const host = memoryHost();
  await using bench = await healed(host);
  removeNetwork(host, 'web');
  await bench.told({ event: 'step', state: 'done', step: { op: 'network.create', ref: 'network:web' } });
  await bench.told({
    event: 'round',
    result: 'repaired',
    woken: expect.arrayContaining([
      expect.objectContaining({ by: 'engine', type: 'network', action: 'destroy' }),
    ]) as object,
  });
  expect(host.world.networks.some(({ Name }) => Name === 'web')).toBe(true);
});

test('a container that is made, and made again without its place', async () => {
  const host = memoryHost();
  await using bench = await healed(host);
  for (const id of ['first', 'second', 'third', 'fourth', 'fifth']) {
    host.world.containers = [{ id, name: 'printer', state: 'running', networks: { bridge: {} } }];
    await bench.told({ event: 'step', state: 'done', step: { op: 'endpoint.attach', ref: 'endpoint:lan/printer' } });
    await bench.told({ event: 'round', result: 'quiet' });
    expect(host.world.containers[0]?.networks['lan']?.ip).toBe('192.168.1.180');
  }
  // Each is another container, so that nobody undoes anything.
  expect(bench.of('undone')).toEqual([]);
});

test('what would disrupt somebody is told once and left, and the rest is healed', async () => {
  const host = memoryHost();
  await using first = await healed(host);
  await first.stop();
  host.world.containers.push({ name: 'site', state: 'running', networks: { web: { ip: '10.5.0.2' } } });
  const changed = {
    ...home,
    networks: { ...home.networks, web: { subnet: '10.6.0.0/24' }, more: { subnet: '10.7.0.0/24' } },
  };
  await using bench = await watchOver({ local: host }, () => Promise.resolve(specOf(changed)));
  await bench.told({ event: 'step', state: 'done', step: { ref: 'network:more' } });
  await bench.told({ event: 'left' });
  await bench.told({ event: 'round', result: 'left', left: 2 });
  bench.watcher.reload('reload');
  await bench.told({ event: 'round', result: 'left' });
  expect(bench.of('left')).toHaveLength(1);
  expect(bench.of('failed')).toEqual([]);
  expect(host.world.networks.find(({ Name }) => Name === 'web')?.IPAM?.Config).toMatchObject([
    { Subnet: '10.5.0.0/24' },
  ]);
});

test('with --yes it is done, and where it is refused all the rest is done by itself', async () => {
  const host = memoryHost();
  await using first = await healed(host);
  await first.stop();
  host.world.containers.push({ name: 'site', state: 'running', networks: { web: { ip: '10.5.0.2' } } });
  const { lan: _lan, ...others } = home.networks;
  const changed = {
    ...home,
    networks: { ...others, web: { subnet: '10.6.0.0/24' }, more: { subnet: '10.7.0.0/24' } },
    containers: {},
  };
  await using bench = await watchOver({ local: host }, () => Promise.resolve(specOf(changed)), {
    apply: { allowDisruptive: true },
  });
  await bench.told({ event: 'failed', result: 'refused', code: 'REFUSED', problems: [{ code: 'IN_USE' }], times: 1 });
  await bench.told({ event: 'round', result: 'refused' });
  expect(host.world.networks.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['more', 'lan', 'web']));
  host.world.containers = [];
  await bench.told({ event: 'step', state: 'done', step: { op: 'network.remove', ref: 'network:lan' } });
  await bench.told({ event: 'round', result: 'quiet' });
  expect(host.world.networks.some(({ Name }) => Name === 'lan')).toBe(false);
  expect(host.world.networks.find(({ Name }) => Name === 'web')?.IPAM?.Config).toMatchObject([
    { Subnet: '10.6.0.0/24' },
  ]);
});
