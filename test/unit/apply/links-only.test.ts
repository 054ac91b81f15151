import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { applyLinks, planLinks } from '../../../packages/core/src/apply/apply-links.js';
import type { LinksOptions } from '../../../packages/core/src/apply/apply-links.js';
import { linksFree, takeLinksLock } from '../../../packages/core/src/apply/links-lock.js';
import { takeLock } from '../../../packages/core/src/apply/lock.js';
import type { Report } from '../../../packages/core/src/apply/options.js';
import type { Plan } from '../../../packages/core/src/model.js';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { failure } from '../../support/failure.js';
import { kernel, memoryHost } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText, loadText, planText } from '../../support/memory/run.js';

const SPEC = `name: home
networks:
  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true }
  iot:
    driver: macvlan
    parent: eth0
    vlan: 30
    subnet: 192.168.30.0/24
    gateway: 192.168.30.1
    ip_range: 192.168.30.128/25
    shim: { name: iot-door }
  web: { subnet: auto }
containers:
  printer: { networks: { lan: { ipv4_address: 192.168.1.180 } } }
`;
const WITHOUT_IOT = SPEC.replace(/ {2}iot:[^]*?(?= {2}web)/, '');

let host: MemoryHost;
beforeEach(() => {
  host = memoryHost();
});

// Other test files hold locks beside this one.
const applied = (text = SPEC, options: LinksOptions = {}): Promise<Report> =>
  applyLinks(loadText(text), host.links, { wait: 60_000, ...options });
const planned = async (text = SPEC): Promise<Plan> => planLinks(loadText(text), host.links);
const titles = (steps: Report['done']): readonly string[] => steps.map(stepTitle);
const ours = (): readonly object[] =>
  host.world.links
    .filter(({ alias }) => alias !== undefined)
    .map((link) => ({
      ...link,
      index: 0,
      addresses: link.addresses.filter(({ scope }) => scope !== 'link'),
      routes: host.world.routes.filter((route) => route.link === link.name),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

describe('links without the engine', () => {
  test('are those of a whole apply, with the same marks, addresses, routes and MACs', async () => {
    await applyText(host, SPEC);
    const whole = ours();
    expect(whole).toHaveLength(3);

    host = memoryHost();
    const { done, asked } = await applied();
    expect(titles(done)).toEqual(['make link eth0-v30', 'make link lan-shim', 'make link iot-door']);
    expect(asked.flatMap(({ free }) => free).sort()).toEqual(['192.168.1.223', '192.168.30.254']);
    expect(ours()).toEqual(whole);
    expect(host.world.networks.map(({ Name }) => Name)).toEqual(memoryHost().world.networks.map(({ Name }) => Name));
  });

  test('leave a whole plan nothing to do but the networks', async () => {
    await applied();
    const rest = await planText(host, SPEC);
    expect([...titles(stepsOf(rest))].sort()).toEqual(['make network iot', 'make network lan', 'make network web']);
    expect(stepsOf(await planned())).toEqual([]);
  });

  test('come back after a reboot, and a second run changes nothing', async () => {
    await applyText(host, SPEC);
    const before = ours();
    for (const name of ['iot-door', 'lan-shim', 'eth0-v30']) kernel.removeLink(host.world, name);
    await applied();
    expect(ours()).toEqual(before);
    host.faults.arm();
    expect((await applied()).done).toEqual([]);
    expect(host.faults.writes).toBe(0);
  });

  test('a link that would have to go stays: only the engine knows who is on it', async () => {
    await applied();
    host.faults.arm();
    const { problems, code } = await failure(applied(WITHOUT_IOT));
    expect(code).toBe('REFUSED');
    expect(problems.map((one) => `${one.code} ${one.message}`).sort()).toEqual([
      'LINK_IN_USE the link eth0-v30 has to go (the spec of home no longer wants it), and who is on it is not known without the engine',
      'LINK_IN_USE the link iot-door has to go (the spec of home no longer wants it), and who is on it is not known without the engine',
    ]);
    const { done, left } = await applied(WITHOUT_IOT, { additive: true });
    expect([done.length, [...titles(left)].sort()]).toEqual([0, ['remove link eth0-v30', 'remove link iot-door']]);
    expect(host.faults.writes).toBe(0);
  });

  test('what is left out does not keep the rest from being made', async () => {
    await applied();
    kernel.removeLink(host.world, 'lan-shim');
    const { done, left } = await applied(WITHOUT_IOT, { additive: true });
    expect([titles(done), left.length]).toEqual([['make link lan-shim'], 2]);
  });

  test('a link of somebody else is refused, or taken over with --adopt', async () => {
    await applied();
    kernel.changeLink(host.world, 'lan-shim', { alias: '', group: 0 });
    const { problems } = await failure(applied());
    expect(problems.map(({ code, line }) => [code, line])).toEqual([['LINK_TAKEN', 3]]);
    const { done } = await applied(SPEC, { adopt: true });
    expect(titles(done)).toEqual(['adopt link lan-shim']);
  });

  test('an address that somebody has is refused, and with probe: false is not asked for', async () => {
    host.world.neighbours = [{ link: 'eth0', address: '192.168.1.223', mac: '52:54:00:00:00:99' }];
    const { problems } = await failure(applied());
    expect(problems.map(({ code }) => code)).toEqual(['ADDRESS_ANSWERED']);
    expect((await applied(SPEC, { probe: false })).asked).toEqual([]);
  });

  test('what stands against links stands against these too', async () => {
    kernel.setDown(host.world, 'eth0');
    expect((await planned()).problems.map(({ code, severity }) => `${severity} ${code}`)).toContain(
      'error PARENT_DOWN',
    );
    host = memoryHost();
    host.world.mayChange = false;
    expect(await failure(applied())).toMatchObject({ code: 'PERMISSION', exit: 77 });
    host.world.iproute2 = false;
    expect(await failure(applied())).toMatchObject({ code: 'IPROUTE2_MISSING' });
    const many = 'name: home\nhosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" } }\nnetworks: {}\n';
    expect(await failure(applied(many))).toMatchObject({ code: 'USAGE' });
  });
});

describe('the lock of links', () => {
  const holder = { pid: 4711, stack: 'home', since: '2026-01-01T00:00:00.000Z' };

  test('is let go of while somebody changes an engine, and had when he is done', async () => {
    const engine = await takeLock({ name: `engine-${randomUUID()}`, holder, wait: 0 });
    const refused = takeLinksLock(holder, 0, undefined);
    await expect(refused).rejects.toMatchObject({ code: 'LOCKED', exit: 75 });
    await expect(refused).rejects.toThrow('Another netctl is at work on the links of this host');
    const waiting = takeLinksLock(holder, 60_000, undefined);
    await engine[Symbol.asyncDispose]();
    await (await waiting)[Symbol.asyncDispose]();
  });

  test('holds up whoever changes an engine until it is free', async () => {
    const lock = await takeLinksLock(holder, 60_000, undefined);
    const order: string[] = [];
    const free = linksFree(60_000, undefined).then(() => order.push('free'));
    await new Promise((resolve) => setImmediate(resolve));
    order.push('given back');
    await lock[Symbol.asyncDispose]();
    await free;
    expect(order).toEqual(['given back', 'free']);
  });

  test('a whole apply waits for it', async () => {
    const lock = await takeLinksLock(holder, 60_000, undefined);
    host.faults.arm();
    const run = applyText(host, SPEC);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(host.faults.writes).toBe(0);
    await lock[Symbol.asyncDispose]();
    expect((await run).done).toHaveLength(6);
  });
});
