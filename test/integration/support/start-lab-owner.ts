import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { OwnedHost } from './lab-owner.js';

/** A process that owns a host with a running container. */
export interface LabOwner extends AsyncDisposable, OwnedHost {
  /** Ends it by SIGKILL, as a crash would: nothing of its own cleans up. */
  kill(): Promise<void>;
}

/** Starts it, from one file bundled for the purpose, since Node does not read our TypeScript. */
export async function startLabOwner(): Promise<LabOwner> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-owner-'));
  const outfile = join(folder, 'owner.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'lab-owner.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@netctl/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  const child = fork(outfile);
  const ended = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const failed = ended.then(() => Promise.reject(new Error('the owner ended before it had a host')));
  const [owned] = (await Promise.race([once(child, 'message'), failed])) as [OwnedHost];
  // It ends on purpose later.
  failed.catch(() => undefined);
  return { ...owned, kill, [Symbol.asyncDispose]: kill };
}
