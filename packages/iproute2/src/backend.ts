import type { LinkBackend } from '@netctl/core';
import { mayChangeLinks } from './capability.js';
import { checkedLinkName } from './check.js';
import { addCommands, setCommands } from './commands.js';
import type { IpCommand } from './commands.js';
import { ipRunner } from './ip.js';
import type { Ip } from './ip.js';
import { fieldsOf, replyItems, textOf } from './json.js';
import { observeLinks } from './observe.js';
import { probeKinds } from './probe.js';
import { removeLink } from './remove.js';

export interface Iproute2Options {
  /**
   * The argument vector that runs `ip` where the links are; default `['ip']`. For a network namespace
   * `['nsenter', '--net=/run/netns/x', 'ip']`. It is run without a shell. The last word is `ip` itself: `tee` is run in
   * its place for a setting that `ip` does not have.
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
    set: async (name, change, signal) => {
      const kind = change.up === undefined ? undefined : await kindOf(ip, name, signal);
      await runAll(ip, setCommands(name, change, kind), signal);
    },
    remove: (name, index, signal) => removeLink(ip, name, index, signal),
  };
}

async function kindOf(ip: Ip, name: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const does = `bring ${checkedLinkName(name)} up`;
  const { stdout } = await ip({ args: ['-json', '-details', 'link', 'show', 'dev', name], does, link: name }, signal);
  const [link] = replyItems(stdout, does);
  return textOf(fieldsOf(fieldsOf(link)['linkinfo'])['info_kind']);
}

/** One by one and in order, so that a crash at any point leaves something that `set` can complete. */
async function runAll(ip: Ip, commands: readonly IpCommand[], signal: AbortSignal | undefined): Promise<void> {
  for (const command of commands) await ip(command, signal);
}
