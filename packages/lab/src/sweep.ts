import { readdir } from 'node:fs/promises';
import { cgroupRoots } from './cgroups.js';
import { type Label, isOrphan, labFolder, parseLabel } from './label.js';
import { namespaceFolder } from './namespace.js';
import { removeTraces } from './traces.js';

/**
 * Removes what hosts and LANs left whose owner process is gone, and gives their labels. Those of a process that
 * lives, and those of another pid namespace, stay. Throws LabError when something cannot be removed, after the rest is.
 */
export async function sweep(): Promise<readonly Label[]> {
  const swept: Label[] = [];
  const failures: unknown[] = [];
  for (const label of await labelsHere()) {
    if (!(await isOrphan(label))) continue;
    await removeTraces(label).then(
      () => swept.push(label),
      (error: unknown) => failures.push(error),
    );
  }
  if (failures.length > 0) throw failures[0];
  return swept;
}

let once: Promise<unknown> | undefined;

/** The first call in this process sweeps; the others wait for it. What cannot be swept is no reason not to start. */
export async function sweepOnce(): Promise<void> {
  await (once ??= sweep().catch(() => undefined));
}

/** A crash can leave any one of a lab's parts, so all the places are looked at. */
async function labelsHere(): Promise<ReadonlySet<Label>> {
  const labels = new Set<Label>();
  for (const folder of [labFolder, namespaceFolder, ...(await cgroupRoots())]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const label = parseLabel(name);
      if (label !== undefined) labels.add(label);
    }
  }
  return labels;
}
