import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where an unfinished plan is kept: /var/lib for root, else the user's own state folder. */
export function stateDir(env: NodeJS.ProcessEnv): string {
  const given = env['XDG_STATE_HOME'];
  if (given?.startsWith('/') === true) return given;
  return process.geteuid?.() === 0 ? '/var/lib' : join(homedir(), '.local', 'state');
}
