import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Segment, WireAnswers } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import type { AskHost } from './ask.js';
import { isV6 } from './check.js';
import { device } from './commands.js';
import type { IpCommand } from './commands.js';
import { ipRunner } from './ip.js';
import type { Ip } from './ip.js';
import { fieldsOf, listOf, replyItems, textOf } from './json.js';
import { openNamespace } from './namespace.js';
import { abortError } from './run.js';

/** Three probes as RFC 5227 has it, but sooner after one another: a LAN answers within milliseconds. */
const PROBES = 3;
const BETWEEN_PROBES_MS = 350;
const BETWEEN_LOOKS_MS = 100;

/** At once: the kernel keeps 1,024 neighbours, for all namespaces together (gc_thresh3 in arp(7)). */
const AT_ONCE = 256;

/**
 * Asks by the kernel's own neighbour resolution, through a link in a network namespace that only this process has: its
 * neighbours, its addresses and it itself are gone with it, also after a kill. The link has no IPv4 address, so the
 * kernel asks as 0.0.0.0, and its IPv6 address is one of 2^64 of link scope, which no router is told of.
 */
export async function askByLink(
  host: AskHost,
  segment: Segment & { readonly index: number },
  addresses: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WireAnswers> {
  const taken: WireAnswers['taken'][number][] = [];
  try {
    for (let done = 0; done < addresses.length; done += AT_ONCE) {
      taken.push(...(await askSome(host, segment, addresses.slice(done, done + AT_ONCE), signal)));
    }
    return { taken, unasked: [], notes: [] };
  } catch (error) {
    if (signal?.aborted === true) throw abortError(signal);
    if (!(error instanceof NetctlError)) throw error;
    return { taken: [], unasked: addresses, notes: [error.message] };
  }
}

async function askSome(
  { command, ip, timeout, place }: AskHost,
  segment: Segment & { readonly index: number },
  addresses: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WireAnswers['taken']> {
  const end = performance.now() + timeout;
  await using namespace = await openNamespace(command, timeout, place, signal);
  const inside = ipRunner([...namespace.enter, command.at(-1) ?? 'ip'], timeout, place);
  const v6 = addresses.some(isV6);
  await inside(keepQuiet(v6), signal);
  await ip(batch([firstLink(segment, namespace.pid)]), signal);
  const link = `ask${Math.max(segment.vlans.length - 1, 0)}`;
  try {
    await inside(batch(questions(segment, link, addresses, v6)), signal);
    await sleep(PROBES * BETWEEN_PROBES_MS, undefined, signal === undefined ? {} : { signal });
    for (;;) {
      const neighbours = await readNeighbours(inside, link, signal);
      if (!neighbours.some(({ open }) => open)) return neighbours.flatMap(({ answer }) => answer ?? []);
      if (performance.now() > end) {
        throw new NetctlError('LINK_TIMEOUT', `Cannot ${ASKS}: it took over ${timeout} ms`, {
          hint: 'Run the same again when the machine is less busy, with a longer --timeout, or with --no-probe.',
        });
      }
      await sleep(BETWEEN_LOOKS_MS, undefined, signal === undefined ? {} : { signal });
    }
  } finally {
    // The namespace goes a moment after its last process, and a VLAN can have one link on its parent.
    await inside(batch(['link del dev ask0'])).catch(() => undefined);
  }
}

const ASKS = 'ask the wire through a link in a namespace of its own';

function batch(lines: readonly string[]): IpCommand {
  return { args: ['-batch', '-'], input: `${lines.join('\n')}\n`, does: ASKS };
}

/** Before there is a link, and for all: no IPv6 where it is not asked for, and nothing from routers where it is. */
function keepQuiet(v6: boolean): IpCommand {
  const [setting, input] = v6 ? ['accept_ra', '0'] : ['disable_ipv6', '1'];
  return {
    args: [`/proc/sys/net/ipv6/conf/default/${setting}`],
    instead: { program: 'tee', input },
    does: ASKS,
    fine: /No such file or directory|Read-only file system/,
  };
}

/** Made where the parent is, and at once in the namespace. */
function firstLink({ index, vlans }: Segment & { readonly index: number }, pid: string): string {
  const [id] = vlans;
  const kind = id === undefined ? 'macvlan mode bridge' : `vlan id ${id}`;
  return `link add link ${device({ index })} name ask0 netns ${pid} type ${kind}`;
}

/**
 * `use` has the kernel resolve the address as if there were something to send (iproute2 5.16). Without an address on `lo`
 * there is no table of local addresses, and the kernel takes every address for a broadcast one.
 */
function questions({ vlans }: Segment, link: string, addresses: readonly string[], v6: boolean): readonly string[] {
  const links = ['ask0', ...vlans.slice(1).map((_, above) => `ask${above + 1}`)];
  const pace = (table: string) =>
    `ntable change name ${table} dev ${link} retrans ${BETWEEN_PROBES_MS} mcast_probes ${PROBES}`;
  return [
    'link set dev lo up',
    ...links.flatMap((name, at) => [
      ...(at === 0 ? [] : [`link add link ${links[at - 1] ?? ''} name ${name} type vlan id ${vlans[at] ?? 0}`]),
      ...(v6 ? [`link set dev ${name} addrgenmode none`] : []),
      `link set dev ${name} up`,
    ]),
    pace('arp_cache'),
    ...(v6 ? [pace('ndisc_cache'), `addr add ${randomLinkLocal()}/64 dev ${link} nodad`] : []),
    ...addresses.map((address) => `neigh add ${address} dev ${link} use`),
  ];
}

function randomLinkLocal(): string {
  return `fe80::${randomBytes(8).toString('hex').match(/..../g)?.join(':') ?? ''}`;
}

interface Neighbour {
  /** It may answer still. */
  readonly open: boolean;
  readonly answer?: WireAnswers['taken'][number];
}

async function readNeighbours(ip: Ip, link: string, signal: AbortSignal | undefined): Promise<readonly Neighbour[]> {
  const { stdout } = await ip({ args: ['-json', 'neigh', 'show', 'dev', link], does: ASKS }, signal);
  return replyItems(stdout, ASKS).map((item) => {
    const fields = fieldsOf(item);
    const [address, mac] = [textOf(fields['dst']), textOf(fields['lladdr'])];
    const open = listOf(fields['state']).includes('INCOMPLETE');
    return address === undefined || mac === undefined ? { open } : { open, answer: { address, mac } };
  });
}
