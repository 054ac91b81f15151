import { readFile } from 'node:fs/promises';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { askEngine, networkNames } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { kernelLacks } from './support/kernel.js';
import { type Desk, openDesk, type PlanDocument } from './support/netctl.js';
import { composeProgram } from './support/replace/compose.js';
import { join, placesOf } from './support/replace/crowd.js';
import { busyboxImage } from './support/workload.js';

/* A host that people have furnished by hand: what import writes of it, and what apply --adopt makes of that. */

let host: Host;
let desk: Desk;
let vlans: boolean;
/** A subnet that nobody asked for is in this one of engine 28.5; older ones choose none. */
let six: boolean;

beforeAll(async () => {
  vlans = (await kernelLacks(['vlan'])).length === 0;
  host = await startHost({
    interfaces: [{ name: 'eth0', addresses: ['192.168.1.10/24'] }, { name: 'eth1' }, { name: 'eth2' }],
    engine: testEngine(),
  });
  desk = await openDesk(host);
  const { ServerVersion } = await askEngine<{ ServerVersion: string }>(host, 'GET', '/info');
  six = Number(ServerVersion.split('.')[0]) >= 28;
  await furnish();
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

const ip = async (...args: string[]): Promise<string> => (await host.run('ip', args)).stdout;
const create = async (Name: string, body: object = {}): Promise<unknown> =>
  askEngine(host, 'POST', '/networks/create', { Name, Driver: 'bridge', ...body });

async function furnish(): Promise<void> {
  const PREFIX = 'com.docker.network.';
  await create('plain');
  await create('tuned', {
    IPAM: { Config: [{ Subnet: '172.30.2.0/24', IPRange: '172.30.2.128/25', Gateway: '172.30.2.1' }] },
    Options: {
      [`${PREFIX}bridge.name`]: 'br-tuned',
      [`${PREFIX}driver.mtu`]: '1400',
      [`${PREFIX}bridge.enable_icc`]: 'false',
    },
    Labels: { 'com.example.cost': '5$ a $HOME', on: 'off', number: '123' },
    Attachable: true,
  });
  await create('inner', { Internal: true, IPAM: { Config: [{ Subnet: '172.30.3.0/24' }] } });
  await create('dual', {
    EnableIPv6: true,
    IPAM: { Config: [{ Subnet: '172.30.4.0/24' }, { Subnet: 'fd00:30::/64', Gateway: 'fd00:30::1' }] },
  });
  if (six) await create('dual-auto', { EnableIPv6: true });
  await create('lan', {
    Driver: 'macvlan',
    Options: { parent: 'eth0' },
    IPAM: {
      Config: [
        {
          Subnet: '192.168.1.0/24',
          Gateway: '192.168.1.1',
          IPRange: '192.168.1.192/27',
          AuxiliaryAddresses: { host: '192.168.1.223', nas: '192.168.1.200', far: '192.168.1.9' },
        },
      ],
    },
  });
  // As the web has it: the address is reserved by hand, and the route has no source.
  await ip('link', 'add', 'link', 'eth0', 'name', 'mac0', 'type', 'macvlan', 'mode', 'bridge');
  await ip('address', 'add', '192.168.1.223/32', 'dev', 'mac0');
  await ip('link', 'set', 'dev', 'mac0', 'up');
  await ip('route', 'add', '192.168.1.192/27', 'dev', 'mac0');
  await create('shop_front', {
    Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.network': 'front' },
  });
  await create('conf', {
    ConfigOnly: true,
    IPAM: { Config: [{ Subnet: '10.60.0.0/24', Gateway: '10.60.0.1' }] },
    Options: { parent: 'eth2' },
  });
  await create('made', { Driver: 'macvlan', ConfigFrom: { Network: 'conf' } });
  if (vlans) {
    for (const [name, id] of [
      ['eth1-v30', '30'],
      ['vlan31', '31'],
    ] as const) {
      await ip('link', 'add', 'link', 'eth1', 'name', name, 'type', 'vlan', 'id', id);
      await ip('link', 'set', 'dev', name, 'up');
      await create(`on-${name}`, {
        Driver: 'macvlan',
        Options: { parent: name, macvlan_mode: 'bridge' },
        IPAM: {
          Config: [{ Subnet: `192.168.${id}.0/24`, Gateway: `192.168.${id}.1`, IPRange: `192.168.${id}.128/25` }],
        },
      });
    }
  }
  const image = await busyboxImage(host);
  const at = (address: string): object => ({ IPAMConfig: { IPv4Address: address } });
  await join(host, image, {
    name: 'printer',
    state: 'running',
    networks: { lan: { ...at('192.168.1.180'), Aliases: ['lp'] } },
  });
  await join(host, image, { name: 'db', state: 'exited', networks: { tuned: { Aliases: ['sql'] }, plain: {} } });
  await join(host, image, { name: 'fixed', state: 'running', networks: { inner: at('172.30.3.20') } });
}

/** All that somebody would notice. */
const seen = async (): Promise<unknown> => ({
  networks: (await askEngine<readonly { Name: string; Id: string }[]>(host, 'GET', '/networks'))
    .filter(({ Name }) => !Name.startsWith('netctl-'))
    .sort((a, b) => (a.Id < b.Id ? -1 : 1)),
  places: await placesOf(host),
  links: await ip('-oneline', 'address', 'show', 'scope', 'global'),
});

test('what people made is written, taken over with nobody touched, and then there is nothing to do', async () => {
  const before = await seen();
  const imported = await desk.netctl(['import', '--name', 'home', '-o', 'home.yaml']);
  expect(imported.exitCode, imported.stderr).toBe(0);
  expect(imported.stderr).toMatch(
    /warning: .*shop_front is left out: Compose makes and removes it, for the project shop/,
  );
  expect(imported.stderr).toMatch(/warning: .*fixed is left out: .*172\.30\.3\.20.*which Docker hands out/);
  const text = await readFile(`${desk.folder}/home.yaml`, 'utf8');
  if (six) expect(text).toMatch(/- subnet: fd\S+\/64 # chosen by Docker/);
  const spec = parse(text) as {
    readonly networks: Readonly<Record<string, object>>;
    readonly vlans?: object;
    readonly containers: object;
  };
  expect(spec.networks).toMatchObject({
    tuned: {
      subnet: '172.30.2.0/24',
      ip_range: '172.30.2.128/25',
      mtu: 1400,
      driver_opts: { 'com.docker.network.bridge.name': 'br-tuned', 'com.docker.network.bridge.enable_icc': 'false' },
      labels: { 'com.example.cost': '5$$ a $$HOME', on: 'off', number: '123' },
      attachable: true,
    },
    inner: { internal: true, subnet: '172.30.3.0/24' },
    dual: { enable_ipv6: true, ipam: { config: [{ subnet: '172.30.4.0/24' }, { subnet: 'fd00:30::/64' }] } },
    lan: {
      driver: 'macvlan',
      parent: 'eth0',
      reserve: { nas: '192.168.1.200' },
      shim: { name: 'mac0' },
      ipam: {
        config: [{ gateway: '192.168.1.1', ip_range: '192.168.1.192/27', aux_addresses: { far: '192.168.1.9' } }],
      },
    },
    conf: { driver: 'macvlan', config_only: true, parent: 'eth2' },
    made: { driver: 'macvlan', config_from: 'conf' },
    ...(vlans
      ? { 'on-eth1-v30': { parent: 'eth1', vlan: 30, mode: 'bridge' }, 'on-vlan31': { parent: 'vlan31' } }
      : {}),
  });
  expect(Object.keys(spec.networks).sort()).toEqual(
    (await networkNames(host)).filter((name) => !['bridge', 'host', 'none', 'shop_front'].includes(name)).sort(),
  );
  expect(spec.vlans).toEqual(vlans ? { vlan31: { parent: 'eth1', id: 31 } } : undefined);
  expect(spec.containers).toEqual({
    db: { networks: { tuned: { aliases: ['sql'] } } },
    printer: { networks: { lan: { ipv4_address: '192.168.1.180', aliases: ['lp'] } } },
  });

  expect((await desk.netctl(['validate', 'home.yaml'])).exitCode).toBe(0);
  const plan = JSON.parse((await desk.netctl(['plan', 'home.yaml', '--adopt', '--json'])).stdout) as PlanDocument;
  expect(
    plan.steps.filter((step) => step.disruptive || !(step.op === 'network.adopt' || step.op === 'link.set')),
  ).toEqual([]);
  expect(await seen()).toEqual(before);
  // It disrupts nobody: without a terminal and without --yes.
  const applied = await desk.netctl(['apply', 'home.yaml', '--adopt']);
  expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0);
  expect(applied.stdout).not.toMatch(/done: (?!adopt )/);
  expect(await seen()).toEqual(before);
  expect((await desk.netctl(['plan', 'home.yaml'])).stdout).toContain('Nothing to do');
});

test('Docker is named where it chose', async () => {
  const { stdout } = await desk.netctl(['import', '--name', 'again', 'shop_front']);
  expect(stdout).toMatch(
    /^ {4}subnet: 172\.\d+\.0\.0\/16 # chosen by Docker\n {4}gateway: 172\.\d+\.0\.1 # chosen by Docker$/m,
  );
});

test('what is taken over comes back by itself', async () => {
  const { exitCode, stdout } = await desk.netctl(['import', '-o', '-']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^name: home$/m);
  const plan = await desk.netctl(['plan', '-'], { input: stdout });
  expect(plan.stdout, plan.stderr).toContain('Nothing to do');
});

test('a file that is there is not overwritten', async () => {
  const { exitCode, stderr } = await desk.netctl(['import', '-o', 'home.yaml']);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('home.yaml is there already, and import overwrites nothing');
});

test('the networks of a Compose file are those that Compose makes', async (ctx) => {
  if (composeProgram === undefined) return ctx.skip('there is no Docker Compose here');
  if (!six) return ctx.skip('the newest engine stands for all: Compose asks each of them the same');
  const compose = await desk.write('store/compose.yaml', {
    services: { web: { image: 'none', networks: ['front', 'back'] }, db: { image: 'none' } },
    networks: {
      front: {
        driver_opts: { 'com.docker.network.driver.mtu': 1400, 'com.docker.network.bridge.enable_icc': 'false' },
        ipam: {
          config: [{ subnet: '172.30.7.0/24', ip_range: '172.30.7.128/25', aux_addresses: { nas: '172.30.7.200' } }],
        },
        labels: ['cost=5$$', 'bare'],
      },
      back: {
        name: 'my-back',
        internal: true,
        attachable: true,
        enable_ipv6: true,
        ipam: { config: [{ subnet: 'fd00:7::/64' }] },
      },
    },
  });
  const imported = await desk.netctl(['import', '--compose', compose, '-o', 'store.yaml']);
  expect(imported.exitCode, imported.stderr).toBe(0);
  expect(imported.stdout).toContain('store.yaml is written: stack store, 3 networks');
  await composeMakes(compose);
  const { stdout } = await desk.netctl(['plan', 'store.yaml', '--adopt', '--json']);
  const { steps } = JSON.parse(stdout) as PlanDocument;
  expect(steps.map(({ op, ref }) => `${op} ${ref}`).sort()).toEqual(
    ['back', 'default', 'front'].map((key) => `network.adopt network:${key}`),
  );
  const applied = await desk.netctl(['apply', 'store.yaml', '--adopt']);
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect((await desk.netctl(['plan', 'store.yaml'])).stdout).toContain('Nothing to do');
});

/** It makes the networks first, and then finds no image. */
async function composeMakes(file: string): Promise<void> {
  const { stderr } = await host.run(composeProgram ?? '', ['--file', file, 'create', '--pull', 'never'], {
    reject: false,
  });
  for (const name of ['store_front', 'my-back', 'store_default']) expect(stderr).toContain(`Network ${name}`);
}
