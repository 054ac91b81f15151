import { askEngine, networkNames } from '../../integration/support/engine-client.js';
import type { Bench, LinkState, Machine } from './bench.js';

/** Removes what a test that failed may have left: services, containers, networks, links of the tested kinds. */
export async function clearAway({ lan, first, second }: Bench): Promise<void> {
  const services = await askEngine<readonly { ID: string }[]>(first.host, 'GET', '/services').catch(() => []);
  for (const { ID } of services) await askEngine(first.host, 'DELETE', `/services/${ID}`);
  for (const machine of [second, first]) await clearMachine(machine);
  await lan.run('sysctl', ['-qw', 'net.ipv4.ip_forward=0']);
}

const kinds = ['macvlan', 'ipvlan', 'vlan', 'bond', 'bridge'];
const engineNetworks = ['bridge', 'host', 'none', 'ingress', 'docker_gwbridge'];

async function clearMachine({ host }: Machine): Promise<void> {
  const containers = await askEngine<readonly { Id: string }[]>(host, 'GET', '/containers/json?all=1');
  for (const { Id } of containers) await askEngine(host, 'DELETE', `/containers/${Id}?force=1`).catch(() => undefined);
  for (const name of await networkNames(host)) {
    // One of a swarm goes from a worker when its last container has.
    if (!engineNetworks.includes(name)) await askEngine(host, 'DELETE', `/networks/${name}`).catch(() => undefined);
  }
  const { stdout } = await host.run('ip', ['-json', '-details', 'link', 'show']);
  for (const { ifname, linkinfo } of JSON.parse(stdout) as readonly LinkState[]) {
    if (!kinds.includes(linkinfo?.info_kind ?? '') || ifname.startsWith('docker')) continue;
    await host.run('ip', ['link', 'delete', ifname], { reject: false });
  }
}
