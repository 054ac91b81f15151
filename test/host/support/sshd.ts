import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@netctl/lab';
import { execa } from 'execa';
import { until } from '../../integration/support/until.js';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netctl/sshd');

/** A real sshd in a host, with keys that were made for it. */
export interface Sshd extends AsyncDisposable {
  /** Keys, and whatever else the test wants there. */
  readonly folder: string;
  /** `192.168.1.10 ssh-ed25519 …`, as known_hosts wants it. */
  readonly knownHost: string;
  /** The private key that root and `plain` may log in with. */
  readonly userKey: string;
  /** Starts it, anew if it runs, with these lines before its own ones. */
  start(...lines: readonly string[]): Promise<void>;
  /** Kills it with all its connections. */
  kill(): Promise<void>;
}

/** The user of a host that may log in and nothing else. */
export const plainUser = 'plain';

export async function installSshd(host: Host, address: string): Promise<Sshd> {
  const program = join(cache, 'usr/sbin/sshd');
  if (!existsSync(program)) throw new Error(`no ${program}: run scripts/setup`);
  const folder = await mkdtemp(join(tmpdir(), 'netctl-sshd-'));
  // The plain user's shell has to find what the test puts there.
  await chmod(folder, 0o755);
  const [hostKey, userKey, config] = ['host-key', 'user-key', 'sshd_config'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const key of [hostKey, userKey]) await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  // A home of root's own, without what the shell of whoever runs the tests does first.
  await host.run('sed', ['-i', 's#^root:.*#root:x:0:0::/run/root:/bin/sh#', '/etc/passwd']);
  await host.run('mkdir', ['-p', '/run/root']);
  // Its own users, in the layer over /etc that the host has.
  const users = [`sshd:x:64999:65534::/run/sshd:/usr/sbin/nologin`, `${plainUser}:x:64998:65534::/tmp:/bin/sh`];
  await host.run('tee', ['-a', '/etc/passwd'], { input: `${users.join('\n')}\n` });
  await host.run('mkdir', ['-p', '/run/sshd']);
  const session = join(cache, 'usr/lib/openssh/sshd-session');
  const auth = join(cache, 'usr/lib/openssh/sshd-auth');
  const own = [
    `ListenAddress ${address}`,
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${userKey}.pub`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `PidFile ${join(folder, 'sshd.pid')}`,
    // From OpenSSH 9.8 and 10.0 on it is several programs.
    ...(existsSync(session) ? [`SshdSessionPath ${session}`] : []),
    ...(existsSync(auth) ? [`SshdAuthPath ${auth}`] : []),
  ];
  const pids = async (): Promise<readonly string[]> => {
    const { stdout } = await host.run('ps', ['-e', '-o', 'pid=,comm=']);
    return stdout.split('\n').flatMap((line) => /^\s*(\d+) sshd/.exec(line)?.[1] ?? []);
  };
  const kill = async (): Promise<void> => {
    const found = await pids();
    if (found.length > 0) await host.run('kill', ['-KILL', ...found], { reject: false });
    await until('sshd is gone', async () => (await pids()).length === 0);
  };
  const [type = '', key = ''] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ');
  return {
    folder,
    knownHost: `${address} ${type} ${key}`,
    userKey,
    start: async (...lines) => {
      await kill();
      await writeFile(config, [...lines, ...own, ''].join('\n'));
      await host.run(program, ['-f', config, '-E', join(folder, 'sshd.log')]);
    },
    kill,
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes ssh in a host use this key, these known hosts and these lines, and nothing of whoever runs the tests. */
export async function configureSsh(
  host: Host,
  { folder, userKey }: Pick<Sshd, 'folder' | 'userKey'>,
  knownHosts: readonly string[],
  ...lines: readonly string[]
): Promise<void> {
  const known = join(folder, 'known_hosts');
  await mkdir(folder, { recursive: true });
  await writeFile(known, knownHosts.map((line) => `${line}\n`).join(''));
  const config = [
    ...lines,
    'Host *',
    `IdentityFile ${userKey}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `UserKnownHostsFile ${known}`,
    'GlobalKnownHostsFile /dev/null',
    '',
  ];
  await host.run('mkdir', ['-p', '/etc/ssh']);
  await host.run('tee', ['/etc/ssh/ssh_config'], { input: config.join('\n') });
}
