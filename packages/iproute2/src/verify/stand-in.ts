import { randomBytes } from 'node:crypto';
import type { StandIn, StandInLink } from '@netctl/core';
import { checkedLinkName, isV6 } from '../check.js';
import { device } from '../commands.js';
import type { IpCommand } from '../commands.js';
import { ipRunner } from '../ip.js';
import { openNamespace } from '../namespace.js';
import type { ProbePlace } from './prober.js';

/**
 * What its interface is called, and the port of a bridge with another letter. Kernels up to 6.12 look a new link's name up
 * where `ip` runs, and not where the link is to be, so it may be no link's of the host (seen with 6.12: File exists).
 */
function newNames(): Names {
  const own = randomBytes(5).toString('hex');
  return { end: `nte${own}`, port: `ntp${own}` };
}

interface Names {
  readonly end: string;
  readonly port: string;
}

const DOES = 'make a link in a namespace of its own, to stand for a container';

/**
 * A namespace that a process of ours keeps alive, with a link as a container of that network has. It is gone with that
 * process, and the other end of a pair, which is a port of the bridge, with it: nothing is left after a kill.
 */
export async function openStandIn(
  { place, timeout }: ProbePlace,
  link: StandInLink,
  signal: AbortSignal | undefined,
): Promise<StandIn> {
  const namespace = await openNamespace(['ip'], KEPT_MS, place, signal);
  try {
    const ip = ipRunner(['ip'], timeout, place);
    const names = newNames();
    const insideIp = ipRunner([...namespace.enter, 'ip'], timeout, place);
    await ip(batch(madeOutside(link, names, namespace.pid)), signal);
    await insideIp(batch(setInside(link, names)), signal);
    return {
      spot: { pid: Number(namespace.pid) },
      [Symbol.asyncDispose]: async () => {
        // The namespace goes a moment after its last process, and the port of the bridge would be seen until then.
        await insideIp(batch([`link del dev ${names.end}`])).catch(() => undefined);
        await namespace[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await namespace[Symbol.asyncDispose]();
    throw error;
  }
}

/** A deadline for the process that keeps it, should nobody close it: far more than a verify takes. */
const KEPT_MS = 600_000;

function batch(lines: readonly string[]): IpCommand {
  return { args: ['-batch', '-'], input: `${lines.join('\n')}\n`, does: DOES };
}

function madeOutside({ kind, on, mode, flag, mtu }: StandInLink, { end, port }: Names, pid: string): readonly string[] {
  const size = mtu === undefined ? '' : ` mtu ${mtu}`;
  if (kind !== 'bridge') {
    const how = [mode ?? (kind === 'macvlan' ? 'bridge' : 'l2'), ...(flag === undefined ? [] : [flag])].join(' ');
    return [`link add link ${device(on)} name ${end}${size} netns ${pid} type ${kind} mode ${checkedWords(how)}`];
  }
  return [
    `link add name ${port}${size} type veth peer name ${end}${size} netns ${pid}`,
    `link set dev ${port} master ${checkedLinkName(on.name)}`,
    `link set dev ${port} up`,
  ];
}

function checkedWords(words: string): string {
  return words.replaceAll(/[^a-z0-9 ]/g, '');
}

function setInside({ kind, mode, addresses, gateways }: StandInLink, { end }: Names): readonly string[] {
  const isRouted = kind === 'ipvlan' && mode !== undefined && mode !== 'l2';
  return [
    'link set dev lo up',
    `link set dev ${end} up`,
    ...addresses.map((address) => `addr add ${address} dev ${end}${isV6(address) ? ' nodad' : ''}`),
    ...(isRouted ? [`route add default dev ${end}`] : []),
    ...gateways.map((gateway) => `route add default via ${gateway} dev ${end}`),
  ];
}
