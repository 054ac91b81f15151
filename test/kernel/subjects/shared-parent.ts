import { type TestContext, expect } from 'vitest';
import { covers } from '../../support/table/covers.js';
import { type Bench, type Machine, linkOf, reaches, traces } from '../support/bench.js';
import { startContainer } from '../support/container.js';

/** A network on a part of the LAN: `block` 192 is 192.168.1.192/28. */
const onParent = (driver: string, parent: string, block: number, more: object = {}) => ({
  driver,
  parent,
  subnet: '192.168.1.0/24',
  ip_range: `192.168.1.${block}/28`,
  ...more,
});
const apart = (driver: string, parent: string, subnet: string) => ({ driver, parent, subnet });

/** Two in one spec are refused for it, and the second of two specs for what the first has made. */
async function expectRefused(
  { host, netctl }: Machine,
  [a, b]: readonly [object, object],
  inOne: string,
  inTwo: { readonly code: string; readonly message: string },
): Promise<void> {
  const before = await traces(host);
  const both = { name: 'both', networks: { a, b } };
  expect(await netctl.errors(both)).toMatchObject([{ code: 'PARENT_IN_USE', message: inOne }]);
  await expect(netctl.apply(both)).rejects.toMatchObject({ code: 'SPEC_INVALID' });
  const [theirs, mine] = [
    { name: 'theirs', networks: { b } },
    { name: 'mine', networks: { a } },
  ];
  await netctl.apply(theirs);
  const withTheirs = await traces(host);
  expect(await netctl.errors(mine)).toMatchObject([inTwo]);
  await expect(netctl.apply(mine)).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await traces(host)).toEqual(withTheirs);
  await netctl.destroy(theirs);
  expect(await traces(host)).toEqual(before);
}

export async function twoIpvlans(bench: Bench, ctx: TestContext): Promise<void> {
  const { first, engine } = bench;
  const message = `eth0 is already the parent of network b, and engine ${engine} allows one ipvlan network on a parent`;
  await expectRefused(
    first,
    [apart('ipvlan', 'eth0', '10.60.0.0/24'), apart('ipvlan', 'eth0', '10.61.0.0/24')],
    '"b" and "a" cannot both be on eth0: Docker allows one ipvlan network on a link.',
    { code: 'PARENT_SHARED', message },
  );
  covers(ctx, engine, 'ipvlan', 'shared', { refused: message });
}

export async function mixedParent(bench: Bench, ctx: TestContext, driver: 'macvlan' | 'ipvlan'): Promise<void> {
  const { first, engine } = bench;
  const [other, mode] = driver === 'macvlan' ? (['ipvlan', 'l2'] as const) : (['macvlan', 'bridge'] as const);
  const a = apart(driver, 'eth0', '10.60.0.0/24');
  const message = `eth0 carries the ${other} network b, and the kernel allows one of the two kinds on a link`;
  await expectRefused(
    first,
    [a, apart(other, 'eth0', '10.61.0.0/24')],
    '"b" and "a" cannot both be on eth0: the kernel allows either macvlan or ipvlan on a link.',
    { code: 'PARENT_MIXED', message },
  );

  // The same where somebody has a link there. The engine would make the network, and no container of it would start.
  await first.host.run('ip', ['link', 'add', 'link', 'eth0', 'name', 'theirs', 'type', other, 'mode', mode]);
  expect(await first.netctl.errors({ name: 'mine', networks: { a } })).toMatchObject([
    {
      code: 'PARENT_MIXED',
      message: `eth0 carries the ${other} link theirs, and the kernel allows one of macvlan and ipvlan on a link`,
    },
  ]);
  await first.host.run('ip', ['link', 'delete', 'theirs']);
  covers(ctx, engine, driver, 'mixed', { refused: message });
}

export async function bondAndBridge(bench: Bench, ctx: TestContext): Promise<void> {
  const { lan, first, engine } = bench;
  const { host, netctl } = first;
  const ip = async (...args: string[]) => host.run('ip', args);
  await ip('link', 'add', 'bond0', 'type', 'bond', 'mode', 'active-backup', 'miimon', '100');
  for (const port of ['eth1', 'eth2']) {
    await ip('link', 'set', 'dev', port, 'down');
    await ip('link', 'set', 'dev', port, 'master', 'bond0');
  }
  await ip('link', 'set', 'dev', 'bond0', 'up');
  for (const [bridge, port] of [
    ['br0', 'eth3'],
    ['br1', 'eth4'],
  ] as const) {
    await ip('link', 'add', bridge, 'type', 'bridge');
    await ip('link', 'set', 'dev', port, 'master', bridge);
    await ip('link', 'set', 'dev', bridge, 'up');
  }
  const before = await traces(host);

  for (const [port, master] of [
    ['eth1', 'bond0'],
    ['eth3', 'br0'],
  ] as const) {
    for (const driver of ['macvlan', 'ipvlan']) {
      const ports = { name: 'ports', networks: { lan: onParent(driver, port, 192) } };
      expect(await netctl.errors(ports)).toMatchObject([
        {
          code: 'PARENT_ENSLAVED',
          message: `${port} is a port of ${master}, and a port cannot carry ${driver} networks`,
        },
      ]);
      await expect(netctl.apply(ports)).rejects.toMatchObject({ code: 'REFUSED' });
    }
  }

  const spec = {
    name: 'masters',
    networks: {
      bonded: onParent('macvlan', 'bond0', 192, { shim: true }),
      bridged: onParent('macvlan', 'br0', 208, { shim: true }),
      cells: onParent('ipvlan', 'br1', 224, { shim: true }),
    },
  };
  await netctl.apply(spec);
  expect(await netctl.plan(spec)).toEqual([]);
  expect(await linkOf(host, 'bonded-shim')).toMatchObject({ link: 'bond0', linkinfo: { info_kind: 'macvlan' } });
  const bonded = await startContainer(host, 'bonded');
  const others = [await startContainer(host, 'bridged'), await startContainer(host, 'cells')];
  for (const container of [bonded, ...others]) {
    await container.reaches('192.168.1.1');
    await reaches(lan, container.address);
    await reaches(host, container.address);
  }
  // The other cable takes over.
  await ip('link', 'set', 'dev', 'eth1', 'down');
  await bonded.reaches('192.168.1.1');
  await ip('link', 'set', 'dev', 'eth1', 'up');

  for (const container of [bonded, ...others]) await container.remove();
  await netctl.destroy(spec);
  expect(await traces(host)).toEqual(before);
  for (const link of ['bond0', 'br0', 'br1']) await ip('link', 'delete', link);
  covers(ctx, engine, 'macvlan', 'bond');
}
