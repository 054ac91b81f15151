import { beforeEach, describe, expect, test } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { ApplyOptions } from '../../../packages/core/src/apply/options.js';
import { formatPlan } from '../../../packages/core/src/plan/format.js';
import { swarmNode } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';
import { AFTER, BEFORE, CROWD, crowd, places, settle } from './host.js';

let host: MemoryHost;
beforeEach(async () => {
  host = await crowd();
});

const SWARM_OF_TWO = { state: 'active', manager: true, nodes: [swarmNode({ id: 'one' }), swarmNode({ id: 'two' })] };

async function refusal(options: ApplyOptions = {}, text = AFTER): Promise<NetctlError> {
  const before = structuredClone(host.world);
  const error: unknown = await applyText(host, text, { recreate: true, ...options }).catch((reason: unknown) => reason);
  expect(host.world).toEqual(before);
  if (error instanceof NetctlError) return error;
  throw new Error(`not refused: ${String(error)}`);
}
const codes = ({ problems }: NetctlError): readonly string[] =>
  problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
const messages = ({ problems }: NetctlError): string => problems.map(({ message }) => message).join('\n');

test('everybody comes back as he was, runs if he ran, and nobody else is touched', async () => {
  const before = places(host);
  const id = host.world.networks.find(({ Name }) => Name === 'lan')?.Id;
  const report = await applyText(host, AFTER, { recreate: true });
  const lan = host.world.networks.find(({ Name }) => Name === 'lan');
  expect(lan?.Id).not.toBe(id);
  expect(lan?.Labels).toMatchObject({ tier: 'web' });
  const after = places(host);
  // Whoever was between two tries runs now, and has the address that he asked for.
  expect(after).toEqual({
    ...before,
    loop: { state: 'running', networks: { lan: expect.objectContaining({ ip: '10.5.0.40', live: true }) as unknown } },
  });
  expect(report.moved.map(({ name, result }) => `${name} ${result}`).sort()).toEqual(
    ['cache', 'db', 'fresh', 'loop', 'old', 'web'].map((name) => `${name} restored`),
  );
  for (const { offMs } of report.moved) expect(offMs).toBeGreaterThanOrEqual(0);
  expect(host.world.networks.map(({ Name }) => Name)).not.toContain('netctl-journal');
});

test('the plan takes off late, puts back early, those with addresses of their own first', async () => {
  const plan = await planText(host, `${AFTER}  more: { subnet: 10.7.0.0/24 }\n`, { recreate: true });
  expect(plan.stages.map((stage) => stage.map(({ op, ref }) => `${op} ${ref}`))).toEqual([
    ['network.create network:more'],
    ['fresh', 'loop', 'old', 'web', 'db', 'cache'].map((name) => `endpoint.park endpoint:lan/${name}`),
    ['network.remove network:lan'],
    ['network.create network:lan'],
    ['fresh', 'loop', 'old', 'web', 'db'].map((name) => `endpoint.restore endpoint:lan/${name}`),
    ['endpoint.restore endpoint:lan/cache'],
  ]);
  expect(formatPlan(plan)).toContain('< container web');
});

test('a container that is started all the time, and is seen otherwise at every look, is no other plan', async () => {
  const before = places(host);
  const read = host.faults.read.bind(host.faults);
  let looks = 0;
  Object.assign(host.faults, {
    read: () => {
      read();
      if (host.faults.writes > 1) return;
      looks += 1;
      host.world.containers = host.world.containers.map((container) => {
        const { lan } = container.networks;
        if (container.name !== 'loop' || lan === undefined) return container;
        const runs = looks % 8 < 4;
        const { ip: _ip, ip6: _ip6, ...bare } = lan;
        const has = runs ? { ip: '10.5.0.40', ip6: 'fd00:5::40' } : {};
        return { ...container, state: runs ? 'running' : 'restarting', networks: { lan: { ...bare, ...has } } };
      });
    },
  });
  const { moved } = await applyText(host, AFTER, { recreate: true });
  expect(moved.map(({ name }) => name)).toContain('loop');
  // Kept once and dropped once.
  expect(host.faults.log.filter((what) => what.includes('netctl-journal'))).toHaveLength(2);
  expect(places(host)).toEqual({
    ...before,
    loop: { state: 'running', networks: { lan: expect.objectContaining({ ip: '10.5.0.40', live: true }) as unknown } },
  });
});

test('without --recreate it is refused whole, with every holder named', async () => {
  const error = await refusal({ recreate: false });
  expect(error).toMatchObject({ code: 'REFUSED', exit: 3 });
  expect(codes(error)).toEqual(['IN_USE']);
  for (const name of ['web', 'db', 'cache', 'old', 'fresh', 'loop']) expect(messages(error)).toContain(name);
});

test('it is disruptive, and refused unless that was agreed to', async () => {
  expect(await refusal({ allowDisruptive: false })).toMatchObject({ code: 'NEEDS_YES', exit: 3 });
});

test('a network that is no longer wanted is not taken away under anybody', async () => {
  const error = await refusal({}, 'name: home\nnetworks: { other: { subnet: 10.6.0.0/24 } }\n');
  expect(codes(error)).toEqual(['IN_USE']);
});

describe('refused before the first write', () => {
  const alone = (change: Partial<(typeof CROWD)[number]>): void =>
    settle(host, [{ name: 'one', state: 'running', networks: { lan: { ip: '10.5.0.9' } }, ...change }]);

  test('a mode that is the id of the network, on engines from 25 on', async () => {
    const mode = host.world.networks.find(({ Name }) => Name === 'lan')?.Id ?? '';
    alone({ mode });
    expect(codes(await refusal())).toEqual(['ENDPOINT_BY_ID']);
    host.world.engine = { ...host.world.engine, version: '20.10.24' };
    await applyText(host, AFTER, { recreate: true });
  });

  test('a MAC that somebody chose, where the engine gives another one; --accept-loss mac goes on', async () => {
    alone({ mac: '02:00:00:00:00:09', networks: { lan: { ip: '10.5.0.9', mac: '02:00:00:00:00:09' } } });
    expect(codes(await refusal())).toEqual(['MAC_LOST']);
    const { problems } = await applyText(host, AFTER, { recreate: true, acceptLoss: ['mac'] });
    expect(problems.map(({ code }) => code)).toEqual(['MAC_LOST']);
  });

  test.each(['host', 'container:other'])('the mode %s', async (mode) => {
    alone({ mode });
    expect(codes(await refusal())).toEqual(['ENDPOINT_MODE']);
  });

  test('an address outside the new subnet, or that is the gateway or kept from all there', async () => {
    alone({ networks: { lan: { ip: '10.5.0.9', settings: { IPAMConfig: { IPv4Address: '10.5.0.9' } } } } });
    const moved = AFTER.replace('10.5.0.0/24', '10.55.0.0/24');
    expect(messages(await refusal({}, moved))).toContain('10.5.0.9');
    const gateway = AFTER.replace('subnet: 10.5.0.0/24', 'subnet: 10.5.0.0/24, gateway: 10.5.0.9');
    expect(messages(await refusal({}, gateway))).toContain('the gateway there');
    const kept = AFTER.replace('subnet: 10.5.0.0/24', 'subnet: 10.5.0.0/24, aux_addresses: { nas: 10.5.0.9 }');
    expect(messages(await refusal({}, kept))).toContain('kept from all containers');
  });

  test('with --keep-dynamic also an address that was given', async () => {
    alone({});
    const moved = AFTER.replace('10.5.0.0/24', '10.55.0.0/24');
    expect(codes(await refusal({ keepDynamic: true }, moved))).toEqual(['ENDPOINT_ADDRESS']);
    await applyText(host, moved, { recreate: true });
  });

  test('services, and nodes of a swarm that cannot be seen', async () => {
    host.world.engine = { ...host.world.engine, swarm: SWARM_OF_TWO };
    const app = 'name: home\nnetworks:\n  app: { driver: overlay, attachable: true }\n';
    await applyText(host, app, { allowDisruptive: true }).catch(() => undefined);
    host = await crowd({ engine: { swarm: SWARM_OF_TWO } });
    await applyText(host, `${BEFORE}  app: { driver: overlay }\n`);
    settle(host, [{ name: 'one', state: 'running', networks: { app: { ip: '10.0.1.2' } } }]);
    host.world.services.push({ name: 'api', networks: ['app'] });
    const error = await refusal({}, `${BEFORE}  app: { driver: overlay, attachable: true }\n`);
    expect(codes(error)).toEqual(['SERVICE_HOLDS', 'HOLDERS_UNSEEN']);
    expect(messages(error)).toContain('api');
  });
});

test('--keep-dynamic gives everybody the address that he has', async () => {
  settle(host, [{ name: 'far', state: 'running', networks: { lan: { ip: '10.5.0.77' } } }]);
  await applyText(host, AFTER, { recreate: true, keepDynamic: true });
  expect(host.world.containers[0]?.networks['lan']?.ip).toBe('10.5.0.77');
});

test('an address that nobody asked for may change, and then it is told', async () => {
  settle(host, [{ name: 'far', state: 'running', networks: { lan: { ip: '10.5.0.77' } } }]);
  const { moved } = await applyText(host, AFTER, { recreate: true });
  expect(moved[0]?.changes).toEqual(['address 10.5.0.77 → 10.5.0.2']);
});

test('a subnet that nobody named is carried over', async () => {
  const open = 'name: home\nnetworks:\n  open: {}\n';
  host = await crowd({}, []);
  await applyText(host, open);
  const subnet = (): unknown => host.world.networks.find(({ Name }) => Name === 'open')?.IPAM?.Config?.[0]?.Subnet;
  const before = subnet();
  settle(host, [{ name: 'one', state: 'running', networks: { open: { ip: '172.18.0.2' } } }]);
  await applyText(host, open.replace('{}', '{ internal: true }'), { recreate: true });
  expect(subnet()).toBe(before);
});

test('a subnet of a family that the network is not to have is not', async () => {
  const open = 'name: home\nnetworks:\n  open: {}\n';
  host = await crowd({}, []);
  await applyText(host, open);
  const six = open.replace('{}', '{ enable_ipv4: false, enable_ipv6: true, subnet: "fd00:7::/64" }');
  await applyText(host, six, { recreate: true });
  const made = host.world.networks.find(({ Name }) => Name === 'open');
  expect(made?.IPAM?.Config?.map(({ Subnet }) => Subnet)).toEqual(['fd00:7::/64']);
});

test('a VLAN link that is made again takes the containers above it along', async () => {
  const text = (id: number): string => `name: home
networks:
  iot: { driver: macvlan, parent: trunk, subnet: 192.168.30.0/24, gateway: 192.168.30.1, ip_range: 192.168.30.128/25, shim: true }
vlans:
  trunk: { parent: eth0, id: ${String(id)} }
`;
  host = await crowd({}, []);
  await applyText(host, text(30));
  settle(host, [{ name: 'cam', state: 'running', networks: { iot: { ip: '192.168.30.130' } } }]);
  expect(codes(await refusal({ recreate: false }, text(31)))).toEqual(['IN_USE']);
  const plan = await planText(host, text(31), { recreate: true });
  expect(plan.stages.flat().map(({ op, ref }) => `${op} ${ref}`)).toEqual([
    'link.remove link:iot-shim',
    'endpoint.park endpoint:iot/cam',
    'link.remove link:trunk',
    'link.add link:trunk',
    'link.add link:iot-shim',
    'endpoint.restore endpoint:iot/cam',
  ]);
  const { moved } = await applyText(host, text(31), { recreate: true });
  expect(moved).toMatchObject([{ name: 'cam', result: 'restored' }]);
});

describe('an address that one who does not run asks for', () => {
  const running = (name: string, ip: string) => ({ name, state: 'running', networks: { other: { ip } } });
  const stopped = (ip: string) => ({
    name: 'off',
    state: 'exited',
    networks: { other: { settings: { IPAMConfig: { IPv4Address: ip } } } },
  });
  const text = BEFORE.replace('other: {', 'other: { labels: { tier: web },');

  test('is given to nobody else: that is refused, and can be kept from happening', async () => {
    settle(host, [running('first', '10.6.0.2'), stopped('10.6.0.3'), running('third', '10.6.0.4')]);
    const error = await refusal({}, text);
    expect(codes(error)).toEqual(['ENDPOINT_ADDRESS']);
    expect(messages(error)).toContain('container off asks for the address 10.6.0.3 and is exited');
    await applyText(host, text, { recreate: true, keepDynamic: true });
    const addresses = host.world.containers.map(({ networks }) => networks['other']?.ip);
    expect(addresses).toEqual(['10.6.0.2', undefined, '10.6.0.4']);
  });

  test.each(['10.6.0.4', '10.6.0.200'])('is no obstacle where nobody is given it: %s', async (ip) => {
    settle(host, [running('first', '10.6.0.2'), running('third', '10.6.0.3'), stopped(ip)]);
    await applyText(host, text, { recreate: true });
  });
});
