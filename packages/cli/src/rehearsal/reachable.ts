import { NetctlError } from '@netctl/core';
import type { Spec, Status } from '@netctl/core';
import type { Host } from '@netctl/lab';

export interface Proof {
  readonly network: string;
  readonly ok: boolean;
  readonly text: string;
}

const IMAGE = 'netctl/sleep';
const SLEEP = '/bin/sleep';
/** What setpriv ends with when there is no such program. */
const NOT_FOUND = 127;

/** Starts a container on each network that has a shim, and pings it from the host. */
export async function proveReachable(spec: Spec, status: Status, host: Host): Promise<readonly Proof[]> {
  const shimmed = Object.entries(spec.networks).filter(([, { shim }]) => shim !== undefined && shim !== false);
  if (shimmed.length === 0) return [];
  await host.importImage(IMAGE, { programs: [SLEEP] });
  const proofs: Proof[] = [];
  for (const [key] of shimmed) {
    const network = status.items.find(({ ref }) => ref === `network:${key}`)?.name ?? key;
    const workload = await host.startWorkload({ image: IMAGE, command: [SLEEP, '600'], network });
    const addresses = [workload.ipv4, workload.ipv6].filter((address) => address !== undefined);
    for (const address of addresses) {
      const ping = await host.run('ping', ['-c', '1', '-W', '5', address], { reject: false });
      if (ping.exitCode === NOT_FOUND) {
        throw new NetctlError(
          'LAB_UNAVAILABLE',
          'Cannot prove that the host reaches a container: there is no ping here',
          {
            hint: 'Install it (apt install iputils-ping).',
          },
        );
      }
      const ok = ping.exitCode === 0;
      proofs.push({
        network,
        ok,
        text: `proof: the host ${ok ? 'reaches' : 'DOES NOT reach'} a container on ${network} at ${address}`,
      });
    }
    await workload.remove();
  }
  return proofs;
}
