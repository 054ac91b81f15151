import { access } from 'node:fs/promises';

import { NetctlError } from '@netctl/core';
import { execa } from 'execa';

/** How a host's systemd is told of its units: the one that runs, or the files of an image. */
export interface Systemd {
  /** Has it make the unit's links when the host boots; nothing is started now. */
  enable(unit: string): Promise<void>;
  /** Takes that back; for a unit that is not enabled it does nothing. */
  disable(unit: string): Promise<void>;
  /** Has it read its files anew. */
  reload(): Promise<void>;
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
    enable: (unit) => systemctl([...where, 'enable', '--quiet', unit]),
    disable: (unit) => systemctl([...where, 'disable', '--quiet', ...(runs ? ['--now'] : []), unit]),
    reload: () => (runs ? systemctl(['daemon-reload']) : Promise.resolve()),
  };
}

async function systemctl(args: readonly string[]): Promise<void> {
  const { failed, code, stderr, shortMessage } = await execa('systemctl', args, {
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
    env: { LC_ALL: 'C' },
  });
  if (!failed) return;
  const missing = code === 'ENOENT';
  const why = missing ? 'there is no systemctl on this host' : stderr.trim() || (shortMessage ?? '');
  throw new NetctlError('REFUSED', `systemctl ${args.join(' ')}: ${why}`, {
    hint: missing ? 'Use another --format, such as shell.' : 'Mend that, and run the same command again.',
  });
}
