import type { EspState } from '@netctl/core';
import type { ProbePlace } from './prober.js';

/**
 * The ESP states of the host with what each has carried. The engine makes them where it runs itself, not in the namespace of
 * the network (moby, libnetwork/drivers/overlay/encryption.go). `ip` prints no JSON of them.
 */
export async function espStates(
  { place, timeout }: ProbePlace,
  signal: AbortSignal | undefined,
): Promise<readonly EspState[]> {
  const argv = ['ip', '-statistics', 'xfrm', 'state'];
  const { stdout } = await place.run(argv, { timeout, ...(signal === undefined ? {} : { signal }) });
  return readEspStates(stdout);
}

export function readEspStates(stdout: string): readonly EspState[] {
  return stdout.split(/^(?=src )/m).flatMap((text) => {
    const [, source, destination] = /^src (\S+) dst (\S+)\n\s+proto esp /.exec(text) ?? [];
    const [, packets] = /lifetime current:\s+\d+\(bytes\), (\d+)\(packets\)/.exec(text) ?? [];
    if (source === undefined || destination === undefined) return [];
    return [{ source, destination, packets: Number(packets ?? 0) }];
  });
}
