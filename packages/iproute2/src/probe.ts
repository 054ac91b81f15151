import type { LinkKind } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import type { Place } from './place.js';
import { UNKNOWN_KIND } from './causes.js';

export type Answer = 'yes' | 'no' | 'unknown';

const MAKE: Readonly<Record<LinkKind, string>> = {
  macvlan: 'link add link p name x type macvlan mode bridge',
  ipvlan: 'link add link p name x type ipvlan mode l2',
  vlan: 'link add link p name x type vlan id 30',
  dummy: 'link add name x type dummy',
  vxlan: 'link add name x type vxlan id 42 dev p dstport 4789',
};

/**
 * Makes one link of each kind on a veth pair in a network namespace that only this process has, so it is gone with it.
 * One process per kind, side by side: a kind that fails says nothing about the next. It tells about the kernel, so it is
 * the machine's own `ip` whatever the namespace of the links. The kernel may load the module for it, which stays loaded.
 */
export async function probeKinds(
  kinds: readonly LinkKind[],
  timeout: number,
  place: Place,
  signal?: AbortSignal,
): Promise<Readonly<Partial<Record<LinkKind, Answer>>>> {
  const answers = await Promise.all([...new Set(kinds)].map(async (kind) => [kind, await probe(kind)] as const));
  return Object.fromEntries(answers);

  async function probe(kind: LinkKind): Promise<Answer> {
    const input = `link add name p type veth peer name q\n${MAKE[kind]}\n`;
    const argv = ['unshare', '--net', '--', 'ip', '-batch', '-'];
    const outcome = await place.run(argv, { timeout, input, ...(signal === undefined ? {} : { signal }) });
    if (outcome.timedOut) {
      throw new NetctlError('LINK_TIMEOUT', `Trying to make a ${kind} link took longer than ${timeout} ms`);
    }
    return toAnswer(outcome.exit, outcome.stderr);
  }
}

/** `Command failed -:2` names the line: the first makes the veth pair, which says nothing about the kind. */
export function toAnswer(exit: number | undefined, stderr: string): Answer {
  if (exit === 0) return 'yes';
  return stderr.includes('Command failed -:2') && UNKNOWN_KIND.test(stderr) ? 'no' : 'unknown';
}
