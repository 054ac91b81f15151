import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { askEngine, inspectNetwork, makeForeignNetwork, removeForeignNetwork } from './support/engine-client.js';
import { proxyEngine } from './support/engine-proxy.js';
import { type Expected, expectFailure } from './support/failures.js';
import { type FaultBench, lanNetwork, openFaultBench, plainSpec, wholeSpec } from './support/fault-bench.js';
import { partOf, snapshotOf } from './support/host-snapshot.js';
import { kernelLacks } from './support/kernel.js';
import { reaches } from './support/pings.js';
import { busyboxImage, startContainer } from './support/workload.js';

let bench: FaultBench;
let host: FaultBench['host'];
let desk: FaultBench['desk'];
let plain: string;
let whole: string;
let eth0: readonly string[];

beforeAll(async () => {
  bench = await openFaultBench();
  ({ host, desk } = bench);
  plain = await desk.write('plain.yaml', plainSpec);
  whole = await desk.write('whole.yaml', wholeSpec);
  eth0 = await bench.parent();
});

afterAll(() => bench[Symbol.asyncDispose]());

afterEach(async () => {
  expect(await bench.parent()).toEqual(eth0);
});

describe('refused before the first write', () => {
  /** Applies, is refused, and leaves the host and the state folder as they were. */
  async function refused(spec: object, expected: Omit<Expected, 'exit' | 'code'> & Partial<Expected>): Promise<void> {
    const path = await desk.write('refused.yaml', spec);
    const before = await snapshotOf(host);
    await using proxy = await proxyEngine(host.socket);
    const apply = (more: readonly string[]) =>
      desk.netctl(['apply', path, '--yes', '--host', proxy.dockerHost, ...more]);
    await expectFailure(apply, { exit: 3, code: 'REFUSED', ...expected });
    expect(new Set(proxy.calls.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(await snapshotOf(host)).toEqual(before);
    expect(await desk.stateFiles()).toEqual([]);
  }

  test('the parent is missing', async () => {
    await refused(
      { name: 'refused', networks: { web: null, lan: { ...lanNetwork, parent: 'eth7', shim: true } } },
      {
        cause: /networks\.lan\.parent: the host has no link named eth7|no link named eth7/,
        cure: /Links that could be one: eth0, eth1\./,
        problems: ['PARENT_MISSING'],
      },
    );
  });

  test('the parent is a port of a bridge', async () => {
    await host.run('ip', ['link', 'add', 'br-lan', 'type', 'bridge']);
    await host.run('ip', ['link', 'set', 'eth1', 'master', 'br-lan']);
    await refused(
      { name: 'refused', networks: { web: null, lan: { ...lanNetwork, parent: 'eth1' } } },
      { cause: /eth1 is a port of br-lan/, cure: /Use br-lan itself as the parent/, problems: ['PARENT_ENSLAVED'] },
    );
    await host.run('ip', ['link', 'delete', 'br-lan']);
  });

  test('another network has the name, and is not harmed', async () => {
    const id = await makeForeignNetwork(host, 'lan', {
      IPAM: { Config: [{ Subnet: '10.42.0.0/24' }] },
      Labels: { mine: 'yes' },
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
    });
    const before = await inspectNetwork(host, 'lan');
    await refused(wholeSpec, {
      cause: new RegExp(`the network lan \\(${id.slice(0, 12)}\\) is there already, and netctl did not make it`),
      cure: /another name.*external: true/,
      problems: ['NAME_TAKEN'],
    });
    const destroyed = await desk.netctl(['destroy', whole, '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(await inspectNetwork(host, 'lan')).toEqual(before);
    await removeForeignNetwork(host, id);
  });

  test.each([
    ['another kind', ['link', 'add', 'lan-shim', 'type', 'bridge'], /a bridge link named lan-shim/],
    [
      'the same kind on the same parent',
      ['link', 'add', 'link', 'eth0', 'name', 'lan-shim', 'type', 'macvlan', 'mode', 'bridge'],
      /a macvlan link named lan-shim/,
    ],
  ])('another link of %s has the name, and is not harmed', async (_name, add, cause) => {
    await host.run('ip', add);
    const before = partOf(await snapshotOf(host), 'lan-shim');
    await refused(wholeSpec, { cause, cure: /Give the shim another name/, problems: ['LINK_TAKEN'] });
    const destroyed = await desk.netctl(['destroy', whole, '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(partOf(await snapshotOf(host), 'lan-shim')).toEqual(before);
    await host.run('ip', ['link', 'delete', 'lan-shim']);
  });

  test('the kernel lacks a module', async (ctx) => {
    const [kind] = await kernelLacks(['ipvlan', 'vlan', 'macvlan']);
    if (kind === undefined) ctx.skip('this kernel has macvlan, ipvlan and 802.1Q links');
    const network = { ...lanNetwork, ...(kind === 'vlan' ? { vlan: 30 } : { driver: kind }) };
    const module = kind === 'vlan' ? '8021q' : kind;
    await refused(
      { name: 'refused', networks: { web: null, lan: { ...network, shim: true } } },
      {
        cause: new RegExp(`the kernel of this host has no ${kind} links \\(module ${module}\\)`),
        cure: new RegExp(`modprobe ${module}.*linux-modules-extra`),
        problems: ['KERNEL_LACKS'],
      },
    );
  });
});

describe('a process that lacks something', () => {
  const shimSpec = { name: 'weak', networks: { lan: { ...lanNetwork, shim: true } } };

  /** Refuses a spec with links, and does one without. */
  async function linksOnly(through: readonly string[], expected: Expected): Promise<void> {
    const withLinks = await desk.write('weak.yaml', shimSpec);
    const before = await snapshotOf(host);
    await expectFailure((more) => desk.netctl(['apply', withLinks, ...more], { through }), expected);
    expect(await snapshotOf(host)).toEqual(before);
    const applied = await desk.netctl(['apply', plain], { through });
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect((await desk.netctl(['plan', plain, '--detailed-exitcode'])).exitCode).toBe(0);
    const destroyed = await desk.netctl(['destroy', plain, '--yes'], { through });
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(await snapshotOf(host)).toEqual(before);
  }

  test('CAP_NET_ADMIN', async () => {
    await linksOnly(['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', '--'], {
      exit: 77,
      code: 'PERMISSION',
      cause: /CAP_NET_ADMIN/,
      cure: /root \(sudo\)/,
      problems: ['NO_NET_ADMIN'],
    });
  });

  test('iproute2', async () => {
    const folder = join(desk.folder, 'only-node');
    await mkdir(folder);
    await symlink(process.execPath, join(folder, 'node'));
    await linksOnly(['env', `PATH=${folder}`], {
      exit: 3,
      code: 'REFUSED',
      cause: /The program 'ip' \(iproute2\) is not on this machine/,
      cure: /apt install iproute2/,
      problems: ['LINKS_UNKNOWN'],
    });
  });

  test("iproute2, with BusyBox's ip in its place", async () => {
    const folder = join(desk.folder, 'busybox-first');
    await mkdir(folder);
    await symlink('/bin/busybox', join(folder, 'ip'));
    await linksOnly(['env', `PATH=${folder}:/usr/sbin:/usr/bin:/sbin:/bin`], {
      exit: 3,
      code: 'REFUSED',
      cause: /The program 'ip' on this machine is BusyBox's/,
      cure: /apt install iproute2/,
      problems: ['LINKS_UNKNOWN'],
    });
  });
});

describe('a network that somebody holds', () => {
  const held = (subnet: string): object => ({ name: 'held', networks: { 'held-net': { subnet } } });

  test('is neither replaced nor removed, and its holder notices nothing', async () => {
    const spec = await desk.write('held.yaml', held('10.43.0.0/24'));
    const changed = await desk.write('changed.yaml', held('10.44.0.0/24'));
    expect((await desk.netctl(['apply', spec])).exitCode).toBe(0);
    const image = await busyboxImage(host);
    const running = await startContainer(host, { image, name: 'running', network: 'held-net' });
    // It could not start again without its network.
    const stopped = await startContainer(host, { image, name: 'stopped', network: 'held-net' });
    await stopped.stop({ remove: false });
    const network = await inspectNetwork(host, 'held-net');
    const before = await snapshotOf(host);

    const inUse = (what: RegExp): Expected => ({
      exit: 3,
      code: 'REFUSED',
      cause: what,
      cure: /Say --recreate|Disconnect or remove them first/,
      problems: ['IN_USE'],
    });
    await expectFailure(
      (more) => desk.netctl(['apply', changed, '--yes', ...more]),
      inUse(
        /held-net has to be replaced \(subnet 10\.43\.0\.0\/24 → 10\.44\.0\.0\/24\).*running \(running\), stopped \(exited\)/,
      ),
    );
    await expectFailure(
      (more) => desk.netctl(['destroy', spec, '--yes', ...more]),
      inUse(/held-net is no longer wanted, and these hold it: running \(running\), stopped \(exited\)/),
    );

    expect(await inspectNetwork(host, 'held-net')).toEqual(network);
    expect(await snapshotOf(host)).toEqual(before);
    await reaches(host, running.getIpAddress('held-net'));
    await running.stop();
    await askEngine(host, 'DELETE', '/containers/stopped?force=1');
    expect((await desk.netctl(['destroy', spec, '--yes'])).exitCode).toBe(0);
  });
});
