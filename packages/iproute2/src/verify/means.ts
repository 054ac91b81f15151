import type { ProbeMeans } from '@netctl/core';
import type { ProbePlace } from './prober.js';

/** capabilities(7): what setns(2) and making a link take. */
const NEEDED = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n } as const;

const PACKAGES = {
  ping: 'iputils-ping (apt; iputils elsewhere)',
  xargs: 'findutils',
  nsenter: 'util-linux',
} as const;

/** What there is on the host to probe with, and whether it may. */
export async function means({ place, timeout }: ProbePlace, signal: AbortSignal | undefined): Promise<ProbeMeans> {
  const path = '/proc/self/status';
  const status = (await place.files.read([path], signal)).get(path) ?? '';
  const lacks = lacking(status);
  if (lacks.length > 0) {
    const why = `entering the namespaces of containers takes root, and ${lacks.join(' and ')} is missing on ${place.where}`;
    return { missing: { why, cure: 'Run netctl verify as root (sudo).', permission: true } };
  }
  const options = { timeout, ...(signal === undefined ? {} : { signal }) };
  const [pinged, listed, entered] = await Promise.all([
    place.run(['ping', '-V'], options),
    place.run(['xargs', '--help'], options),
    place.run(['nsenter', '--help'], options),
  ]);
  const programs = { ping: pinged, xargs: listed, nsenter: entered } as const;
  for (const [program, pack] of Object.entries(PACKAGES)) {
    // 127 is what a remote shell ends with when it finds no such program.
    const { missing, exit } = programs[program as keyof typeof PACKAGES];
    if (!missing && exit !== 127) continue;
    const why = `the program ${program} is not on ${place.where}`;
    return { missing: { why, cure: `Install the package ${pack}.` } };
  }
  if (pinged.stdout.includes('iputils')) return {};
  return { noWhole: `the ping of ${place.where} is not that of iputils, and cannot forbid that a packet is cut` };
}

/** Names of the capabilities that a process lacks, by its `CapEff`; none where nothing says. */
export function lacking(status: string): readonly string[] {
  const mask = /^CapEff:\s*([0-9a-f]+)$/im.exec(status)?.[1];
  if (mask === undefined) return [];
  return Object.entries(NEEDED).flatMap(([name, bit]) => (((BigInt(`0x${mask}`) >> bit) & 1n) === 1n ? [] : [name]));
}
