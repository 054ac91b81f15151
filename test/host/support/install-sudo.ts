import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@netctl/lab';
import { netctlProgram } from '../../integration/support/netctl.js';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netctl/sudo');

/** Its user, who is in no group but the one named, and nobody else's. */
export const ordinaryUser = 'ordinary';
const uid = '64997';

/**
 * A real sudo in a host, which lets an ordinary user do what these lines of sudoers say, and a netctl where he may read
 * it. Returns how to run netctl as him: his capabilities are what the arguments of setpriv leave.
 */
export async function installSudo(host: Host, group: string, ...sudoers: readonly string[]) {
  if (!existsSync(join(cache, 'usr/bin/sudo'))) throw new Error(`no ${cache}/usr/bin/sudo: run scripts/setup`);
  const write = async (path: string, text: string) => host.run('tee', [path], { input: text });
  // Where its plugins are is compiled into it; the host alone has them there.
  await host.run('mount', [
    '-t',
    'overlay',
    '-o',
    `lowerdir=${cache}/usr/libexec:/usr/libexec`,
    'overlay',
    '/usr/libexec',
  ]);
  await host.run('mkdir', ['-p', '/run/sudo-bin', '/run/netctl-bundle']);
  await host.run('cp', ['--preserve=mode,ownership', `${cache}/usr/bin/sudo`, '/run/sudo-bin/sudo']);
  await host.run('cp', ['-r', `${join(netctlProgram, '..')}/.`, '/run/netctl-bundle']);
  await write('/etc/pam.d/sudo', 'account sufficient pam_permit.so\nsession sufficient pam_permit.so\n');
  await write('/etc/sudoers', [...sudoers, ''].join('\n'));
  await host.run('chmod', ['0440', '/etc/sudoers']);
  await host.run('tee', ['-a', '/etc/passwd'], { input: `${ordinaryUser}:x:${uid}:${uid}::/tmp:/bin/sh\n` });
  return (...privileges: readonly string[]): readonly string[] => [
    ...['setpriv', `--reuid=${uid}`, `--regid=${uid}`, `--groups=${group}`, ...privileges],
  ];
}

export const copiedProgram = '/run/netctl-bundle/netctl.js';
