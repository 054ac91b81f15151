import { access, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

import { NetctlError } from '@netctl/core';
import { execa } from 'execa';

/** How a host's systemd is told of its units: the one that runs, or the files of an image. */
export interface Systemd {
  /** @throws NetctlError REFUSED where there is no systemctl, so that no unit could be enabled */
  check(): Promise<void>;
  /** Has the unit run when the host boots, and wanted by nothing but what it names now; nothing is started now. */
  enable(unit: string): Promise<void>;
  /** Takes that back; for a unit that is not enabled it does nothing. */
  disable(unit: string): Promise<void>;
  /** Has it read its files anew. */
  reload(): Promise<void>;
  /**
   * Whether it takes the unit, which one before 244 does not. The files of an image have nobody to be asked.
   * @throws NetctlError REFUSED
   */
  checkLoaded(unit: string): Promise<void>;
}

const TIMEOUT_MS = 30_000;

export async function systemdOf(root: string): Promise<Systemd> {
  // As sd_booted(3) tells it.
  const runs =
    root === '/' &&
    (await access('/run/systemd/system').then(
      () => true,
      () => false,
    ));
  const where = runs ? [] : [`--root=${root}`];
  return {
    check: async () => {
      if ((await systemctl(['--version'])) !== undefined) return;
      throw new NetctlError('REFUSED', 'Nothing was written: there is no systemctl on this host', {
        hint: 'Use another --format, such as shell.',
      });
    },
    enable: (unit) => systemctl([...where, 'reenable', '--quiet', unit]).then(nothing),
    disable: async (unit) => {
      const said = await systemctl([...where, 'disable', '--quiet', ...(runs ? ['--now'] : []), unit]);
      // Without it nothing runs that would have to be stopped, and all that is left is links to the unit.
      if (said === undefined) await removeWants(root, unit);
    },
    reload: () => (runs ? systemctl(['daemon-reload']).then(nothing) : Promise.resolve()),
    checkLoaded: async (unit) => {
      if (!runs) return;
      const shown = (await systemctl(['show', '--property=LoadState', '--property=LoadError', unit])) ?? '';
      const state = /^LoadState=(.*)$/m.exec(shown)?.[1] ?? 'unknown';
      const why = /^LoadError=(.*)$/m.exec(shown)?.[1] ?? '';
      if (state === 'loaded') return;
      throw new NetctlError('REFUSED', `systemd does not take ${unit}: ${[state, why].filter(Boolean).join(', ')}`, {
        hint: `See systemctl status ${unit}. It needs systemd 244 or newer: on an older one use another --format, such as shell.`,
      });
    },
  };
}

function nothing(): void {
  return undefined;
}

/** The links by which `systemctl enable` has other units want this one. */
async function removeWants(root: string, unit: string): Promise<void> {
  const folder = join(root, '/etc/systemd/system');
  const names = await readdir(folder).catch((): readonly string[] => []);
  for (const name of names.filter((one) => one.endsWith('.wants'))) {
    await rm(join(folder, name, unit), { force: true });
    await rmdir(join(folder, name)).catch(() => undefined);
  }
}

/** What it printed; undefined where there is no systemctl. */
async function systemctl(args: readonly string[]): Promise<string | undefined> {
  const { failed, code, stdout, stderr, shortMessage } = await execa('systemctl', args, {
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
    env: { LC_ALL: 'C' },
  });
  if (!failed) return stdout;
  if (code === 'ENOENT') return undefined;
  throw new NetctlError('REFUSED', `systemctl ${args.join(' ')}: ${stderr.trim() || (shortMessage ?? '')}`, {
    hint: 'Mend that, and run the same command again.',
  });
}
