import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { repository } from '../integration/support/netctl.js';
import { until } from '../integration/support/until.js';

/** Processes of this network namespace's `ip monitor`. */
async function monitors(name: string): Promise<number> {
  const { stdout } = await execa('ip', ['netns', 'pids', name]);
  const texts = await Promise.all(
    stdout.split('\n').map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return texts.filter((text) => text.includes('\0monitor\0')).length;
}

test('who watches links and is killed leaves no ip behind, also where nothing happens any more', async () => {
  const name = `netctl-wl-${randomBytes(4).toString('hex')}`;
  await execa('ip', ['netns', 'add', name]);
  try {
    // Built, since a process of its own reads no TypeScript.
    const built = pathToFileURL(join(repository, 'packages/iproute2/dist/index.js')).href;
    const command = JSON.stringify(['nsenter', `--net=/run/netns/${name}`, 'ip']);
    const script = `import { iproute2 } from '${built}';
await iproute2({ command: ${command} }).watch(() => undefined, new AbortController().signal);`;
    const watching = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    const ended = new Promise((resolve) => watching.once('close', resolve));
    await until('it watches', async () => (await monitors(name)) === 1);
    watching.kill('SIGKILL');
    await ended;
    await until('ip is gone', async () => (await monitors(name)) === 0);
  } finally {
    await execa('ip', ['netns', 'del', name]);
  }
  expect(await readdir('/run/netns')).not.toContain(name);
});
