import { expect } from 'vitest';
import { openDesk, reportOf } from '../../integration/support/netctl.js';
import { until } from '../../integration/support/until.js';
import { type Bench, reaches, traces } from '../support/bench.js';

const spec = { name: 'uplink', vlans: { 'eth0-v30': { parent: 'eth0', id: 30 } } };

/**
 * An operator has made a VLAN link of netctl's the way out of the host. What would take it away is undone: the link is there
 * again with its id, MAC address, addresses and routes, and the router answers by it.
 */
export async function vlanIsTheWayOut({ lan, first: { host } }: Bench): Promise<void> {
  // The command, since the guard is a process beside it, with the files of the host.
  await using desk = await openDesk(host);
  const file = await desk.write('spec.yaml', spec);
  const bare = await traces(host);
  const ip = async (...args: readonly string[]): Promise<unknown> => host.run('ip', args);
  const applied = await desk.netctl(['apply', file, '--no-probe']);
  expect(applied.exitCode, applied.stderr).toBe(0);
  await ip('addr', 'add', '192.168.30.10/24', 'dev', 'eth0-v30');
  await ip('route', 'replace', 'default', 'via', '192.168.30.1', 'dev', 'eth0-v30');
  await ip('route', 'add', '10.99.0.0/16', 'via', '192.168.30.1', 'table', '77', 'metric', '5');
  await reaches(host, '192.168.30.1');
  const before = await details();

  const cut = await desk.netctl(['destroy', file, '--yes', '--json']);
  expect(cut.exitCode).toBe(1);
  expect(reportOf(cut).error).toMatchObject({
    code: 'HOST_CUT_OFF',
    message: expect.stringMatching(/^Undone: remove link eth0-v30 would cut this host off: /) as string,
    hint: expect.stringContaining('The host is as it was before.') as string,
  });
  expect(await details()).toEqual(before);
  await reaches(host, '192.168.30.1');
  await reaches(lan, '192.168.30.10');

  await ip('route', 'replace', 'default', 'via', '192.168.1.1', 'dev', 'eth0');
  const gone = await desk.netctl(['destroy', file, '--yes']);
  expect(gone.exitCode, gone.stderr).toBe(0);
  expect(await traces(host)).toEqual(bare);

  /** All but the index, which is the kernel's. */
  async function details(): Promise<readonly string[]> {
    // The kernel gives an IPv6 address its route only when nobody else was found to have it.
    await until('every IPv6 address is taken for unique', async () => {
      const { stdout } = await host.run('ip', ['-6', '-oneline', 'addr', 'show', 'tentative']);
      return stdout === '' ? true : undefined;
    });
    const links = await host.run('ip', ['-oneline', '-details', 'addr', 'show', 'scope', 'global']);
    const routes = await host.run('ip', ['route', 'show', 'table', 'all']);
    return `${links.stdout}\n${routes.stdout}`
      .split('\n')
      .filter((line) => !line.includes('docker0'))
      .map((line) => line.replace(/^\d+: /, ''))
      .sort();
  }
}
