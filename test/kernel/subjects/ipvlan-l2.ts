import { type TestContext, expect } from 'vitest';
import { isAtLeast } from '../../integration/support/engine-client.js';
import { pings } from '../../integration/support/pings.js';
import { covers } from '../../support/table/covers.js';
import { type Bench, linkOf, reaches, traces } from '../support/bench.js';
import { startContainer } from '../support/container.js';

/** A part of the LAN for one host's containers. */
const lanSpec = (range: string, more: object = {}) => ({
  name: 'home',
  networks: {
    lan: {
      driver: 'ipvlan',
      parent: 'eth0',
      mode: 'l2',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      ip_range: range,
      reserve: { phone: range.replace(/\d+\/27$/, (end) => String(Number.parseInt(end) + 1)) },
      shim: true,
      ...more,
    },
  },
});

export async function ipvlanL2(bench: Bench, ctx: TestContext): Promise<void> {
  const { lan, first, second, engine } = bench;
  const before = [await traces(first.host), await traces(second.host)];
  const [spec, other] = [lanSpec('192.168.1.192/27'), lanSpec('192.168.1.64/27')];
  await first.netctl.apply(spec);
  await second.netctl.apply(other);
  expect(await first.netctl.plan(spec)).toEqual([]);
  expect(await linkOf(first.host, 'lan-shim')).toMatchObject({
    link: 'eth0',
    ifalias: 'netctl:home/link:lan-shim',
    linkinfo: { info_kind: 'ipvlan', info_data: { mode: 'l2' } },
  });

  const mine = await startContainer(first.host, 'lan');
  const beside = await startContainer(first.host, 'lan');
  const theirs = await startContainer(second.host, 'lan');
  // The first of the range, past the reserved one.
  expect([mine.address, beside.address, theirs.address]).toEqual(['192.168.1.192', '192.168.1.194', '192.168.1.64']);
  await reaches(lan, mine.address);
  await mine.reaches('192.168.1.1');
  await mine.reaches('192.168.1.11');
  await mine.reaches(theirs.address);
  await mine.reaches(beside.address);
  await theirs.reaches(mine.address);
  await reaches(first.host, mine.address);
  await mine.reaches('192.168.1.223');

  // The shim is what does it, and the host's own way to the LAN is as it was.
  await first.host.run('ip', ['link', 'delete', 'lan-shim']);
  expect(await pings(first.host, mine.address)).toBe(false);
  await reaches(lan, mine.address);
  expect(await first.netctl.plan(spec)).toEqual(["make link lan-shim: the host's own door into network lan"]);
  await first.netctl.apply(spec);
  await reaches(first.host, mine.address);
  await reaches(first.host, '192.168.1.1');

  await Promise.all([mine.remove(), beside.remove(), theirs.remove()]);
  await first.netctl.destroy(spec);
  await second.netctl.destroy(other);
  expect([await traces(first.host), await traces(second.host)]).toEqual(before);
  covers(ctx, engine, 'ipvlan', 'l2');
  covers(ctx, engine, 'ipvlan', 'basics');
}

export async function ipvlanMode(bench: Bench): Promise<void> {
  const { lan, first } = bench;
  const before = await traces(first.host);
  const spec = lanSpec('192.168.1.192/27');
  await first.netctl.apply(spec);
  const mine = await startContainer(first.host, 'lan');
  await reaches(lan, mine.address);

  // By hand the shim gets another mode, and with it the container, which no longer answers ARP.
  await first.host.run('ip', ['link', 'set', 'dev', 'lan-shim', 'type', 'ipvlan', 'mode', 'l3']);
  await lan.run('ip', ['neighbour', 'flush', 'dev', 'lan0']);
  expect(await pings(lan, mine.address)).toBe(false);
  expect(await first.netctl.errors(spec)).toEqual([]);
  expect(await first.netctl.plan(spec)).toEqual([
    'remove link lan-shim: mode l3 → l2',
    "make link lan-shim: the host's own door into network lan",
  ]);
  await first.netctl.apply(spec);
  await reaches(lan, mine.address);
  expect(await linkOf(first.host, 'lan-shim')).toMatchObject({ linkinfo: { info_data: { mode: 'l2' } } });
  await mine.remove();
  await first.netctl.destroy(spec);

  // Somebody else's link has the parent in mode l3: ours in l2 would flip it.
  await first.host.run('ip', ['link', 'add', 'link', 'eth0', 'name', 'theirs', 'type', 'ipvlan', 'mode', 'l3']);
  expect(await first.netctl.errors(spec)).toMatchObject([
    {
      code: 'IPVLAN_MODE',
      message: 'theirs on eth0 has the mode l3, and the kernel would change it to l2',
    },
  ]);
  await expect(first.netctl.apply(spec)).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await linkOf(first.host, 'theirs')).toMatchObject({ linkinfo: { info_data: { mode: 'l3' } } });
  await first.host.run('ip', ['link', 'delete', 'theirs']);
  expect(await traces(first.host)).toEqual(before);
}

export async function ipvlanFlag(bench: Bench, ctx: TestContext): Promise<void> {
  const { lan, first, engine } = bench;
  const before = await traces(first.host);
  const spec = lanSpec('192.168.1.192/27', { driver_opts: { ipvlan_flag: 'private' }, shim: false });
  if (!isAtLeast(engine, '23.0')) {
    const message: unknown = expect.stringMatching(`private.* needs engine 23.0, this one is ${engine}$`);
    const errors = await first.netctl.errors(spec);
    expect(errors).toMatchObject([{ code: 'ENGINE_TOO_OLD', message }]);
    await expect(first.netctl.apply(spec)).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await traces(first.host)).toEqual(before);
    covers(ctx, engine, 'ipvlan', 'flag', { refused: errors[0]?.message ?? '' });
    return;
  }
  await first.netctl.apply(spec);
  const mine = await startContainer(first.host, 'lan');
  const beside = await startContainer(first.host, 'lan');
  await reaches(lan, mine.address);
  await reaches(lan, beside.address);
  await mine.reaches('192.168.1.1');
  expect(await mine.pings(beside.address)).toBe(false);
  await Promise.all([mine.remove(), beside.remove()]);
  await first.netctl.destroy(spec);
  expect(await traces(first.host)).toEqual(before);
  covers(ctx, engine, 'ipvlan', 'flag');
}
