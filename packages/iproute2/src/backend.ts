import type { LinkBackend } from '@netctl/core';
import { mayChangeLinks } from './capability.js';
import { addCommands, setCommands } from './commands.js';
import type { IpCommand } from './commands.js';
import { ipRunner } from './ip.js';
import type { Ip } from './ip.js';
import { observeLinks } from './observe.js';
import { probeKinds } from './probe.js';
import { removeLink } from './remove.js';

export interface Iproute2Options {
  /**
   * The argument vector that runs `ip` where the links are; default `['ip']`. For a network namespace
   * `['nsenter', '--net=/run/netns/x', 'ip']`. It is run without a shell.
   */
  readonly command?: readonly string[];
  /** Milliseconds that one run of a program may take; default 10 000. */
  readonly timeout?: number;
}

/** Links through the program `ip` of iproute2, with `-json`: 5.1 or newer, from early 2019, for its `-Numeric`. */
export function iproute2(options: Iproute2Options = {}): LinkBackend {
  const command = options.command ?? ['ip'];
  const timeout = options.timeout ?? 10_000;
  const ip = ipRunner(command, timeout);
  return {
    observe: async (signal) => {
      const [seen, mayChange] = await Promise.all([
        observeLinks(ip, command.length === 1, signal),
        mayChangeLinks(command),
      ]);
      return { ...seen, mayChange };
    },
    probe: (kinds, signal) => probeKinds(kinds, timeout, signal),
    add: async (props, alias, signal) => runAll(ip, addCommands(props, alias), signal),
    set: async (name, change, signal) => runAll(ip, setCommands(name, change), signal),
    remove: (name, index, signal) => removeLink(ip, name, index, signal),
  };
}

/** One by one and in order, so that a crash at any point leaves something that `set` can complete. */
async function runAll(ip: Ip, commands: readonly IpCommand[], signal: AbortSignal | undefined): Promise<void> {
  for (const command of commands) await ip(command, signal);
}
