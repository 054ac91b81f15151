import { isIP } from 'node:net';
import { readFile } from 'node:fs/promises';

/** No process has so many above it. */
const MOST = 64;

/**
 * The address of whoever is logged in here by ssh and runs this. sudo drops SSH_CONNECTION, so the processes above are
 * looked at too, as far as this user may.
 */
export async function sshClients(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const own = clientOf(env['SSH_CONNECTION'] ?? env['SSH_CLIENT']);
  if (own.length > 0) return own;
  let pid = process.ppid;
  for (let at = 0; at < MOST && pid > 1; at += 1) {
    const [environment, status] = await Promise.all([read(`/proc/${pid}/environ`), read(`/proc/${pid}/status`)]);
    const found = clientOf(/(?:^|\0)SSH_CONNECTION=([^\0]*)/.exec(environment)?.[1]);
    if (found.length > 0) return found;
    pid = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return [];
}

/** Both variables begin with it (ssh(1)). */
function clientOf(value: string | undefined): readonly string[] {
  const [address = ''] = (value ?? '').split(' ');
  return isIP(address) === 0 ? [] : [address];
}

function read(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}
