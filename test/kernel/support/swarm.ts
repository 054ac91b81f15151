import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Host } from '@netctl/lab';
import { parse } from 'yaml';
import { askEngine } from '../../integration/support/engine-client.js';
import { repository } from '../../integration/support/netctl.js';
import { until } from '../../integration/support/until.js';
import type { Bench } from './bench.js';
import { image, patience } from './container.js';

/** Makes a swarm of the two machines, of which the first is the manager. */
export async function formSwarm({ first, second }: Bench): Promise<void> {
  await swarmOfTwo(first.host, second.host);
}

/** The same of two hosts with the addresses 192.168.1.10 and .11. */
export async function swarmOfTwo(first: Host, second: Host): Promise<void> {
  await first.initSwarm('192.168.1.10');
  const { JoinTokens } = await askEngine<{ JoinTokens: { Worker: string } }>(first, 'GET', '/swarm');
  await askEngine(second, 'POST', '/swarm/join', {
    ListenAddr: '192.168.1.11:2377',
    AdvertiseAddr: '192.168.1.11',
    RemoteAddrs: ['192.168.1.10:2377'],
    JoinToken: JoinTokens.Worker,
  });
  await until(
    'both nodes are ready',
    async () => {
      const nodes = await askEngine<readonly { Status: { State: string } }[]>(first, 'GET', '/nodes');
      return nodes.length === 2 && nodes.every(({ Status }) => Status.State === 'ready');
    },
    patience,
  );
}

/** A service of two tasks, one on each machine. */
export interface Service {
  /** The addresses of its tasks, sorted. */
  readonly tasks: readonly string[];
  /** The address that stands for all of them, if it has one. */
  readonly vip: string | undefined;
  remove(): Promise<void>;
}

const stacks = join(repository, 'examples/stacks');

/** The spec of the network that the stacks of examples/stacks are on. */
export async function stackNetwork(): Promise<object> {
  return parse(await readFile(join(stacks, 'network.yaml'), 'utf8')) as object;
}

interface Task {
  readonly Status: { readonly State: string };
  readonly NetworksAttachments?: readonly { readonly Addresses?: readonly string[] }[];
}

/** Deploys a stack of examples/stacks, whose tasks answer on port 80 with their hostnames. */
export async function deployStack(
  { first, second }: Pick<Bench, 'first' | 'second'>,
  file: 'vip' | 'dnsrr',
  service: string,
): Promise<Service> {
  const { host } = first;
  const path = join(stacks, `${file}.stack.yaml`);
  const deploy = ['stack', 'deploy', '--resolve-image', 'never', '--compose-file', path, file];
  await host.run('docker', deploy, { env: { IMAGE: image } });
  const name = `${file}_${service}`;
  const { ID } = await askEngine<{ ID: string }>(host, 'GET', `/services/${name}`);
  const running = await until(
    `the two tasks of ${name} run`,
    async () => {
      const tasks = await tasksOf(host, ID);
      return tasks.length === 2 && tasks.every(({ Status }) => Status.State === 'running') ? tasks : undefined;
    },
    2 * patience,
  );
  const { Endpoint } = await askEngine<{ Endpoint: { VirtualIPs?: readonly { Addr: string }[] } }>(
    host,
    'GET',
    `/services/${ID}`,
  );
  const addresses = running.flatMap((task) => task.NetworksAttachments?.[0]?.Addresses?.[0] ?? []);
  return {
    tasks: addresses.map(bare).sort(),
    vip: Endpoint.VirtualIPs?.map(({ Addr }) => bare(Addr))[0],
    remove: async () => {
      await host.run('docker', ['stack', 'rm', file]);
      // A task that ended leaves its container for a moment, which holds the network.
      await until(
        `the containers of ${name} are gone`,
        async () => [...(await containersOf(first.host, ID)), ...(await containersOf(second.host, ID))].length === 0,
        2 * patience,
      );
    },
  };
}

async function tasksOf(host: Host, service: string): Promise<readonly Task[]> {
  const filters = encodeURIComponent(JSON.stringify({ service: [service], 'desired-state': ['running'] }));
  return askEngine<readonly Task[]>(host, 'GET', `/tasks?filters=${filters}`);
}

async function containersOf(host: Host, service: string): Promise<readonly unknown[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.swarm.service.id=${service}`] }));
  return askEngine<readonly unknown[]>(host, 'GET', `/containers/json?all=1&filters=${filters}`);
}

const bare = (address: string): string => address.replace(/\/\d+$/, '');

/** What IPVS balances on a host, from the network namespaces in which the engine keeps it: `FWM`, then its servers. */
export async function ipvsTables(host: Host): Promise<readonly string[]> {
  const folder = join(dirname(host.socket), 'exec/netns');
  const { stdout } = await host.run('ls', [folder]);
  const tables = stdout
    .split('\n')
    .filter((name) => name.startsWith('lb_'))
    .map(async (name) => {
      const read = [`--net=${join(folder, name)}`, '--', 'cat', '/proc/net/ip_vs'];
      // The engine takes away the file of a namespace that is gone when it comes to it.
      return (await host.run('nsenter', read, { reject: false })).stdout;
    });
  return Promise.all(tables);
}
