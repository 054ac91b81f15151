import { isIP } from 'node:net';
import type { LinkBackend, Privilege } from '@netctl/core';
import { ask } from './ask.js';
import { addLink, setLink } from './change.js';
import { ipRunner } from './ip.js';
import type { Ip } from './ip.js';
import { observeLinks } from './observe.js';
import { probeKinds } from './probe.js';
import { remotePlace, thisMachine } from './place.js';
import type { Place, RemoteShell } from './place.js';
import { maySudo, ownPrivilege, withSudo } from './privilege.js';
import { removeLink } from './remove.js';
import { linkSafety } from './safety/link-safety.js';
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
  /** Addresses of those who are logged in by ssh here; of another host sshd there tells. */
  readonly clients?: readonly string[];
}

/** Links through the program `ip` of iproute2, with `-json`: 5.3 or newer, from September 2019, for its `-Numeric`. */
export function iproute2(options: Iproute2Options = {}): LinkBackend {
  const command = options.command ?? ['ip'];
  const timeout = options.timeout ?? 10_000;
  const place = options.ssh === undefined ? thisMachine : remotePlace(options.ssh);
  const ip = ipRunner(command, timeout, place);
  // Behind a prefix `ip` may see another namespace than files tell of.
  const files = command.length === 1 ? place.files : undefined;
  const changes = changer(command, timeout, place);
  const changing = async <T>(change: (ip: Ip) => Promise<T>): Promise<T> => change(await changes.ip());
  let clients: Promise<readonly string[]> | undefined;
  const clientsOf = async (): Promise<readonly string[]> =>
    options.ssh === undefined ? (options.clients ?? []) : (clients ??= clientsThere(place));
  return {
    observe: async (signal) => {
      const [seen, own, loggedIn] = await Promise.all([
        observeLinks(ip, files, signal),
        ownPrivilege(command, place.files, signal),
        clientsOf(),
      ]);
      return {
        ...seen,
        mayChange: own !== 'none',
        ...(own === 'none' || own === 'unknown' ? {} : { privilege: own }),
        ...(loggedIn.length === 0 ? {} : { clients: loggedIn }),
      };
    },
    otherPrivilege: (signal) => changes.bySudo(signal),
    watch: (onChange, signal) => watchLinks(command, place, onChange, signal),
    probe: (kinds, signal) => probeKinds(kinds, timeout, place, signal),
    ask: (segment, addresses, signal) => ask({ command, ip, timeout, place }, segment, addresses, signal),
    add: (props, alias, parentIndex, signal) => changing((by) => addLink(by, props, alias, parentIndex, signal)),
    set: (name, index, change, signal) => changing((by) => setLink(by, name, index, change, signal)),
    remove: (name, index, signal) => changing((by) => removeLink(by, name, index, signal)),
    safety: linkSafety(ip, place, () => changes.command()),
  };
}

interface Changer {
  /** The argument vector that runs `ip` with the right to change links, where there is one. */
  command(): Promise<readonly string[]>;
  ip(): Promise<Ip>;
  /** Whether sudo lets this user run `ip`; found out once. */
  bySudo(signal?: AbortSignal): Promise<Privilege | undefined>;
}

/** Who may not change links runs `ip` by sudo, where that asks for no password. Nothing is read by it. */
function changer(command: readonly string[], timeout: number, place: Place): Changer {
  let sudo: Promise<boolean> | undefined;
  const bySudo = async (signal?: AbortSignal): Promise<Privilege | undefined> => {
    sudo ??= maySudo(command, place, signal);
    return (await sudo) ? 'sudo' : undefined;
  };
  const commandFor = async (): Promise<readonly string[]> => {
    const needsSudo = (await ownPrivilege(command, place.files)) === 'none' && (await bySudo()) === 'sudo';
    return needsSudo ? withSudo(command) : command;
  };
  // One for all changes, so that those that are asked for side by side share their runs.
  let runner: Promise<Ip> | undefined;
  const ip = (): Promise<Ip> => {
    runner ??= commandFor().then(
      (own) => ipRunner(own, timeout, place),
      (reason: unknown) => {
        runner = undefined;
        throw reason;
      },
    );
    return runner;
  };
  return { command: commandFor, bySudo, ip };
}

/** The first word of SSH_CONNECTION is the client's address (ssh(1)). */
async function clientsThere(place: Place): Promise<readonly string[]> {
  const { stdout } = await place.run(['printenv', 'SSH_CONNECTION'], { timeout: 10_000 });
  const [address = ''] = stdout.trim().split(' ');
  return isIP(address) === 0 ? [] : [address];
}
