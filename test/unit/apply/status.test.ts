import { describe, expect, test } from 'vitest';
import { status } from '../../../packages/core/src/apply/plan.js';
import type { StatusItem } from '../../../packages/core/src/apply/status.js';
import { addLink, addNetwork, memoryHost, restartEngine } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText, loadText } from '../../support/memory/run.js';

async function itemsOf(host: MemoryHost, text: string): Promise<Readonly<Record<string, StatusItem>>> {
  const { items } = await status(loadText(text), host);
  return Object.fromEntries(items.map((item) => [item.ref, item]));
}

const LAN = `name: home
networks:
  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true }
`;

describe('what has a name that is wanted, and is not ours', () => {
  const foreign = (labels: Readonly<Record<string, string>> = {}): MemoryHost => {
    const host = memoryHost();
    addNetwork(host.world, {
      Name: 'web',
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] },
      Labels: labels,
    });
    host.world.containers.push({ name: 'theirs', state: 'running', networks: { web: { ip: '10.9.0.2' } } });
    return host;
  };
  const web = 'name: home\nnetworks: { web: { subnet: 10.5.0.0/24 } }\n';

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a network of nobody', {}, /netctl did not make it/],
    [
      'a network of another stack, with the same key',
      { 'io.netctl.stack': 'other', 'io.netctl.ref': 'network:web' },
      /belongs to the stack other/,
    ],
  ])('%s blocks, and nothing of it is shown', async (_what, labels, why) => {
    const { 'network:web': item } = await itemsOf(foreign(labels), web);
    expect(item).toMatchObject({ state: 'blocked', description: 'bridge, 10.5.0.0/24', holders: [], addresses: [] });
    expect(item?.why).toMatch(why);
  });

  test('a link blocks the shim, and not its network', async () => {
    const host = memoryHost();
    addLink(host.world, { name: 'lan-shim', kind: 'dummy' });
    const items = await itemsOf(host, LAN);
    expect(items['link:lan-shim']).toMatchObject({
      state: 'blocked',
      why: expect.stringContaining('lan-shim') as string,
    });
    expect(items['network:lan']).toMatchObject({ state: 'missing', why: 'it is not there yet' });
  });

  test('so does what is wrong at the parent, for the network and for the link that it would be made on', async () => {
    const host = memoryHost();
    const text =
      'name: home\nnetworks: { lan: { driver: macvlan, parent: eno1.40, subnet: 10.4.0.0/24, gateway: 10.4.0.1 } }\n';
    const items = await itemsOf(host, text);
    expect(Object.values(items).map(({ ref, state }) => `${ref} ${state}`)).toEqual([
      'link:eno1.40 blocked',
      'network:lan blocked',
    ]);
  });
});

describe('a configuration network and one made from it', () => {
  const made =
    'made: { driver: macvlan, config_from: conf }, conf: { config_only: true, driver: macvlan, parent: eth0, subnet: 10.6.0.0/24, gateway: 10.6.0.1, ip_range: 10.6.0.0/28 }';
  const text = `name: home\nnetworks: { ${made} }\n`;
  const host = async (): Promise<MemoryHost> => {
    const result = memoryHost();
    await applyText(result, text);
    result.world.containers.push({ name: 'cam', state: 'running', networks: { made: { ip: '10.6.0.2' } } });
    // The engine lists networks in any order, and both show the same marks.
    result.world.networks.reverse();
    return result;
  };

  test('are each shown as itself', async () => {
    const items = await itemsOf(await host(), text);
    expect(items['network:conf']).toMatchObject({
      state: 'ok',
      description: 'configuration on eth0, 10.6.0.0/24 range 10.6.0.0/28 gateway 10.6.0.1',
      holders: [],
    });
    expect(items['network:made']).toMatchObject({
      state: 'ok',
      description: 'macvlan from conf',
      holders: [{ name: 'cam' }],
    });
  });

  test('show who holds the one that is no longer wanted', async () => {
    const items = await itemsOf(await host(), text.replace('made: { driver: macvlan, config_from: conf }, ', ''));
    expect(items['network:made']).toMatchObject({ state: 'unwanted', name: 'made', holders: [{ name: 'cam' }] });
    expect(items['network:conf']).toMatchObject({ state: 'ok', holders: [] });
  });
});

test('a second network with the mark of one that is wanted is the one that is unwanted', async () => {
  const text = 'name: home\nnetworks: { web: { subnet: 10.5.0.0/24 } }\n';
  const host = memoryHost();
  await applyText(host, text);
  const { Id: _id, ...first } = host.world.networks.find(({ Name }) => Name === 'web') ?? {};
  addNetwork(host.world, { ...first, Name: 'copy', IPAM: { Config: [{ Subnet: '10.7.0.0/24' }] } });
  const { items } = await status(loadText(text), host);
  expect(items.map(({ name, state }) => `${name} ${state}`)).toEqual(['web ok', 'copy unwanted']);
});

describe('a range of several blocks', () => {
  const text = LAN.replace('192.168.1.192/27, shim: true', '192.168.1.100-192.168.1.130');

  test('is one, with the gateway that was asked for and none that the engine chose', async () => {
    const host = memoryHost();
    await applyText(host, text);
    restartEngine(host.world);
    host.world.containers.push({ name: 'cam', state: 'running', networks: { lan: { ip: '192.168.1.105' } } });
    const { 'network:lan': item } = await itemsOf(host, text);
    expect(item?.state).toBe('ok');
    expect(item?.description).toBe(
      'macvlan on eth0, 192.168.1.0/24 range 192.168.1.100-192.168.1.130 gateway 192.168.1.1',
    );
    // The engine took the first address of each block but the first for a gateway; those are used up all the same.
    expect(item?.addresses).toMatchObject([
      { subnet: '192.168.1.0/24', size: '254', used: '1', reserved: '6', dynamic: '26', free: '221' },
    ]);
  });

  test('and a gateway that nobody asked for is not shown as if wanted', async () => {
    const host = memoryHost();
    const web = 'name: home\nnetworks: { web: { subnet: 10.5.0.0/24 } }\n';
    await applyText(host, web);
    restartEngine(host.world);
    const { 'network:web': item } = await itemsOf(host, web);
    expect(item?.description).toBe('bridge, 10.5.0.0/24');
    expect(item?.addresses).toMatchObject([{ subnet: '10.5.0.0/24', used: '0', reserved: '1', dynamic: '253' }]);
  });
});
