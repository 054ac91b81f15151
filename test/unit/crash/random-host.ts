import { addLink, memoryHost } from '../../support/memory/index.js';
import type { MemoryHost, WorldInput } from '../../support/memory/index.js';
import { loadText } from '../../support/memory/run.js';
import type { Foreign } from './random.js';

/** A host with three cables, and what others have put there. */
export function hostWith(version: NonNullable<WorldInput['engine']>, foreign: readonly Foreign[]): MemoryHost {
  const host = memoryHost({ engine: version });
  addLink(host.world, { name: 'eth1', mac: '52:54:00:00:00:11' });
  addLink(host.world, { name: 'eth2', mac: '52:54:00:00:00:12' });
  for (const { put } of foreign) put(host.world);
  return host;
}

export function isValid(text: string): boolean {
  try {
    loadText(text);
    return true;
  } catch {
    return false;
  }
}
