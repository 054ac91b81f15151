import { rm } from 'node:fs/promises';
import { removeCgroups, thawCgroups } from './cgroups.js';
import { LabError } from './error.js';
import { type Label, folderOf, namespaceOf } from './label.js';
import { deleteNamespace, processesIn } from './namespace.js';
import { signal } from './processes.js';
import { until } from './until.js';

/**
 * Removes everything on the machine that carries a label: processes, namespace, cgroups, folder, in this order, since
 * each keeps the next one busy. What is already gone is no error, so it serves a close, a failed start and a sweep.
 */
export async function removeTraces(label: Label): Promise<void> {
  const failures: unknown[] = [];
  const steps = [
    () => killProcesses(label),
    () => deleteNamespace(namespaceOf(label)),
    () => removeCgroups(label),
    () => rm(folderOf(label), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
  ];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length === 0) return;
  const what = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join('; ');
  throw new LabError(`cannot remove all of lab ${label}: ${what}`, { cause: failures[0] });
}

/** A host's init is in its network namespace, and with it die its containers, which have namespaces of their own. */
async function killProcesses(label: Label): Promise<void> {
  const namespace = namespaceOf(label);
  const gone = await until(async () => {
    const left = await processesIn(namespace);
    for (const pid of left) signal(pid, 'SIGKILL');
    await thawCgroups(label);
    return left.length === 0;
  }, 10_000);
  if (!gone) throw new LabError(`processes in the network namespace ${namespace} do not end`);
}
