import type { Host, Workload } from '@netctl/lab';
import { askEngine } from '../../integration/support/engine-client.js';
import { until } from '../../integration/support/until.js';

/** What every image of these tests is called. */
export const image = 'netctl/kernel:test';

/** In User Mode Linux a first answer can take seconds. */
export const patience = 90_000;

/** Of IPv4 and of ICMP. */
const HEADERS = 20 + 8;

/** A container that sleeps, and what is seen from inside its network. */
export interface Container {
  readonly id: string;
  readonly address: string;
  /** One echo request, answered within a second; of this many bytes with its IP header, and whole or not at all. */
  pings(address: string, bytes?: number): Promise<boolean>;
  /** Waits until one is answered. */
  reaches(address: string): Promise<void>;
  remove(): Promise<void>;
}

/** Busybox, and the C library's resolver. */
export async function makeImage(host: Host): Promise<void> {
  await host.importImage(image, { busybox: true, programs: ['/usr/bin/getent'] });
}

/**
 * The swarm has 20 s to attach a container, by the engine's own limit, which
 * is little for two engines in User Mode Linux; what took longer is there a moment later.
 */
async function startAttached(host: Host, network: string): Promise<Workload> {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await host.startWorkload({ image, command: ['/bin/sleep', '2147483647'], network });
    } catch (error) {
      const tooSlow = error instanceof Error && error.message.includes('context deadline exceeded');
      if (!tooSlow || Date.now() > end) throw error;
    }
  }
}

export async function startContainer(host: Host, network: string): Promise<Container> {
  const workload = await startAttached(host, network);
  const { id, ipv4 } = workload;
  if (ipv4 === undefined) throw new Error(`the container on ${network} got no address`);
  const { State } = await askEngine<{ State: { Pid: number } }>(host, 'GET', `/containers/${id}/json`);
  // The engine's numbers are those of the host's pid namespace, where this runs.
  const inside = [`--net=/proc/${State.Pid}/ns/net`, '--', 'ping', '-c', '1', '-W', '1'];
  const pings = async (to: string, bytes?: number) => {
    const whole = bytes === undefined ? [] : ['-M', 'do', '-s', String(bytes - HEADERS)];
    return (await host.run('nsenter', [...inside, ...whole, to], { reject: false })).exitCode === 0;
  };
  return {
    id,
    address: ipv4,
    pings,
    reaches: async (to) => {
      await until(`${to} answers the container on ${network}`, () => pings(to), patience);
    },
    remove: async () => workload.remove(),
  };
}
