import { NetctlError } from '@netctl/core';

import type { Line } from './engine.js';
import { quoted } from './errors.js';

/** What a shell ends with when there is no such program. */
const NOT_FOUND = 127;

/**
 * Where the docker CLI of the far end has its engine, which may be a rootless one: `docker -H ssh://…` reaches that one.
 * Undefined without a docker CLI there; `elsewhere` for whatever is no socket, or cannot be told.
 */
export async function askDocker(line: Line, signal?: AbortSignal): Promise<string | undefined> {
  const ran = await line.run(['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], signal);
  if (ran.exit === NOT_FOUND) return undefined;
  if (ran.exit === 255) {
    const lost = await line.lost();
    if (lost !== undefined) throw lost;
  }
  const path = /^unix:\/\/(\/[A-Za-z0-9_./+,=@-]+)$/.exec(ran.stdout.trim())?.[1];
  return path ?? 'elsewhere';
}

/** Why nobody can be reached at a socket there, by looking at it; undefined where it is there and may be used. */
export async function whyNoSocket(line: Line, socket: string): Promise<NetctlError | undefined> {
  const is = async (test: string): Promise<boolean> => (await line.run(['test', test, socket])).exit === 0;
  if (await is('-w')) return undefined;
  if (await is('-e')) return noPermission(line.where, socket);
  return new NetctlError(
    'ENGINE_UNREACHABLE',
    `No Docker Engine at ${line.where}: there is no socket ${socket} there`,
    {
      hint: 'Start it there (systemctl start docker), or name its socket: ssh://USER@HOST/PATH-OF-SOCKET.',
    },
  );
}

export function noPermission(where: string, socket: string, said = ''): NetctlError {
  return new NetctlError('PERMISSION', `No permission to use the Docker socket ${socket} at ${where}${quoted(said)}`, {
    hint: 'Log in as root there, or as a member of the group that owns the socket (docker).',
  });
}
