import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { testEngine } from '../../integration/support/engine.js';
import { engineVersion } from '../../integration/support/engine-client.js';
import { snapshotOf } from '../../integration/support/host-snapshot.js';
import { pings } from '../../integration/support/pings.js';
import { until } from '../../integration/support/until.js';
import { makeImage, patience } from './container.js';
import { type Netctl, openNetctl } from './netctl.js';

/** One of the machines on the LAN. */
export interface Machine {
  readonly host: Host;
  readonly netctl: Netctl;
}

/** Two machines with an engine each, 192.168.1.10 and .11, on a LAN whose router is 192.168.1.1. */
export interface Bench extends AsyncDisposable {
  readonly lan: Lan;
  readonly first: Machine;
  readonly second: Machine;
  /** `28.5.2` */
  readonly engine: string;
}

/** The first machine has more interfaces, without addresses, for bonds and bridges. */
const spare = ['eth1', 'eth2', 'eth3', 'eth4'];

export async function openBench(): Promise<Bench> {
  const opened: AsyncDisposable[] = [];
  const close = async () => {
    for (const one of opened.reverse()) await one[Symbol.asyncDispose]();
  };
  const keep = <T extends AsyncDisposable>(one: T): T => {
    opened.push(one);
    return one;
  };
  const startMachine = async (address: string, more: readonly string[]): Promise<Machine> => {
    const eth0 = { name: 'eth0', lan, addresses: [address], gateway: '192.168.1.1' };
    const interfaces = [eth0, ...more.map((name) => ({ name, lan }))];
    const host = keep(await startHost({ interfaces, engine: testEngine() }));
    await makeImage(host);
    return { host, netctl: keep(await openNetctl(host)) };
  };
  const lan = keep(await startLan({ addresses: ['192.168.1.1/24'] }));
  try {
    // A router only where a test wants one: else it would stand in for a shim that fails.
    await lan.run('sysctl', ['-qw', 'net.ipv4.ip_forward=0']);
    const first = await startMachine('192.168.1.10/24', spare);
    const second = await startMachine('192.168.1.11/24', []);
    return { lan, first, second, engine: await engineVersion(first.host), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits until it answers: a fresh neighbour takes a moment. */
export async function reaches(from: Host | Lan, address: string): Promise<void> {
  await until(`${address} answers`, () => pings(from, address), patience);
}

/** What the kernel says of a link, `ip -details link show` in JSON. */
export interface LinkState {
  readonly ifname: string;
  readonly link?: string;
  readonly flags: readonly string[];
  readonly ifalias?: string;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: Readonly<Record<string, unknown>> };
}

/** A link of a host; undefined when there is none of that name. */
export async function linkOf(host: Host, name: string): Promise<LinkState | undefined> {
  const { stdout } = await host.run('ip', ['-json', '-details', 'link', 'show']);
  return (JSON.parse(stdout) as readonly LinkState[]).find(({ ifname }) => ifname === name);
}

/** All that netctl could leave behind: links with their addresses and routes, and networks but for the engine's own. */
export async function traces(host: Host): Promise<readonly string[]> {
  const { links, addresses, routes, networks } = await snapshotOf(host);
  return [...links, ...addresses, ...routes, ...networks.filter((one) => !/"Name":"(bridge|host|none)"/.test(one))];
}
