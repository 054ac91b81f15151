import type { LinkEvent } from '@netctl/core';
import { execa } from 'execa';
import { failureToError } from './errors.js';
import type { Place } from './place.js';
import { letGoOfOutput } from './run.js';
import type { Outcome } from './run.js';

const MONITOR = ['-oneline', 'monitor', 'label', 'link', 'address', 'route'];

/**
 * `ip monitor` reads nothing, so the end of netctl tells it nothing: on a quiet host it would stay for ever. The kernel
 * kills it with whoever started it, netctl or the session of sshd.
 */
const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--'];

/** How much of what went wrong is kept for the message. */
const KEPT = 2000;

/**
 * Tells of changes to links, addresses and routes until the signal is aborted.
 * @throws NetctlError IPROUTE2_MISSING, LINK_FAILED
 */
export async function watchLinks(
  command: readonly string[],
  place: Place,
  onChange: (event: LinkEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const ip = command.at(-1) ?? 'ip';
  // BusyBox's setpriv, and a host without one, cannot have it killed: there it ends with the next change.
  for (const through of [DIE_WITH_PARENT, []]) {
    if (signal.aborted) return;
    const argv = [...command.slice(0, -1), ...through, ip, ...MONITOR];
    const { told, ...outcome } = await monitor(place.argv(argv), onChange, signal);
    if (isAborted(signal)) return;
    if (told === 0 && through.length > 0 && outcome.exit !== 0) continue;
    const does = { args: MONITOR, does: 'watch the links' };
    throw (
      (await place.lost()) ?? failureToError({ argv, command: does, timeout: Infinity, outcome, where: place.where })
    );
  }
}

async function monitor(
  argv: readonly string[],
  onChange: (event: LinkEvent) => void,
  signal: AbortSignal,
): Promise<Outcome & { readonly told: number }> {
  const [program = '', ...args] = argv;
  const running = execa(program, args, {
    reject: false,
    buffer: false,
    detached: true,
    stdin: 'ignore',
    forceKillAfterDelay: 500,
    env: { LC_ALL: 'C' },
    cancelSignal: signal,
  });
  let told = 0;
  let stderr = '';
  running.stdout.on('data', (chunk: Buffer) => {
    told += 1;
    for (const event of eventsIn(chunk.toString('utf8'))) onChange(event);
  });
  running.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-KEPT);
    // The kernel had more to tell than there was room for.
    onChange({ type: 'unknown' });
  });
  letGoOfOutput(running);
  const { exitCode: exit, signal: endedBy, code, timedOut } = await running;
  const missing = code === 'ENOENT';
  return { told, stdout: '', stderr, exit, endedBy, timedOut, missing, startError: missing ? undefined : code };
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

const TYPES = { LINK: 'link', ADDR: 'address', ROUTE: 'route' } as const;

/**
 * What a piece of the output tells of, each thing once. Nothing is kept from one piece to the next: `ip` writes a message
 * at a time, and of one that is cut no more is lost than the name.
 */
export function eventsIn(text: string): readonly LinkEvent[] {
  const found = new Map<string, LinkEvent>();
  for (const line of text.split('\n')) {
    const match = /^\[(LINK|ADDR|ROUTE)\](?:Deleted )?(?:(?:\d+: |.* dev )([^\s:@]+))?/.exec(line);
    if (match === null) continue;
    const [, label, link] = match;
    const event = { type: TYPES[label as keyof typeof TYPES], ...(link === undefined ? {} : { link }) };
    found.set(JSON.stringify(event), event);
  }
  return [...found.values()];
}
