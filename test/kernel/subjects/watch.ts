import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDocker, loadSpecText, watch } from '@netctl/core';
import type { WatchEvent } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { expect } from 'vitest';
import { until } from '../../integration/support/until.js';
import { type Bench, linkOf, reaches, traces } from '../support/bench.js';
import { patience, startContainer } from '../support/container.js';

const trunk = {
  name: 'trunk',
  networks: {
    iot: {
      driver: 'macvlan',
      parent: 'eth0',
      vlan: 30,
      subnet: '192.168.30.0/24',
      gateway: '192.168.30.1',
      ip_range: '192.168.30.128/25',
      shim: true,
    },
  },
};

/** Somebody, as networkd does it, removes a VLAN link and with it the shim and the interfaces of the containers above. */
export async function watchedVlan(bench: Bench): Promise<void> {
  const { host, netctl } = bench.first;
  const before = await traces(host);
  const stateDir = await mkdtemp(join(tmpdir(), 'netctl-watch-'));
  const events: WatchEvent[] = [];
  const controller = new AbortController();
  const timeout = 60_000;
  const watcher = watch({
    load: () => loadSpecText(JSON.stringify(trunk), { file: 'spec.yaml', folder: stateDir }),
    open: async () => {
      const engine = await connectDocker({ host: host.dockerHost, timeout });
      const links = iproute2({ command: host.command('ip'), timeout });
      return { engine, links, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
    },
    apply: { stateDir, probe: false },
    // The timer alone would come too late.
    timing: { interval: 3_600_000 },
    onEvent: (event) => events.push(event),
  });
  const running = watcher.run(controller.signal);
  const said = (what: string, matches: (event: WatchEvent) => boolean): Promise<unknown> =>
    until(what, () => Promise.resolve(events.some(matches)), patience);
  try {
    await said('it is quiet', (event) => event.event === 'round' && event.result === 'quiet');
    const iot = await startContainer(host, 'iot');
    await reaches(host, iot.address);

    events.length = 0;
    await host.run('ip', ['link', 'delete', 'dev', 'eth0-v30']);
    const made = (name: string) => (event: WatchEvent) =>
      event.event === 'step' && event.state === 'done' && event.step.ref === `link:${name}`;
    await said('the VLAN link is made', made('eth0-v30'));
    await said('the shim is made', made('iot-shim'));
    await said('the container has lost its interface', ({ event, ...more }) => {
      return event === 'problems' && 'problems' in more && more.problems.some(({ code }) => code === 'PARENT_WAS_GONE');
    });
    expect(await linkOf(host, 'eth0-v30')).toMatchObject({
      link: 'eth0',
      linkinfo: { info_kind: 'vlan', info_data: { id: 30 } },
    });
    await iot.remove();
    // On the links that are there now.
    const again = await startContainer(host, 'iot');
    await reaches(host, again.address);
    await again.reaches('192.168.30.1');
    await again.remove();
  } finally {
    controller.abort();
    await running;
    await rm(stateDir, { recursive: true, force: true });
  }
  await netctl.destroy(trunk);
  expect(await traces(host)).toEqual(before);
}
