import { readdir } from 'node:fs/promises';

import type { Environment } from '../environment.js';
import { machineFiles } from './config-files.js';
import { configFolder, DEFAULT_CONTEXT } from './contexts.js';

/** The names of the docker CLI's contexts on this machine, those of which the file can be read. */
export async function contextNames(env: Environment): Promise<readonly string[]> {
  const files = machineFiles();
  const folder = `${configFolder(env, files)}/contexts/meta`;
  const ids = await readdir(folder).catch((): string[] => []);
  const names = await Promise.all(
    ids.map(async (id) => {
      try {
        const { Name: name } = JSON.parse((await files.read(`${folder}/${id}/meta.json`)) ?? '') as { Name?: unknown };
        return typeof name === 'string' ? [name] : [];
      } catch {
        return [];
      }
    }),
  );
  return [DEFAULT_CONTEXT, ...names.flat().sort()];
}
