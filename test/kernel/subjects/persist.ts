import { shellFiles } from '@netctl/core';
import { expect } from 'vitest';
import { askEngine } from '../../integration/support/engine-client.js';
import { type Bench, linkOf, reaches, traces } from '../support/bench.js';
import { type Container, startContainer } from '../support/container.js';
import { trunk } from './vlan.js';

/** What the kernel forgets when it is booted; what stands on a VLAN link goes with it. */
const forgotten = ['mgmt', 'eth0-v30', 'eth0.40', 'eth0-v60'];

/** Links that are made at boot, before the engine is there, by netctl from what it stored or by a script of its own. */
export async function linksPersisted(bench: Bench): Promise<void> {
  const { host, netctl } = bench.first;
  const before = await traces(host);
  await netctl.apply(trunk);
  const stored = await netctl.persisted(trunk);
  expect(stored.parents).toEqual(['eth0']);
  const containers = [await startContainer(host, 'iot'), await startContainer(host, 'cameras')];
  for (const { id } of containers) {
    await askEngine(host, 'POST', `/containers/${id}/update`, { RestartPolicy: { Name: 'always' } });
  }

  const boots = {
    netctl: async () => netctl.applyLinks(stored.spec),
    script: async () => {
      for (const { text } of shellFiles(stored)) await host.run('sh', [], { input: text });
    },
  };
  for (const makeLinks of Object.values(boots)) {
    await host.stopEngine();
    for (const name of forgotten) await host.run('ip', ['link', 'delete', name]);
    expect(await linkOf(host, 'iot-shim')).toBe(undefined);

    await makeLinks();
    await host.startEngine();
    expect(await netctl.plan(trunk)).toEqual([]);
    await comeBack(bench, containers);
  }
  await Promise.all(containers.map(async (one) => one.remove()));
  // Docker has not made the dotted link, so it does not go with its network.
  await askEngine(host, 'DELETE', '/networks/cameras');
  expect(await linkOf(host, 'eth0.40')).toMatchObject({ ifalias: 'netctl:trunk/link:eth0.40' });
  await netctl.destroy(trunk);
  expect(await traces(host)).toEqual(before);
}

/** The engine starts them by itself, with the addresses that it finds free: those that they had, or others. */
async function comeBack({ first: { host }, lan }: Bench, containers: readonly Container[]): Promise<void> {
  for (const { id } of containers) {
    const { NetworkSettings } = await askEngine<{
      readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
    }>(host, 'GET', `/containers/${id}/json`);
    const [address = ''] = Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
    await reaches(lan, address);
    if (address.startsWith('192.168.30.')) await reaches(host, address);
  }
}
