import type { KernelKind } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import type { Place } from './place.js';
import { UNKNOWN_KIND } from './causes.js';

export type Answer = 'yes' | 'no' | 'unknown';

const PAIR = 'link add name p type veth peer name q';

/** The lines that make one of each kind; the last is the one that tells. */
const MAKE: Readonly<Record<KernelKind, readonly string[]>> = {
  macvlan: [PAIR, 'link add link p name x type macvlan mode bridge'],
  ipvlan: [PAIR, 'link add link p name x type ipvlan mode l2'],
  vlan: [PAIR, 'link add link p name x type vlan id 30'],
  dummy: [PAIR, 'link add name x type dummy'],
  vxlan: [PAIR, 'link add name x type vxlan id 42 dev p dstport 4789'],
  // As the engine does (moby, libnetwork/drivers/overlay/encryption.go): 128 bits of key and 32 of salt, 64 of check value.
  esp: [
    `xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x100 mode transport aead rfc4106(gcm(aes)) 0x${'00'.repeat(20)} 64`,
  ],
};

/**
 * Makes one of each kind, links on a veth pair, in a network namespace that only this process has, so it is gone with it.
 * One process per kind, side by side: a kind that fails says nothing about the next. It tells about the kernel, so it is
 * the machine's own `ip` whatever the namespace of the links. The kernel may load the module for it, which stays loaded.
 */
export async function probeKinds(
  kinds: readonly KernelKind[],
  timeout: number,
  place: Place,
  signal?: AbortSignal,
): Promise<Readonly<Partial<Record<KernelKind, Answer>>>> {
  const answers = await Promise.all([...new Set(kinds)].map(async (kind) => [kind, await probe(kind)] as const));
  return Object.fromEntries(answers);

  async function probe(kind: KernelKind): Promise<Answer> {
    const input = `${MAKE[kind].join('\n')}\n`;
    const argv = ['unshare', '--net', '--', 'ip', '-batch', '-'];
    const outcome = await place.run(argv, { timeout, input, ...(signal === undefined ? {} : { signal }) });
    if (outcome.timedOut) {
      throw new NetctlError('LINK_TIMEOUT', `Trying what the kernel knows (${kind}) took longer than ${timeout} ms`, {
        hint: 'Run the same again when the machine is less busy, or with a longer --timeout.',
      });
    }
    return kind === 'esp' ? toEspAnswer(outcome.exit, outcome.stderr) : toAnswer(outcome.exit, outcome.stderr);
  }
}

/** `Command failed -:2` names the line: the first makes the veth pair, which says nothing about the kind. */
export function toAnswer(exit: number | undefined, stderr: string): Answer {
  if (exit === 0) return 'yes';
  return stderr.includes('Command failed -:2') && UNKNOWN_KIND.test(stderr) ? 'no' : 'unknown';
}

/**
 * No IPsec by netlink, no ESP, or not that cipher, in the words of newer kernels and of older ones. `ip` ends at once,
 * without naming the line.
 */
const NO_ESP =
  /Error: (?:Requested (?:AEAD algorithm|type) not found|Kernel was unable to initialize cryptographic operations)|(?:RTNETLINK answers|netlink socket): (?:Function not implemented|Protocol not supported|No such file or directory)/;

export function toEspAnswer(exit: number | undefined, stderr: string): Answer {
  if (exit === 0) return 'yes';
  return exit !== undefined && NO_ESP.test(stderr) ? 'no' : 'unknown';
}
