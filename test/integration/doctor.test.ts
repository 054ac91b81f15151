import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { type Host, startHost, startLan, type Lan } from '@netctl/lab';
import type { Finding } from '@netctl/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHOWN_FOR_REAL, SHOWN_WHERE } from '../support/doctor-shown.js';
import { doctorOf, takeCure, writeOn } from './support/doctor.js';
import { testEngine } from './support/engine.js';
import { askEngine, engineVersion, isAtLeast, makeForeignNetwork, tryEngine } from './support/engine-client.js';
import { proxyEngine, serveHttp } from './support/engine-proxy.js';
import { snapshotOf } from './support/host-snapshot.js';
import { type Desk, openDesk } from './support/netctl.js';
import { join } from './support/replace/crowd.js';
import { busyboxImage } from './support/workload.js';

const doctor = doctorOf();

/** Four subnets, of which docker0 has one. */
const POOLS = ['--default-address-pool', 'base=10.123.0.0/22,size=24'];

let lan: Lan;
let host: Host;
let desk: Desk;
let image: string;
let version: string;

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const eth0 = { name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' };
  const engine = { ...testEngine(), arguments: POOLS };
  host = await startHost({ name: 'box', interfaces: [eth0, { name: 'eth9' }], engine });
  desk = await openDesk(host);
  image = await busyboxImage(host);
  version = await engineVersion(host);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

const errorsOf = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);

describe('a host with an engine', () => {
  test('is looked at whole, and nothing of it is an error', async () => {
    const findings = await doctor.look(desk);
    expect(errorsOf(findings)).toEqual([]);
    expect(findings[0]).toMatchObject({
      code: 'OK',
      title: expect.stringContaining(`Docker Engine ${version}`) as string,
    });
    const unlooked = findings.filter(({ code }) => code === 'NOT_LOOKED').map(({ matter }) => matter);
    expect(unlooked).toEqual([]);
    const inOrder = findings.filter(({ code }) => code === 'OK').map(({ matter }) => matter);
    expect(inOrder).toEqual(
      expect.arrayContaining(['storage', 'iproute2', 'privileges', 'managers', 'networks', 'bridges']),
    );
  });

  test('is told in text too', async () => {
    const { stdout, exitCode } = await desk.netctl(['doctor']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`ok       Docker Engine: Docker Engine ${version} on box`);
    expect(stdout).toMatch(
      /^note {5}firewall: what is not of Docker is not forwarded \(FORWARD_DROP\)\n {9}seen {3}iptables: -P FORWARD DROP/m,
    );
    expect(stdout).toMatch(/\n0 errors, \d+ warnings?$/);
  });

  test('forwards nothing but what is of Docker, and loses that with its rules until the engine starts again', async () => {
    expect((await doctor.find(desk, 'FORWARD_DROP')).severity).toBe('note');
    await host.run('iptables', ['-F', 'FORWARD']);
    expect((await doctor.find(desk, 'RULES_GONE')).evidence).toEqual([
      'FORWARD jumps to nothing; the chain DOCKER is there',
    ]);
    await host.restartEngine();
    await doctor.cured(desk, 'RULES_GONE');
  });

  test('forwards no packets until the cure is typed', async () => {
    await host.run('sysctl', ['-w', 'net.ipv4.ip_forward=0']);
    const { cure, evidence } = await doctor.find(desk, 'FORWARDING_OFF');
    expect(evidence).toEqual(['net.ipv4.ip_forward = 0']);
    await takeCure(host, { cure: cure.slice(0, 1) });
    await doctor.cured(desk, 'FORWARDING_OFF');
  });

  test('has two links on one LAN, which filter strictly and answer for one another, until the cures are typed', async () => {
    await host.run('ip', ['link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'eth1p']);
    await host.run('ip', ['address', 'add', '192.168.1.11/24', 'dev', 'eth1']);
    await host.run('sysctl', ['-w', 'net/ipv4/conf/eth1/rp_filter=1', 'net/ipv4/conf/eth0/rp_filter=2']);
    const strict = await doctor.find(desk, 'RP_FILTER_STRICT');
    expect(strict).toMatchObject({
      severity: 'warning',
      evidence: expect.arrayContaining(['rp_filter of eth1 is 1']) as object,
    });
    await takeCure(host, strict);
    await takeCure(host, await doctor.find(desk, 'ARP_FLUX'));
    await doctor.cured(desk, 'RP_FILTER_STRICT');
    await doctor.cured(desk, 'ARP_FLUX');
    await host.run('ip', ['link', 'delete', 'eth1']);
  });
});

describe('networks', () => {
  test('use up the default address pools', async () => {
    await makeForeignNetwork(host, 'one');
    await makeForeignNetwork(host, 'two');
    expect((await doctor.find(desk, 'POOLS_LOW')).evidence[0]).toBe('1 of 4 subnets are free in 10.123.0.0/22 by /24');
    await makeForeignNetwork(host, 'three');
    const { cure } = await doctor.find(desk, 'POOLS_EXHAUSTED');
    const refused = await tryEngine(host, 'POST', '/networks/create', { Name: 'four' });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    const explained = await doctor.find(desk, 'POOLS_EXHAUSTED', [refused.text]).catch(() => undefined);
    expect(explained?.matter).toBe('error');
    const { 'default-address-pools': pools } = JSON.parse(cure.at(-1) ?? '') as { 'default-address-pools': unknown[] };
    expect(pools).toEqual([
      { base: '10.123.0.0/22', size: 24 },
      { base: '10.128.0.0/16', size: 24 },
    ]);
    for (const name of ['two', 'three']) await askEngine(host, 'DELETE', `/networks/${name}`);
  });

  test('lose their bridge, which the cure brings back', async () => {
    const { Id } = await askEngine<{ Id: string }>(host, 'GET', '/networks/one');
    const bridge = `br-${Id.slice(0, 12)}`;
    await host.run('ip', ['address', 'flush', 'dev', bridge, 'scope', 'global']);
    await host.restartEngine();
    await host.run('ip', ['address', 'flush', 'dev', bridge, 'scope', 'global']);
    const bare = await doctor.find(desk, 'BRIDGE_BARE');
    expect(bare.evidence[0]).toContain(`${bridge} of network one`);
    await takeCure(host, bare);
    await doctor.cured(desk, 'BRIDGE_BARE');
    await host.run('ip', ['link', 'delete', bridge]);
    expect((await doctor.find(desk, 'BRIDGE_GONE')).evidence).toEqual([`network one: there is no link ${bridge}`]);
    await host.restartEngine();
    await doctor.cured(desk, 'BRIDGE_GONE');
  });

  test('leave a bridge behind, by a create that fails or by hand', async () => {
    const failed = await tryEngine(host, 'POST', '/networks/create', {
      Name: 'big',
      Options: { 'com.docker.network.driver.mtu': '99999' },
    });
    expect(failed.status >= 400).toBe(isAtLeast(version, '26.0'));
    if (failed.status < 400) {
      await askEngine(host, 'DELETE', '/networks/big');
      await host.run('ip', ['link', 'add', 'br-0123456789ab', 'type', 'bridge']);
    }
    await takeCure(host, await doctor.find(desk, 'BRIDGE_STALE'));
    await doctor.cured(desk, 'BRIDGE_STALE');
  });

  test('are dropped by their driver when the parent is not there, and the engine goes on listing them', async () => {
    const options = { Driver: 'macvlan', Options: { parent: 'eth9' }, IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] } };
    const id = await makeForeignNetwork(host, 'lan9', options);
    await host.stopEngine();
    await host.run('ip', ['link', 'delete', 'eth9']);
    await host.startEngine();
    expect((await doctor.find(desk, 'PARENT_GONE')).evidence).toEqual(['macvlan network lan9: there is no link eth9']);

    // The parent comes back, and nothing but the engine's log tells: it is kept here as sysvinit keeps it.
    await host.run('ip', ['link', 'add', 'eth9', 'type', 'veth', 'peer', 'name', 'eth9p']);
    await host.run('mount', ['-t', 'tmpfs', 'tmpfs', '/var/log']);
    const keepLog = async (): Promise<void> => writeOn(host, '/var/log/docker.log', await host.engineLog());
    await keepLog();
    const dropped = await doctor.find(desk, 'NETWORK_DROPPED');
    expect(dropped.evidence[0]).toContain(id);
    const { Id } = await askEngine<{ Id: string }>(host, 'POST', '/containers/create', {
      Image: image,
      HostConfig: { NetworkMode: 'lan9' },
    });
    const started = await tryEngine(host, 'POST', `/containers/${Id}/start`);
    expect(started.text).toContain('not found');
    expect((await doctor.look(desk, [started.text])).map(({ code }) => code)).toEqual(['NETWORK_DROPPED']);

    await host.restartEngine();
    await keepLog();
    await doctor.cured(desk, 'NETWORK_DROPPED');
    await askEngine(host, 'POST', `/containers/${Id}/start`);
    await askEngine(host, 'DELETE', `/containers/${Id}?force=1`);
    await askEngine(host, 'DELETE', '/networks/lan9');
    await host.run('umount', ['/var/log']);
  });

  test('have one name', async (ctx) => {
    const isOld = process.env['NETCTL_TEST_ENGINE']?.includes('/20.10.') === true;
    if (!isOld) ctx.skip('from 25 on an engine makes no second network of a name');
    for (const subnet of ['10.77.0.0/24', '10.78.0.0/24']) {
      await askEngine(host, 'POST', '/networks/create', { Name: 'twin', IPAM: { Config: [{ Subnet: subnet }] } });
    }
    const { cure } = await doctor.find(desk, 'NAME_TWICE');
    expect(cure).toHaveLength(2);
    for (const line of cure) await askEngine(host, 'DELETE', `/networks/${line.split(' ')[3] ?? ''}`);
    await doctor.cured(desk, 'NAME_TWICE');
  });

  test('connect a container by half, which a restart of it cures', async () => {
    const ports = { ExposedPorts: { '80/tcp': {} }, PortBindings: { '80/tcp': [{ HostPort: '8080' }] } };
    const id = await join(host, image, { name: 'half', state: 'running', networks: { one: {} }, host: ports });
    await askEngine(host, 'POST', '/networks/one/disconnect', { Container: id });
    await join(host, image, { name: 'thief', state: 'running', networks: { bridge: {} }, host: ports });
    const refused = await tryEngine(host, 'POST', '/networks/one/connect', { Container: id });
    expect(refused.status).toBe(500);
    expect((await doctor.find(desk, 'ENDPOINT_HALF')).evidence).toEqual([
      'half says it is on one, and one knows nothing of it',
    ]);
    expect((await doctor.look(desk, [refused.text])).map(({ code }) => code)).toEqual(['PORT_TAKEN']);
    await askEngine(host, 'DELETE', '/containers/thief?force=1');
    await askEngine(host, 'POST', '/containers/half/restart?t=1');
    await doctor.cured(desk, 'ENDPOINT_HALF');
    await askEngine(host, 'DELETE', '/containers/half?force=1');
  });
});

describe('who else manages links and rules, by files of the host', () => {
  test('NetworkManager and systemd-networkd take the shim and the bridges until the drop-ins are there', async () => {
    await host.run('ip', ['link', 'add', 'link', 'eth0', 'name', 'lan-shim', 'type', 'macvlan', 'mode', 'bridge']);
    await host.run('ip', ['link', 'set', 'dev', 'lan-shim', 'alias', 'netctl:home/link:lan-shim']);
    await host.run('mkdir', ['-p', '/run/NetworkManager', '/run/systemd/netif']);
    await writeOn(host, '/run/systemd/network/99-all.network', '[Match]\nName=*\n\n[Network]\nDHCP=yes\n');
    const taken = await doctor.find(desk, 'NETWORKD_TAKES_LINKS');
    expect(taken.evidence.join('\n')).toMatch(/99-all\.network matches lan-shim[^]*matches docker0/);
    const flushes = await doctor.find(desk, 'NETWORKD_FLUSHES');
    expect(flushes.severity).toBe('warning');
    const manager = await doctor.find(desk, 'NM_TAKES_LINKS');
    for (const finding of [taken, flushes, manager]) {
      await takeCure(host, finding);
      await doctor.cured(desk, finding.code);
    }
  });

  test('a link that a spec will make is taken too, and a parent of it is missing', async () => {
    const lanOn = (parent: string) => ({
      name: 'x',
      networks: {
        lan: {
          driver: 'macvlan',
          parent,
          subnet: '10.9.0.0/24',
          gateway: '10.9.0.1',
          ip_range: '10.9.0.64/26',
          shim: true,
        },
      },
    });
    const fits = await desk.write('fits.yaml', lanOn('eth0'));
    // The shim of another stack has this name, so this one is told of as the spec has it.
    await host.run('ip', ['link', 'delete', 'lan-shim']);
    await host.run('rm', ['/etc/NetworkManager/conf.d/90-netctl.conf']);
    const findings = await doctor.look(desk, ['-f', fits]);
    expect(findings.find(({ code }) => code === 'NM_TAKES_LINKS')?.cure.join('\n')).toContain(
      'interface-name:lan-shim',
    );
    expect(findings.filter(({ code }) => code === 'SPEC_PARENT')).toEqual([]);
    const wrong = await desk.write('wrong.yaml', lanOn('eth7'));
    expect((await doctor.find(desk, 'SPEC_PARENT', ['-f', wrong])).cure.join()).toContain('eth0');
  });

  test('firewall front ends, and a container', async () => {
    await writeOn(host, '/etc/ufw/ufw.conf', 'ENABLED=yes\n');
    await writeOn(host, '/etc/nftables.conf', '#!/usr/sbin/nft -f\nflush ruleset\n');
    await writeOn(host, '/etc/systemd/system/sysinit.target.wants/nftables.service', '');
    await writeOn(host, '/etc/firehol/firehol.conf', 'version 6\n');
    await writeOn(host, '/run/firewalld.pid', '1\n');
    await writeOn(host, '/run/.containerenv', '');
    const codes = (await doctor.look(desk)).map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining(['UFW_BYPASSED', 'NFTABLES_FLUSHES', 'FIREHOL', 'FIREWALLD', 'IN_CONTAINER']),
    );
  });
});

/** A dockerd that refuses what is older than API 1.44, as engine 29.0 does; those before 25 know no such variable. */
async function toolFolder(): Promise<AsyncDisposable & { readonly dockerd: string }> {
  const folder = await mkdtemp(pathOf(tmpdir(), 'netctl-doctor-'));
  const dockerd = pathOf(folder, 'dockerd');
  await writeFile(dockerd, '#!/bin/sh\nexec env DOCKER_MIN_API_VERSION=1.44 dockerd "$@"\n', { mode: 0o755 });
  return { dockerd, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

test('an engine listens on TCP without TLS, and refuses old clients', async () => {
  await using folder = await toolFolder();
  const engine = { ...testEngine(), dockerd: folder.dockerd, arguments: ['--host', 'tcp://0.0.0.0:2375'] };
  await using open = await startHost({ name: 'open', engine });
  await using openedDesk = await openDesk(open);
  const found = await doctor.find(openedDesk, 'PLAIN_TCP');
  expect(found.severity).toBe('error');
  expect(found.evidence).toEqual(['docker info: API is accessible on http://0.0.0.0:2375 without encryption']);
  if (isAtLeast(version, '25.0')) {
    expect((await doctor.find(openedDesk, 'API_MINIMUM')).evidence).toEqual([
      `the oldest API of engine ${version} is 1.44`,
    ]);
  }
  // By the port it is the same engine, and this the host that it is on.
  const byPort = await doctor.look(openedDesk, ['--host', 'tcp://127.0.0.1:2375']);
  expect(byPort.find(({ matter }) => matter === 'bridges')).toMatchObject({ code: 'OK' });
});

describe('the store of the networks, on a host whose engine is down', () => {
  let bare: Host;
  let bareDesk: Desk;
  const store = '/var/lib/docker/network/files/local-kv.db';

  beforeAll(async () => {
    bare = await startHost({ name: 'bare', engine: false });
    bareDesk = await openDesk(bare);
    await bare.run('mkdir', ['-p', '/var/lib/docker']);
  });
  afterAll(async () => {
    await bareDesk[Symbol.asyncDispose]();
    await bare.close();
  });

  test('nobody answers, and the rest is looked at', async () => {
    const findings = await doctor.look(bareDesk);
    expect(errorsOf(findings)).toContain('ENGINE_UNREACHABLE');
    expect(findings.filter(({ code }) => code === 'OK').map(({ matter }) => matter)).toContain('iproute2');
  });

  test('it is damaged', async () => {
    await writeOn(bare, store, 'what a disk that lost power has'.repeat(400));
    const { cure } = await doctor.find(bareDesk, 'STORE_DAMAGED');
    await takeCure(bare, { cure: cure.filter((line) => line.startsWith('mv ')) });
    expect(errorsOf(await doctor.look(bareDesk))).not.toContain('STORE_DAMAGED');
  });

  test('there is no room for it, and then it is read-only', async () => {
    await bare.run('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', '/var/lib/docker']);
    expect((await doctor.find(bareDesk, 'STORE_FULL')).evidence[0]).toContain(store);
    await bare.run('mount', ['-o', 'remount,ro', '/var/lib/docker']);
    const { evidence } = await doctor.find(bareDesk, 'STORE_READ_ONLY');
    expect(evidence[0]).toContain(store);
  });
});

test('what answers is no engine', async () => {
  await using server = await serveHttp((_, outgoing) => outgoing.end('hello'));
  const findings = await doctor.look(desk, ['--host', server.dockerHost]);
  expect(findings[0]).toMatchObject({ code: 'ENGINE_UNFIT', severity: 'error' });
});

describe('whoever runs it', () => {
  const without = (...what: readonly string[]) => ({ through: what });

  test('without iproute2', async () => {
    const findings = await doctor.look(desk, [], without('env', 'PATH=/nowhere'));
    expect(findings.map(({ code }) => code)).toContain('IPROUTE2_MISSING');
    expect(findings.find(({ code }) => code === 'OK')?.title).toContain(`Docker Engine ${version}`);
  });

  test('without CAP_NET_ADMIN', async () => {
    const findings = await doctor.look(
      desk,
      [],
      without('setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'),
    );
    expect(findings.map(({ code }) => code)).toContain('NO_NET_ADMIN');
  });

  test('without root, who may not use the engine either', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const findings = await doctor.look(desk, [], without(...nobody));
    expect(errorsOf(findings)).toContain('ENGINE_FORBIDDEN');
    const unlooked = findings.filter(({ code }) => code === 'NOT_LOOKED').map(({ matter }) => matter);
    expect(unlooked).toEqual(expect.arrayContaining(['firewall', 'kernel']));
  });
});

test('it changes nothing, with and without faults', async () => {
  await using proxy = await proxyEngine(host.socket);
  const all = async () => ({
    ...(await snapshotOf(host)),
    rules: (await host.run('iptables-save')).stdout.replaceAll(/\[\d+:\d+\]|^#.*$/gm, ''),
    settings: (await host.run('sysctl', ['--all', '--pattern', '^net\\.ipv4\\.(conf|ip_forward)'])).stdout,
    files: (await host.run('find', ['/etc', '/run', '-xdev', '-newer', '/proc/1', '-type', 'f'])).stdout,
  });
  const before = await all();
  await doctor.look(desk, ['--host', proxy.dockerHost]);
  expect(new Set(proxy.calls.map(({ method }) => method))).toEqual(new Set(['GET']));
  expect(await all()).toEqual(before);
  expect(await desk.stateFiles()).toEqual([]);
});

test('the page on the doctor says of each finding what was produced here', () => {
  const can = SHOWN_FOR_REAL.filter((code) => {
    if (code === 'NAME_TWICE') return !isAtLeast(version, '25.0');
    if (code === 'API_MINIMUM') return isAtLeast(version, '25.0');
    // A kernel with every kind of link lacks none.
    return code !== 'KERNEL_LACKS' || doctor.seen.has(code);
  });
  const seen = [...doctor.seen].filter((code) => code !== 'OK' && code !== 'NOT_LOOKED' && code in SHOWN_WHERE);
  expect(seen.sort()).toEqual([...can].sort());
});
