import { randomBytes } from 'node:crypto';
import { claimLabel, namespaceOf } from './label.js';
import { requireHostPrograms } from './missing.js';
import { addNamespace, ip, namespaceCommand, namespaceFolder, runIn } from './namespace.js';
import type { RunOptions, RunResult } from './run.js';
import { sweepOnce } from './sweep.js';
import { removeTraces } from './traces.js';

/** The bridge of every LAN, in the LAN's own namespace. */
export const lanBridge = 'lan0';

/** What to give a LAN. */
export interface LanOptions {
  /** Addresses with prefix length on the LAN's bridge, for a LAN that plays the router: `192.168.1.1/24`. */
  readonly addresses?: readonly string[];
}

/** A network segment: a bridge in a network namespace of its own, which hosts plug into. */
export interface Lan extends AsyncDisposable {
  /** The name of its network namespace, as `ip netns` lists it. */
  readonly namespace: string;
  /** The path of its network namespace. */
  readonly netns: string;
  /** An argument array that runs a command in its namespace. */
  command(command: string, args?: readonly string[]): [string, ...string[]];
  /** Runs a command in its namespace, as a machine on the LAN would. */
  run(command: string, args?: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Removes it; a second call waits for the first. */
  close(): Promise<void>;
}

/** Starts a LAN. Throws LabError when the machine cannot. */
export async function startLan(options: LanOptions = {}): Promise<Lan> {
  await requireHostPrograms(false);
  await sweepOnce();
  const label = await claimLabel();
  const namespace = namespaceOf(label);
  try {
    await addBridge(namespace, options.addresses ?? []);
  } catch (error) {
    await removeTraces(label).catch(() => undefined);
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= removeTraces(label));
  return {
    namespace,
    netns: `${namespaceFolder}/${namespace}`,
    command: (command, args = []) => namespaceCommand(namespace, command, args),
    run: (command, args = [], runOptions) => runIn(namespace, command, args, runOptions),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function addBridge(namespace: string, addresses: readonly string[]): Promise<void> {
  await addNamespace(namespace);
  // Left alone a bridge takes the lowest address of its ports, so that a new host would change the router's.
  const mac = `02:${randomBytes(5)
    .toString('hex')
    .replace(/..(?=.)/g, '$&:')}`;
  await ip(namespace, 'link', 'add', lanBridge, 'address', mac, 'type', 'bridge', 'mcast_snooping', '0');
  await ip(namespace, 'link', 'set', lanBridge, 'up');
  for (const address of addresses) await addAddress(namespace, lanBridge, address);
}

/** Adds an address that is usable at once: duplicate detection would hold an IPv6 one back for a second or two. */
export async function addAddress(namespace: string, link: string, address: string): Promise<void> {
  await ip(namespace, 'address', 'add', address, 'dev', link, ...(address.includes(':') ? ['nodad'] : []));
}
