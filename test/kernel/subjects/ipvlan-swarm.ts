import { expect } from 'vitest';
import { networkNames } from '../../integration/support/engine-client.js';
import { type Bench, linkOf, reaches } from '../support/bench.js';
import { startContainer } from '../support/container.js';
import { openNetctlOn } from '../support/netctl.js';

/** One entry for the swarm of the two machines: each has its own slice of the LAN. */
const specOf = ({ first, second }: Bench) => ({
  name: 'home',
  hosts: { node01: { docker: first.host.dockerHost }, node02: { docker: second.host.dockerHost } },
  swarm: { managers: ['node01'], workers: ['node02'] },
  networks: {
    lan: {
      driver: 'ipvlan',
      scope: 'swarm',
      attachable: true,
      parent: 'eth0',
      mode: 'l2',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      ip_range: '192.168.1.192/26',
      split: 28,
      shim: true,
    },
  },
});

export async function ipvlanOfSwarm(bench: Bench): Promise<void> {
  const { lan, first, second } = bench;
  const both = [first.host, second.host];
  const spec = specOf(bench);
  await using netctl = await openNetctlOn({ node01: first.host, node02: second.host });
  expect([...(await netctl.plan(spec))].sort()).toEqual([
    expect.stringMatching(/^make link lan-shim on node01: /),
    expect.stringMatching(/^make link lan-shim on node02: /),
    expect.stringMatching(/^make network lan on node01: /),
    expect.stringMatching(/^make network lan-config on node01: /),
    expect.stringMatching(/^make network lan-config on node02: /),
  ]);
  await netctl.apply(spec);
  expect(await netctl.plan(spec)).toEqual([]);

  const mine = await startContainer(first.host, 'lan');
  const theirs = await startContainer(second.host, 'lan');
  expect([mine.address, theirs.address]).toEqual(['192.168.1.192', '192.168.1.208']);
  await mine.reaches(theirs.address);
  await theirs.reaches(mine.address);
  for (const one of [mine, theirs]) {
    await one.reaches('192.168.1.1');
    await reaches(lan, one.address);
  }
  await reaches(first.host, mine.address);
  await reaches(second.host, theirs.address);
  expect(await netctl.plan(spec)).toEqual([]);
  for (const host of both) {
    expect(await linkOf(host, 'lan-shim')).toMatchObject({
      linkinfo: { info_kind: 'ipvlan', info_data: { mode: 'l2' } },
    });
  }

  await Promise.all([mine.remove(), theirs.remove()]);
  await netctl.apply({ ...spec, networks: {} });
  for (const host of both) {
    expect((await networkNames(host)).filter((name) => name.startsWith('lan'))).toEqual([]);
    expect(await linkOf(host, 'lan-shim')).toBeUndefined();
  }
}
