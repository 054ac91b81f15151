import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Registers services in a process of its own, from one file bundled for the purpose, and kills it at a moment. */
export async function killedWhile(address: string, count: number, moment: () => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-killed-'));
  try {
    const outfile = join(folder, 'registering.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'registering.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      conditions: ['@netctl/source'],
      // Loaded where an engine is spoken to, and with programs of its own.
      external: ['dockerode', 'docker-modem'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'error',
    });
    const child = fork(outfile, [address, String(count)]);
    const ended = once(child, 'exit');
    const said: unknown[] = [];
    child.on('message', (message) => said.push(message));
    try {
      await Promise.race([moment(), ended.then(() => Promise.reject(new Error('it ended by itself')))]);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    if (said.length > 0) throw new Error('it was done before it was killed');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
