import type { Host } from '@netctl/lab';
import { type TestContext, expect } from 'vitest';
import { until } from '../../integration/support/until.js';
import { covers } from '../../support/table/covers.js';
import { type Bench } from '../support/bench.js';
import { encryptionVerified } from './verify.js';
import { type Container, patience, startContainer } from '../support/container.js';
import { deployStack, ipvsTables, type Service, stackNetwork } from '../support/swarm.js';
import { fragments, tapWire } from '../support/wire.js';

/** ESP states of a host, by where they lead, with the packets that each has taken. */
async function espStates(host: Host): Promise<readonly { readonly to: string; readonly packets: number }[]> {
  const { stdout } = await host.run('ip', ['-statistics', 'xfrm', 'state']);
  return stdout.split(/^(?=src )/m).flatMap((text) => {
    const [, to] = /^src \S+ dst (\S+)\n\s+proto esp /.exec(text) ?? [];
    const [, packets] = /lifetime current:\s+\d+\(bytes\), (\d+)\(packets\)/.exec(text) ?? [];
    return to === undefined || !text.includes('rfc4106(gcm(aes))') ? [] : [{ to, packets: Number(packets) }];
  });
}

const packetsTo = async (host: Host, address: string): Promise<number> =>
  (await espStates(host)).filter(({ to }) => to === address).reduce((sum, { packets }) => sum + packets, 0);

/** Pings that were answered, of ten. */
async function tenPings(from: Container, to: Container): Promise<number> {
  let answered = 0;
  for (let sent = 0; sent < 10; sent += 1) if (await from.pings(to.address)) answered += 1;
  return answered;
}

export async function encryptedOverlay(bench: Bench, ctx: TestContext): Promise<void> {
  const { lan, first, second, engine } = bench;
  const spec = {
    name: 'cluster',
    networks: {
      open: { driver: 'overlay', attachable: true, subnet: '10.70.0.0/24' },
      secret: { driver: 'overlay', attachable: true, encrypted: true, mtu: 'auto', subnet: '10.71.0.0/24' },
    },
  };
  await first.netctl.apply(spec);
  expect(await first.netctl.plan(spec)).toEqual([]);
  const wire = await tapWire(lan);

  // What the counters see of a network that is not encrypted.
  const [openHere, openThere] = [await startContainer(first.host, 'open'), await startContainer(second.host, 'open')];
  await openHere.reaches(openThere.address);
  const clear = await wire();
  expect(await tenPings(openHere, openThere)).toBe(10);
  const afterClear = await wire();
  expect(afterClear.vxlan - clear.vxlan).toBeGreaterThanOrEqual(20);
  expect(afterClear.esp).toBe(0);
  await Promise.all([openHere.remove(), openThere.remove()]);

  const [here, there] = [await startContainer(first.host, 'secret'), await startContainer(second.host, 'secret')];
  await here.reaches(there.address);
  await there.reaches(here.address);
  const before = { wire: await wire(), to: await packetsTo(first.host, '192.168.1.11') };
  expect(await tenPings(here, there)).toBe(10);
  const after = { wire: await wire(), to: await packetsTo(first.host, '192.168.1.11') };
  expect(after.wire.vxlan).toBe(before.wire.vxlan);
  expect(after.wire.esp - before.wire.esp).toBeGreaterThanOrEqual(20);
  // Ten requests left by the first host's states to the second, and were taken in there.
  expect(after.to - before.to).toBeGreaterThanOrEqual(10);
  expect(await packetsTo(second.host, '192.168.1.11')).toBeGreaterThanOrEqual(10);

  // What the cables carry, less VXLAN and ESP: 1500 - 50 - 26, which is a multiple of four. No packet is cut in two.
  expect(await here.pings(there.address, 1424)).toBe(true);
  expect(await here.pings(there.address, 1425)).toBe(false);
  expect(await fragments(first.host)).toBe(0);
  await encryptionVerified(bench, spec);
  await Promise.all([here.remove(), there.remove()]);
  await first.netctl.destroy(spec);
  covers(ctx, engine, 'overlay', 'encrypted');
}

/** The addresses of a name, as a program in the container finds them. */
async function resolve(host: Host, { id }: Container, name: string): Promise<readonly string[]> {
  const { stdout } = await host.run('docker', ['exec', id, 'getent', 'ahostsv4', name], { reject: false });
  return [...new Set(stdout.split('\n').flatMap((line) => /^\S+/.exec(line) ?? []))].sort();
}

/** Both modes at once, since a service and its clients take long to start: each is asked for from each host. */
export async function services(bench: Bench, ctx: TestContext): Promise<void> {
  const { first, second, engine } = bench;
  const network = await stackNetwork();
  await first.netctl.apply(network);
  const [web, cells] = await Promise.all([deployStack(bench, 'vip', 'web'), deployStack(bench, 'dnsrr', 'cells')]);
  expect(web.tasks).toHaveLength(2);
  expect(web.vip).toMatch(/^10\.72\.0\./);
  expect(web.tasks).not.toContain(web.vip);
  expect(cells.tasks).toHaveLength(2);
  expect(cells.vip).toBeUndefined();

  for (const { host } of [first, second]) {
    const client = await startContainer(host, 'services');
    await expectVip(host, client, web);
    await until('both tasks resolve', async () => (await resolve(host, client, 'cells')).length === 2, patience);
    expect(await resolve(host, client, 'cells')).toEqual(cells.tasks);
    for (const task of cells.tasks) await client.reaches(task);
    await client.remove();
  }
  expect(await first.netctl.plan(network)).toEqual([]);
  await Promise.all([web.remove(), cells.remove()]);
  await first.netctl.destroy(network);
  covers(ctx, engine, 'overlay', 'vip');
  covers(ctx, engine, 'overlay', 'dnsrr');
}

/** The name of the service has one address, on which both of its tasks answer. */
async function expectVip(host: Host, client: Container, { vip = '', tasks }: Service): Promise<void> {
  await until('the VIP resolves', async () => (await resolve(host, client, 'web')).length > 0, patience);
  expect(await resolve(host, client, 'web')).toEqual([vip]);
  expect(await resolve(host, client, 'tasks.web')).toEqual(tasks);
  const answered = new Set<string>();
  await until(
    'both tasks answer on the VIP',
    async () => {
      const { stdout } = await host.run('docker', ['exec', client.id, 'nc', '-w', '2', vip, '80'], { reject: false });
      if (stdout !== '') answered.add(stdout);
      return answered.size === 2;
    },
    patience,
  );
  // One firewall mark, and two servers behind it.
  const hex = tasks.map((task) =>
    task
      .split('.')
      .map((part) => Number(part).toString(16).padStart(2, '0'))
      .join(''),
  );
  const servers = (await ipvsTables(host)).flatMap((table) => table.split('\n').filter((line) => line.includes('->')));
  for (const one of hex) expect(servers.join('\n').toLowerCase()).toContain(one);
}
