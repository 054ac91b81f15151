import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, type Lan, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, documentOf, openDesk, type PlanDocument, repository } from '../integration/support/netctl.js';
import { startOnLan } from '../integration/support/on-lan.js';

const built = join(repository, 'packages/cli/dist/single-file/netctl-linux-x64');
/** Where root alone may write and a boot empties nothing, which is what persist asks of a program. */
const folder = '/opt/netctl-single-file-test';
const program = join(folder, 'netctl');

describe.skipIf(!existsSync(built))('the single file (made by scripts/single-file), where no Node runs', () => {
  let lan: Lan;
  let host: Host;
  let desk: Desk;

  beforeAll(async () => {
    lan = await startLan({ addresses: ['192.168.1.1/24'] });
    host = await startOnLan(lan, 'box', '192.168.1.10');
    desk = await openDesk(host);
    await mkdir(folder, { recursive: true });
    await copyFile(built, program);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await desk[Symbol.asyncDispose]();
    await host.close();
    await lan.close();
  });

  /** Runs in a mount namespace in which the machine's Node is no program. */
  const withoutNode = (command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    host.run(
      'unshare',
      ['--mount', '--', 'sh', '-c', 'mount --bind /dev/null "$0" && exec "$@"', process.execPath, command, ...args],
      { reject: false, timeout: 60_000, env: { XDG_STATE_HOME: desk.stateFolder, HOME: desk.folder, ...env } },
    );
  const example = join(repository, 'examples/home-lan.yaml');

  test('Node does not run there', async () => {
    expect((await withoutNode(process.execPath, ['--version'])).exitCode).toBe(126);
  });

  test('it says the version and the plan that the package says', async () => {
    const version = await withoutNode(program, ['--version']);
    expect(version.stdout).toBe((await desk.netctl(['--version'])).stdout);
    const planned = await withoutNode(program, ['plan', example, '--json']);
    const { steps } = documentOf<PlanDocument>(planned);
    expect(steps).toHaveLength(3);
    expect(documentOf<PlanDocument>(await desk.netctl(['plan', example, '--json']))).toEqual(documentOf(planned));
  });

  test('it applies and destroys', async () => {
    const applied = await withoutNode(program, ['apply', example]);
    expect(applied.stderr).toBe('');
    expect(applied.stdout).toMatch(/\nDone: 3 steps\. Looked again: nothing is left to do\.$/);
    const destroyed = await withoutNode(program, ['destroy', example, '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(documentOf<PlanDocument>(await desk.netctl(['plan', example, '--json'])).steps).toHaveLength(3);
  });

  test('it prints and draws what the package has in files', async () => {
    for (const args of [['schema'], ['completion', 'bash'], ['completion', 'zsh'], ['completion', 'fish']]) {
      const printed = await withoutNode(program, args);
      expect(printed.stderr).toBe('');
      expect(printed.stdout).toBe((await desk.netctl(args)).stdout);
    }
    const page = join(desk.folder, 'page.html');
    const drawn = await withoutNode(program, ['graph', example, '--wanted', '-o', page]);
    expect(drawn.exitCode, drawn.stderr).toBe(0);
    const made = await desk.netctl(['graph', example, '--wanted', '--format', 'html']);
    expect((await readFile(page, 'utf8')).trim()).toBe(made.stdout.trim());
  });

  test('it writes a unit that starts itself, without Node', async () => {
    const printed = await withoutNode(program, ['persist', '--print', example]);
    expect(printed.stderr).toBe('');
    expect(printed.stdout).toMatch(new RegExp(`^ExecStart=${program} apply `, 'm'));
    expect(printed.stdout).not.toContain(process.execPath);
  });

  test('options for Node are not for it', async () => {
    const usage = await withoutNode(program, ['--inspect', 'plan', example]);
    expect(usage.exitCode).toBe(64);
    const version = await withoutNode(program, ['--version'], { NODE_OPTIONS: '--no-such-option' });
    expect(version.exitCode, version.stderr).toBe(0);
  });
});
