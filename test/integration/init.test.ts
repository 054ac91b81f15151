import { type Host, startHost } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { askEngine, networkNames } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { type Desk, documentOf, openDesk, type PlanDocument } from './support/netctl.js';

/* What init writes of one host after the other is applied as it is, and then nothing is left to do. */

let host: Host;
let desk: Desk;

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0' }, { name: 'eth1' }], engine: testEngine() });
  desk = await openDesk(host);
});
afterEach(async () => {
  for (const name of ['br0']) await host.run('ip', ['link', 'delete', name], { reject: false });
  for (const name of ['eth0', 'eth1']) await host.run('ip', ['address', 'flush', 'dev', name]);
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

const ip = async (...words: string[]) => host.run('ip', words);
const address = async (link: string, ...addresses: string[]) => {
  await ip('link', 'set', link, 'up');
  for (const one of addresses) await ip('address', 'add', one, 'dev', link, ...(one.includes(':') ? ['nodad'] : []));
};

interface Written {
  readonly name: string;
  readonly networks: Readonly<Record<string, object>>;
}

/** The spec that init writes of the host as it is, when it was applied, planned again, and taken away. */
async function tried(): Promise<Written> {
  const file = `${desk.folder}/netctl.yaml`;
  const made = await desk.netctl(['init', '--yes']);
  expect(made.exitCode, made.stderr).toBe(0);
  try {
    const validated = await desk.netctl(['validate', '--json']);
    expect(documentOf<PlanDocument>(validated).problems).toEqual([]);
    const planned = documentOf<PlanDocument>(await desk.netctl(['plan', '--json']));
    expect(planned.problems.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(planned.steps.length).toBeGreaterThan(0);
    const applied = await desk.netctl(['apply']);
    expect(applied.exitCode, applied.stderr).toBe(0);
    const again = await desk.netctl(['plan', '--detailed-exitcode']);
    expect(again.exitCode, again.stdout).toBe(0);
    expect((await desk.netctl(['destroy', '--yes'])).exitCode).toBe(0);
    return parse((await host.run('cat', [file])).stdout) as Written;
  } finally {
    await host.run('rm', [file]);
  }
}

test('two NICs, IPv4 and IPv6: the LAN is that of the default route', async () => {
  await address('eth0', '10.9.0.2/24');
  await address('eth1', '192.168.1.10/24', 'fd00:1::10/64');
  await ip('route', 'add', 'default', 'via', '192.168.1.1');
  const { networks } = await tried();
  expect(networks).toMatchObject({ lan: { driver: 'macvlan', parent: 'eth1', enable_ipv6: true, shim: true } });
});

test('a bridge over the NIC, and no default route', async () => {
  await ip('link', 'add', 'br0', 'type', 'bridge');
  await ip('link', 'set', 'eth0', 'master', 'br0', 'up');
  await address('br0', '192.168.1.10/24');
  const { networks } = await tried();
  expect(networks).toMatchObject({ lan: { parent: 'br0', subnet: '192.168.1.0/24' } });
});

test('IPv6 alone', async () => {
  await address('eth0', '2001:db8:1::10/64');
  const { networks } = await tried();
  expect(networks).toMatchObject({ lan: { enable_ipv4: false, enable_ipv6: true, ip_range: '2001:db8:1::1:0/112' } });
});

test('no address at all: a bridge', async () => {
  const { networks } = await tried();
  expect(networks).toEqual({ web: { driver: 'bridge', subnet: 'auto' } });
});

test('a network that is there on the LAN: nothing is put beside it, and adoption is named', async () => {
  await address('eth0', '192.168.1.10/24');
  await askEngine(host, 'POST', '/networks/create', {
    Name: 'by-hand',
    Driver: 'macvlan',
    Options: { parent: 'eth0' },
    IPAM: { Config: [{ Subnet: '192.168.1.0/24', Gateway: '192.168.1.1' }] },
  });
  const { stdout } = await desk.netctl(['init', '--yes', '-o', '-']);
  expect(stdout).toContain('# No network on eth0: the Docker network by-hand');
  expect(stdout).toContain('# There already, and not in this spec: by-hand. netctl import writes them as one');
  expect(Object.keys((await tried()).networks)).toEqual(['web']);
  await askEngine(host, 'DELETE', '/networks/by-hand');
  expect(await networkNames(host)).toEqual(['bridge', 'host', 'none']);
});
