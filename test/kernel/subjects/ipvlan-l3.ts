import { type TestContext, expect } from 'vitest';
import { isAtLeast } from '../../integration/support/engine-client.js';
import { pings } from '../../integration/support/pings.js';
import { covers } from '../../support/table/covers.js';
import { type Bench, linkOf, reaches, traces } from '../support/bench.js';
import { startContainer } from '../support/container.js';

const routed = (mode: string, tens: number) => ({
  name: 'routed',
  networks: {
    cells: {
      driver: 'ipvlan',
      parent: 'eth0',
      mode,
      subnet: `10.${tens}.0.0/24`,
      ip_range: `10.${tens}.0.128/25`,
      shim: true,
    },
  },
});

export async function ipvlanRouted(bench: Bench, ctx: TestContext, mode: 'l3' | 'l3s'): Promise<void> {
  const { lan, first, second, engine } = bench;
  const before = [await traces(first.host), await traces(second.host)];
  const [spec, other] = [routed(mode, 50), routed(mode, 51)];
  if (mode === 'l3s' && !isAtLeast(engine, '23.0')) {
    const message: unknown = expect.stringMatching(`l3s.* needs engine 23.0, this one is ${engine}$`);
    const errors = await first.netctl.errors(spec);
    expect(errors).toMatchObject([{ code: 'ENGINE_TOO_OLD', message }]);
    await expect(first.netctl.apply(spec)).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await traces(first.host)).toEqual(before[0]);
    covers(ctx, engine, 'ipvlan', mode, { refused: errors[0]?.message ?? '' });
    return;
  }
  await first.netctl.apply(spec);
  await second.netctl.apply(other);
  expect(await first.netctl.plan(spec)).toEqual([]);
  expect(await linkOf(first.host, 'cells-shim')).toMatchObject({
    link: 'eth0',
    linkinfo: { info_kind: 'ipvlan', info_data: { mode } },
  });
  const mine = await startContainer(first.host, 'cells');
  const theirs = await startContainer(second.host, 'cells');
  // Engines before 28 keep the first address of the range for a gateway, which nobody has in this mode.
  expect(mine.address).toMatch(/^10\.50\.0\.12[89]$/);
  expect(theirs.address).toMatch(/^10\.51\.0\.12[89]$/);

  // Each host reaches its own by the shim.
  await reaches(first.host, mine.address);
  await mine.reaches('10.50.0.254');
  await reaches(second.host, theirs.address);

  // Nobody else knows the way, until the LAN's router has it.
  expect(await pings(lan, mine.address)).toBe(false);
  expect(await mine.pings(theirs.address)).toBe(false);
  await lan.run('sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
  await lan.run('ip', ['route', 'add', '10.50.0.0/24', 'via', '192.168.1.10']);
  await reaches(lan, mine.address);
  await mine.reaches('192.168.1.1');
  await lan.run('ip', ['route', 'add', '10.51.0.0/24', 'via', '192.168.1.11']);
  await mine.reaches(theirs.address);
  await theirs.reaches(mine.address);
  await reaches(second.host, mine.address);

  await Promise.all([mine.remove(), theirs.remove()]);
  await first.netctl.destroy(spec);
  await second.netctl.destroy(other);
  await lan.run('sysctl', ['-qw', 'net.ipv4.ip_forward=0']);
  for (const subnet of ['10.50.0.0/24', '10.51.0.0/24']) await lan.run('ip', ['route', 'delete', subnet]);
  expect([await traces(first.host), await traces(second.host)]).toEqual(before);
  covers(ctx, engine, 'ipvlan', mode);
}
