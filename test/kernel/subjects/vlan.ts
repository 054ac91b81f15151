import type { Host, Lan } from '@netctl/lab';
import { type TestContext, expect } from 'vitest';
import { askEngine, networkNames } from '../../integration/support/engine-client.js';
import { pings } from '../../integration/support/pings.js';
import { covers } from '../../support/table/covers.js';
import { type Bench, linkOf, reaches, traces } from '../support/bench.js';
import { startContainer } from '../support/container.js';
import { PLAIN_LAN } from '../../integration/support/plain-lan.js';

const inVlan = (id: number, more: object) => ({
  subnet: `192.168.${id}.0/24`,
  gateway: `192.168.${id}.1`,
  ip_range: `192.168.${id}.128/25`,
  ...more,
});

/** Gives the LAN's router an address in each VLAN. */
export async function plugVlans(lan: Lan): Promise<void> {
  for (const id of ['30', '40', '50', '60']) {
    await lan.run('ip', ['link', 'add', 'link', 'lan0', 'name', `lan0.${id}`, 'type', 'vlan', 'id', id]);
    await lan.run('ip', ['address', 'add', `192.168.${id}.1/24`, 'dev', `lan0.${id}`]);
    await lan.run('ip', ['link', 'set', 'dev', `lan0.${id}`, 'up']);
  }
}

/** `iot` on a link of netctl's naming, `cameras` on the dotted name that Docker makes links of, `cells` for ipvlan. */
export const trunk = {
  name: 'trunk',
  vlans: { mgmt: { parent: 'eth0', id: 50 } },
  networks: {
    iot: inVlan(30, { driver: 'macvlan', parent: 'eth0', vlan: 30, shim: true }),
    cameras: inVlan(40, { driver: 'macvlan', parent: 'eth0.40' }),
    cells: inVlan(60, { driver: 'ipvlan', parent: 'eth0', vlan: 60, mode: 'l2', shim: true }),
  },
};
/** The same without the networks: their links for themselves. */
const linksAlone = {
  name: 'trunk',
  vlans: {
    mgmt: { parent: 'eth0', id: 50 },
    'eth0-v30': { parent: 'eth0', id: 30 },
    'eth0.40': { parent: 'eth0', id: 40 },
    'eth0-v60': { parent: 'eth0', id: 60 },
  },
};
const links = { mgmt: 50, 'eth0-v30': 30, 'eth0.40': 40, 'eth0-v60': 60 };

async function expectLinks(host: Host): Promise<void> {
  for (const [name, id] of Object.entries(links)) {
    expect(await linkOf(host, name)).toMatchObject({
      link: 'eth0',
      flags: expect.arrayContaining(['UP']) as unknown,
      ifalias: `netctl:trunk/link:${name}`,
      linkinfo: { info_kind: 'vlan', info_data: { id, protocol: '802.1Q' } },
    });
  }
}

export async function vlanLinks(bench: Bench, ctx: TestContext): Promise<void> {
  const { first, engine } = bench;
  const { host, netctl } = first;
  const before = await traces(host);
  await netctl.apply(trunk);
  expect(await netctl.plan(trunk)).toEqual([]);
  await expectLinks(host);

  const iot = await startContainer(host, 'iot');
  const camera = await startContainer(host, 'cameras');
  const cell = await startContainer(host, 'cells');
  await iot.reaches('192.168.30.1');
  await camera.reaches('192.168.40.1');
  await cell.reaches('192.168.60.1');
  await reaches(bench.lan, iot.address);
  // The shims, also in a VLAN.
  await reaches(host, iot.address);
  await iot.reaches('192.168.30.254');
  await reaches(host, cell.address);
  // Each is in its own VLAN, and in no other.
  const { stdout: neighbours } = await bench.lan.run('ip', ['neighbour', 'show', 'dev', 'lan0.40']);
  expect(neighbours).toContain(camera.address);
  expect(neighbours).not.toContain(iot.address);

  await Promise.all([iot.remove(), camera.remove(), cell.remove()]);
  await netctl.destroy(trunk);
  expect(await traces(host)).toEqual(before);
  covers(ctx, engine, 'macvlan', 'vlan');
  covers(ctx, engine, 'ipvlan', 'vlan');
}

export async function vlanOwnership(bench: Bench): Promise<void> {
  const { host, netctl } = bench.first;
  const before = await traces(host);
  await netctl.apply(trunk);
  // By hand the last network of each link goes, the dotted one among them, which Docker would take for its own.
  for (const name of ['iot', 'cameras', 'cells']) await askEngine(host, 'DELETE', `/networks/${name}`);
  await expectLinks(host);
  await netctl.apply(trunk);

  // The engine starts again, and still the links are none of its business.
  await host.restartEngine();
  expect(await netctl.plan(trunk)).toEqual([]);
  for (const name of ['iot', 'cameras', 'cells']) await askEngine(host, 'DELETE', `/networks/${name}`);
  await expectLinks(host);
  await netctl.apply(trunk);

  // Networks destroyed by netctl, links wanted.
  await netctl.apply(linksAlone);
  expect(await networkNames(host)).toEqual(['bridge', 'host', 'none']);
  await expectLinks(host);
  await netctl.destroy(linksAlone);
  expect(await traces(host)).toEqual(before);
}

export async function vlanAdopted(bench: Bench): Promise<void> {
  const { host, netctl } = bench.first;
  const before = await traces(host);
  const byHand = { mgmt: '50', 'eth0-v30': '30' };
  for (const [name, id] of Object.entries(byHand)) {
    await host.run('ip', ['link', 'add', 'link', 'eth0', 'name', name, 'type', 'vlan', 'id', id]);
    await host.run('ip', ['link', 'set', 'dev', name, 'up']);
  }
  const spec = {
    name: 'trunk',
    vlans: { mgmt: { parent: 'eth0', id: 50, mtu: 1400 } },
    networks: { iot: inVlan(30, { driver: 'macvlan', parent: 'eth0', vlan: 30 }) },
  };
  // Used as they are, and nobody's.
  await netctl.apply(spec);
  const iot = await startContainer(host, 'iot');
  await iot.reaches('192.168.30.1');
  expect(await linkOf(host, 'mgmt')).not.toHaveProperty('ifalias');

  await netctl.apply(spec, { adopt: true });
  expect(await netctl.plan(spec)).toEqual([]);
  for (const name of Object.keys(byHand)) {
    expect(await linkOf(host, name)).toMatchObject({ ifalias: `netctl:trunk/link:${name}`, group: 'default' });
  }
  expect(await linkOf(host, 'mgmt')).toMatchObject({ mtu: 1400 });
  await iot.reaches('192.168.30.1');

  await iot.remove();
  await netctl.destroy(spec);
  expect(await traces(host)).toEqual(before);
}

export async function vlanImported(bench: Bench): Promise<void> {
  const { host, netctl } = bench.first;
  const before = await traces(host);
  for (const [name, id] of [
    ['eth0-v30', '30'],
    ['vlan60', '60'],
  ] as const) {
    await host.run('ip', ['link', 'add', 'link', 'eth0', 'name', name, 'type', 'vlan', 'id', id]);
    await host.run('ip', ['link', 'set', 'dev', name, 'up']);
  }
  await host.run('ip', ['link', 'add', 'link', 'vlan60', 'name', 'door', 'type', 'ipvlan', 'mode', 'l2']);
  await host.run('ip', ['address', 'add', '192.168.60.254/32', 'dev', 'door']);
  await host.run('ip', ['link', 'set', 'dev', 'door', 'up']);
  await host.run('ip', ['route', 'add', '192.168.60.128/25', 'dev', 'door']);
  for (const [Name, Driver, parent, id] of [
    ['iot', 'macvlan', 'eth0-v30', 30],
    ['cells', 'ipvlan', 'vlan60', 60],
  ] as const) {
    const pool = { Subnet: `192.168.${id}.0/24`, Gateway: `192.168.${id}.1`, IPRange: `192.168.${id}.128/25` };
    await askEngine(host, 'POST', '/networks/create', { Name, Driver, Options: { parent }, IPAM: { Config: [pool] } });
  }
  const cell = await startContainer(host, 'cells');
  await reaches(host, cell.address);

  const spec = await netctl.import('trunk');
  expect(spec).toEqual({
    name: 'trunk',
    networks: {
      cells: inVlan(60, { driver: 'ipvlan', parent: 'vlan60', shim: { name: 'door' } }),
      iot: inVlan(30, { driver: 'macvlan', parent: 'eth0', vlan: 30 }),
    },
    vlans: { vlan60: { parent: 'eth0', id: 60 } },
  });
  await netctl.apply(spec, { adopt: true });
  expect(await netctl.plan(spec)).toEqual([]);
  for (const name of ['eth0-v30', 'vlan60', 'door']) {
    expect(await linkOf(host, name)).toMatchObject({ ifalias: `netctl:trunk/link:${name}`, group: 'default' });
  }
  await reaches(host, cell.address);
  await cell.remove();
  await netctl.destroy(spec);
  expect(await traces(host)).toEqual(before);
}

export async function vlanIdTaken(bench: Bench): Promise<void> {
  const { host, netctl } = bench.first;
  await host.run('ip', ['link', 'add', 'link', 'eth0', 'name', 'cams', 'type', 'vlan', 'id', '30']);
  const before = await traces(host);
  expect(await netctl.errors(trunk)).toMatchObject([
    { code: 'VLAN_ID_TAKEN', message: 'VLAN 30 on eth0 is there already, under the name cams' },
  ]);
  await expect(netctl.apply(trunk)).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await traces(host)).toEqual(before);

  // Its cure: the link as it is, which stays somebody else's.
  const cure = {
    name: 'trunk',
    networks: { iot: inVlan(30, { driver: 'macvlan', parent: 'cams', shim: true }) },
  };
  await netctl.apply(cure);
  const iot = await startContainer(host, 'iot');
  await host.run('ip', ['link', 'set', 'dev', 'cams', 'up']);
  await iot.reaches('192.168.30.1');
  await iot.remove();
  await netctl.destroy(cure);
  await host.run('ip', ['link', 'set', 'dev', 'cams', 'down']);
  expect(await traces(host)).toEqual(before);
  await host.run('ip', ['link', 'delete', 'cams']);
}

export async function parentDownAndUp(bench: Bench): Promise<void> {
  const { host, netctl } = bench.first;
  await netctl.apply(trunk);
  const plain = {
    name: 'plain',
    networks: {
      lan: PLAIN_LAN,
    },
  };
  await netctl.apply(plain);
  const iot = await startContainer(host, 'iot');
  const cell = await startContainer(host, 'cells');
  const local = await startContainer(host, 'lan');
  const containers = [iot, cell, local];
  for (const { address } of containers) await reaches(host, address);

  // Down: the kernel takes the VLAN links along, and brings none up while it is.
  await host.run('ip', ['link', 'set', 'dev', 'eth0', 'down']);
  expect(await netctl.errors(trunk)).toContainEqual(
    expect.objectContaining({
      code: 'PARENT_DOWN',
      message: 'eth0 is down, and the kernel brings no VLAN link up on it',
    }),
  );
  await expect(netctl.apply(trunk)).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await netctl.plan(plain)).toEqual([]);

  // Up: with the next apply all is as before.
  await host.run('ip', ['link', 'set', 'dev', 'eth0', 'up']);
  await host.run('ip', ['route', 'replace', 'default', 'via', '192.168.1.1']);
  await netctl.apply(trunk);
  await netctl.apply(plain);
  await expectLinks(host);
  for (const { address } of containers) await reaches(host, address);
  await iot.reaches('192.168.30.1');
  await local.reaches('192.168.1.1');

  // The shims themselves down and up, as scripts do it: the kernel forgets their routes.
  for (const [shim, spec, { address }] of [
    ['iot-shim', trunk, iot],
    ['cells-shim', trunk, cell],
    ['lan-shim', plain, local],
  ] as const) {
    await host.run('ip', ['link', 'set', 'dev', shim, 'down']);
    await host.run('ip', ['link', 'set', 'dev', shim, 'up']);
    expect(await pings(host, address)).toBe(false);
    expect(await netctl.plan(spec)).toEqual([expect.stringMatching(`^repair link ${shim}: .*route`)]);
    await netctl.apply(spec);
    expect(await netctl.plan(spec)).toEqual([]);
    await reaches(host, address);
  }

  await Promise.all(containers.map(async (one) => one.remove()));
  await netctl.destroy(plain);
  await netctl.destroy(trunk);
}
