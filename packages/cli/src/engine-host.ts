import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { NetctlError } from '@netctl/core';

/**
 * Where the engine is, in the docker CLI's order: `--host`, DOCKER_HOST, the current context. This version reaches Unix
 * sockets only, so a context of another name is refused: going on with the local engine would change the wrong one.
 */
export async function engineHost(option: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  if (option !== undefined) return option;
  const host = env['DOCKER_HOST'];
  if (host !== undefined && host !== '') return host;
  const named = env['DOCKER_CONTEXT'] ?? '';
  const context = named === '' ? await currentContext(env) : named;
  if (context !== undefined && context !== 'default') {
    throw new NetctlError(
      'USAGE',
      `The docker CLI here uses the context "${context}", and netctl does not read contexts yet`,
      {
        hint: 'Name the engine with --host unix:///var/run/docker.sock, or run `docker context use default`.',
      },
    );
  }
  return 'unix:///var/run/docker.sock';
}

async function currentContext(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const file = join(env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json');
  try {
    const config = JSON.parse(await readFile(file, 'utf8')) as { currentContext?: unknown };
    return typeof config.currentContext === 'string' && config.currentContext !== ''
      ? config.currentContext
      : undefined;
  } catch {
    // Without a readable file the docker CLI goes on with its defaults too.
    return undefined;
  }
}
