import { access } from 'node:fs/promises';
import { LabError } from './error.js';
import { type RunOptions, type RunResult, run } from './run.js';

/** Where iproute2 keeps the named network namespaces. */
export const namespaceFolder = '/run/netns';

/** Runs `ip` inside a named network namespace. */
export async function ip(namespace: string, ...args: readonly string[]): Promise<RunResult> {
  return run(['ip', '-netns', namespace, ...args]);
}

/** A new named network namespace with its loopback up. */
export async function addNamespace(namespace: string): Promise<void> {
  await run(['ip', 'netns', 'add', namespace]);
  await ip(namespace, 'link', 'set', 'lo', 'up');
}

/** The processes in a named network namespace; none when there is no such namespace. */
export async function processesIn(namespace: string): Promise<readonly number[]> {
  const { stdout } = await run(['ip', 'netns', 'pids', namespace], { reject: false });
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** Deletes a named network namespace, if it is there. */
export async function deleteNamespace(namespace: string): Promise<void> {
  const { exitCode, stderr } = await run(['ip', 'netns', 'delete', namespace], { reject: false });
  if (exitCode !== 0 && (await exists(`${namespaceFolder}/${namespace}`))) throw new LabError(stderr);
}

/**
 * The argument array that runs a command in a namespace without forking: the process that is started is the command,
 * and it dies with the process that started it. (`ip netns exec` would mount another /sys and hide the cgroups.)
 */
export function namespaceCommand(namespace: string, command: string, args: readonly string[]): [string, ...string[]] {
  const enter = ['nsenter', `--net=${namespaceFolder}/${namespace}`, '--'];
  return ['setpriv', '--pdeathsig', 'KILL', '--', ...enter, command, ...args];
}

/** Runs a command in a named network namespace. */
export async function runIn(
  namespace: string,
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<RunResult> {
  return run(namespaceCommand(namespace, command, args), options);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
