import { beforeEach, describe, expect, test } from 'vitest';
import { status } from '../../../packages/core/src/apply/plan.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { ApiNetwork } from '../../../packages/core/src/docker/api.js';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { addLink, create, memoryHost, remove, restartEngine } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText, loadText, planText } from '../../support/memory/run.js';

const SPEC = `name: home
networks:
  web: { subnet: 10.5.0.0/24 }
  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true }
`;

/** What a person has made with the commands of Docker and iproute2, and who is on it. */
function byHand(): MemoryHost {
  const host = memoryHost();
  const { world } = host;
  create(world, {
    Name: 'web',
    Driver: 'bridge',
    Labels: { 'com.docker.compose.project': 'shop' },
    IPAM: { Config: [{ Subnet: '10.5.0.0/24' }] },
  });
  create(world, {
    Name: 'lan',
    Driver: 'macvlan',
    Options: { parent: 'eth0' },
    IPAM: { Config: [{ Subnet: '192.168.1.0/24', Gateway: '192.168.1.1', IPRange: '192.168.1.192/27' }] },
  });
  addLink(world, {
    name: 'lan-shim',
    kind: 'macvlan',
    mode: 'bridge',
    parent: 'eth0',
    addresses: [{ address: '192.168.1.223', prefixLength: 32, scope: 'global' }],
  });
  world.routes.push({ destination: '192.168.1.192/27', table: 'main', link: 'lan-shim', source: '192.168.1.223' });
  world.containers.push(
    { name: 'shop', state: 'running', networks: { web: { id: idOf(host, 'web'), ip: '10.5.0.2' } } },
    { name: 'nas', state: 'exited', networks: { lan: { id: idOf(host, 'lan') } } },
  );
  host.faults.arm();
  return host;
}

const find = ({ world }: MemoryHost, name: string): ApiNetwork | undefined =>
  world.networks.find(({ Name }) => Name === name);
const idOf = (host: MemoryHost, name: string): string => find(host, name)?.Id ?? '';
const marks = ({ world }: MemoryHost): readonly string[] =>
  world.networks.flatMap(({ Name = '' }) => (Name.startsWith('netctl-') ? [Name] : []));
const titles = async (host: MemoryHost, text: string, destroy = false): Promise<readonly string[]> =>
  stepsOf(await planText(host, text, { destroy })).map(stepTitle);

let host: MemoryHost;
beforeEach(() => {
  host = byHand();
});

describe('what is as the spec says', () => {
  test('is refused without --adopt, which the hint names', async () => {
    const error: unknown = await applyText(host, SPEC).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'REFUSED' });
    const { problems } = error as NetctlError;
    expect(problems.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
      'LINK_TAKEN',
      'NAME_TAKEN',
      'NAME_TAKEN',
    ]);
    for (const { severity, hint } of problems) if (severity === 'error') expect(hint).toContain('--adopt');
    expect(host.faults.writes).toBe(0);
  });

  test('is taken over without leave, with nothing of it changed but the alias of a link', async () => {
    const before = structuredClone(host.world);
    await applyText(host, SPEC, { adopt: true, allowDisruptive: false });
    const { networks, links, containers, routes } = host.world;
    expect(networks.filter(({ Name = '' }) => !Name.startsWith('netctl-'))).toEqual(before.networks);
    expect(links.map((link) => ({ ...link, alias: undefined }))).toEqual(
      before.links.map((link) => ({ ...link, alias: undefined })),
    );
    expect({ containers, routes }).toEqual({ containers: before.containers, routes: before.routes });
    expect(marks(host).slice().sort()).toEqual(
      ['web', 'lan'].map((name) => `netctl-adopted-${idOf(host, name).slice(0, 12)}`).sort(),
    );
    expect(await titles(host, SPEC)).toEqual([]);
    restartEngine(host.world);
    expect(await titles(host, SPEC)).toEqual([]);
  });

  test('is shown as adopted, and what netctl makes is not', async () => {
    const text = `${SPEC}  more: { subnet: 10.6.0.0/24 }\n`;
    await applyText(host, text, { adopt: true });
    const { items } = await status(loadText(text), host);
    expect(items.map(({ ref, state, adopted }) => [ref, state, adopted])).toEqual([
      ['link:lan-shim', 'ok', true],
      ['network:web', 'ok', true],
      ['network:lan', 'ok', true],
      ['network:more', 'ok', undefined],
    ]);
  });

  test('is of the stack that took it first', async () => {
    await applyText(host, SPEC, { adopt: true });
    const plan = await planText(host, SPEC.replace('home', 'other'), { adopt: true });
    expect(plan.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([
      expect.stringContaining('belongs to the stack home'),
      expect.stringContaining('belongs to the stack home'),
      expect.stringContaining('belongs to the stack home'),
    ]);
  });
});

describe('what was adopted', () => {
  beforeEach(async () => {
    await applyText(host, SPEC, { adopt: true });
    host.world.containers = [];
    host.faults.arm();
  });

  test('is not destroyed without leave, and the refusal names it', async () => {
    await expect(applyText(host, SPEC, { destroy: true, allowDisruptive: false })).rejects.toMatchObject({
      code: 'NEEDS_YES',
      message: expect.stringContaining('remove networks lan and web (netctl did not make them)') as string,
    });
    expect(host.faults.writes).toBe(0);
    await applyText(host, SPEC, { destroy: true });
    expect([find(host, 'web'), find(host, 'lan'), marks(host)]).toEqual([undefined, undefined, []]);
    expect(host.world.links.map(({ name }) => name)).not.toContain('lan-shim');
  });

  test('is not removed under anybody', async () => {
    host.world.containers.push({ name: 'late', state: 'exited', networks: { web: { id: idOf(host, 'web') } } });
    await expect(applyText(host, SPEC, { destroy: true })).rejects.toMatchObject({ code: 'REFUSED' });
    expect(host.faults.writes).toBe(0);
  });

  test('is ours like any other once it is replaced', async () => {
    const then = SPEC.replace('10.5.0.0/24 }', '10.5.0.0/24, internal: true }');
    host.world.containers.push({
      name: 'shop',
      state: 'running',
      networks: { web: { id: idOf(host, 'web'), ip: '10.5.0.9' } },
    });
    await expect(applyText(host, then)).rejects.toMatchObject({ code: 'REFUSED' });
    await applyText(host, then, { recreate: true });
    expect(find(host, 'web')?.Labels).toMatchObject({ 'io.netctl.stack': 'home', 'io.netctl.ref': 'network:web' });
    expect(marks(host)).toEqual([`netctl-adopted-${idOf(host, 'lan').slice(0, 12)}`]);
    expect(host.world.containers[0]?.networks['web']?.id).toBe(idOf(host, 'web'));
    expect(await titles(host, then, true)).toContain('remove network web');
  });

  test('and is gone by somebody else is made, and forgotten', async () => {
    remove(host.world, find(host, 'web') ?? {});
    expect(await titles(host, SPEC)).toEqual(['make network web', 'forget network web']);
    const { items } = await status(loadText(SPEC), host);
    expect(items.find(({ ref }) => ref === 'network:web')).toMatchObject({ state: 'missing' });
    await applyText(host, SPEC, { allowDisruptive: false });
    expect(marks(host)).toHaveLength(1);
    expect(await titles(host, SPEC)).toEqual([]);
  });

  test('is given back by saying that it is external', async () => {
    const then = SPEC.replace('web: { subnet: 10.5.0.0/24 }', 'web: { external: true }');
    const id = idOf(host, 'web');
    await applyText(host, then, { allowDisruptive: false });
    expect(idOf(host, 'web')).toBe(id);
    expect(marks(host)).toHaveLength(1);
    await applyText(host, then, { destroy: true });
    expect(idOf(host, 'web')).toBe(id);
  });

  test('keeps the labels of its maker out of every comparison, and has those that are asked', async () => {
    expect(await titles(host, SPEC)).toEqual([]);
    const then = SPEC.replace('10.5.0.0/24 }', '10.5.0.0/24, labels: { tier: web } }');
    expect(await titles(host, then)).toContain('remove network web (netctl did not make it)');
  });
});

describe('between the plan and the step', () => {
  const step = { name: 'web', props: { driver: 'bridge', ipam: { config: [] }, options: {}, labels: {} } };
  const adopt = async (id: string, stack: string): Promise<void> =>
    host.engine.adoptNetwork({ ...step, id, asked: step.props }, { stack, ref: 'network:web' });

  test('a network that went is not adopted', async () => {
    await expect(adopt('gone', 'home')).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
    expect(host.faults.writes).toBe(0);
  });

  test('a network that another stack adopted stays with it; the same again is no error', async () => {
    await adopt(idOf(host, 'web'), 'other');
    await expect(adopt(idOf(host, 'web'), 'home')).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
      message: expect.stringContaining('The stack other has adopted') as string,
    });
    await adopt(idOf(host, 'web'), 'other');
    expect(marks(host)).toHaveLength(1);
  });
});

test('addresses that a link would lose are asked for', async () => {
  const [link] = host.world.links.filter(({ name }) => name === 'lan-shim');
  host.world.links = [
    ...host.world.links.filter((one) => one !== link),
    { ...link, addresses: [{ address: '192.168.1.223', prefixLength: 24, scope: 'global' }] } as typeof link & object,
  ];
  await expect(applyText(host, SPEC, { adopt: true, allowDisruptive: false })).rejects.toMatchObject({
    code: 'NEEDS_YES',
    message: expect.stringContaining('adopt link lan-shim') as string,
  });
  await applyText(host, SPEC, { adopt: true });
  expect(await titles(host, SPEC)).toEqual([]);
});
