import type { LinkBackend } from '@netctl/core';
import { ask } from './ask.js';
import { mayChangeLinks } from './capability.js';
import { addLink, setLink } from './change.js';
import { ipRunner } from './ip.js';
import { observeLinks } from './observe.js';
import { probeKinds } from './probe.js';
import { remotePlace, thisMachine } from './place.js';
import type { RemoteShell } from './place.js';
import { removeLink } from './remove.js';
import { watchLinks } from './watch.js';

export interface Iproute2Options {
  /**
   * The argument vector that runs `ip` where the links are; default `['ip']`. For a network namespace
   * `['nsenter', '--net=/run/netns/x', 'ip']`. It is run without a shell. The last word is `ip` itself: other programs
   * are run in its place for what `ip` does not have (`tee`, `unshare`, `nsenter`, `arping`, `ndisc6`).
   */
  readonly command?: readonly string[];
  /** The host that the links are on, where it is another one; `command` is then run there. */
  readonly ssh?: RemoteShell;
  /** Milliseconds that one run of a program may take; default 10 000. */
  readonly timeout?: number;
}

/** Links through the program `ip` of iproute2, with `-json`: 5.3 or newer, from September 2019, for its `-Numeric`. */
export function iproute2(options: Iproute2Options = {}): LinkBackend {
  const command = options.command ?? ['ip'];
  const timeout = options.timeout ?? 10_000;
  const place = options.ssh === undefined ? thisMachine : remotePlace(options.ssh);
  const ip = ipRunner(command, timeout, place);
  // Behind a prefix `ip` may see another namespace than files tell of.
  const files = command.length === 1 ? place.files : undefined;
  return {
    observe: async (signal) => {
      const [seen, mayChange] = await Promise.all([
        observeLinks(ip, files, signal),
        mayChangeLinks(command, place.files, signal),
      ]);
      return { ...seen, mayChange };
    },
    watch: (onChange, signal) => watchLinks(command, place, onChange, signal),
    probe: (kinds, signal) => probeKinds(kinds, timeout, place, signal),
    ask: (segment, addresses, signal) => ask({ command, ip, timeout, place }, segment, addresses, signal),
    add: (props, alias, parentIndex, signal) => addLink(ip, props, alias, parentIndex, signal),
    set: (name, index, change, signal) => setLink(ip, name, index, change, signal),
    remove: (name, index, signal) => removeLink(ip, name, index, signal),
  };
}
