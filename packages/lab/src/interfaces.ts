import { LabError } from './error.js';
import { type Lan, addAddress, lanBridge } from './lan.js';
import { ip } from './namespace.js';
import { until } from './until.js';

/** One network interface of a host: one end of a veth pair, the other a port of a LAN's bridge. */
export interface InterfaceOptions {
  /** Its name in the host, at most 15 characters: `eth0`. */
  readonly name: string;
  /** The LAN it is plugged into; without one, a LAN of its own that nothing else is on. */
  readonly lan?: Lan;
  /** Addresses with prefix length: `192.168.1.2/24`, `fd00::2/64`. */
  readonly addresses?: readonly string[];
  /** The default route's next hop, IPv4 or IPv6. */
  readonly gateway?: string;
  readonly mac?: string;
  readonly mtu?: number;
}

let nextPort = 0;

/** Makes the interface in the host's namespace, plugs it into the LAN and brings it up with its addresses. */
export async function plug(namespace: string, options: InterfaceOptions, lan: Lan): Promise<void> {
  const { name, addresses = [], gateway, mac, mtu } = options;
  const port = `port${nextPort++}`;
  const size = mtu === undefined ? [] : ['mtu', String(mtu)];
  const hardware = mac === undefined ? [] : ['address', mac];
  const peer = ['peer', 'name', name, ...hardware, ...size, 'netns', namespace];
  await ip(lan.namespace, 'link', 'add', port, ...size, 'type', 'veth', ...peer);
  await ip(lan.namespace, 'link', 'set', port, 'master', lanBridge, 'up');
  await ip(namespace, 'link', 'set', name, 'up');
  if (!(await until(() => isUp(namespace, name), 10_000))) throw new LabError(`the interface ${name} does not come up`);
  for (const address of addresses) await addAddress(namespace, name, address);
  if (gateway !== undefined) await ip(namespace, 'route', 'add', 'default', 'via', gateway, 'dev', name);
}

/** The kernel tells a link that its peer is up only a moment later. */
async function isUp(namespace: string, name: string): Promise<boolean> {
  const { stdout } = await ip(namespace, '-brief', 'link', 'show', 'dev', name);
  return stdout.split(/\s+/)[1] === 'UP';
}
