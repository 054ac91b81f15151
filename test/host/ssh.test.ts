import { join } from 'node:path';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { networkNames } from '../integration/support/engine-client.js';
import { proxyEngine } from '../integration/support/engine-proxy.js';
import { type Expected, expectFailure } from '../integration/support/failures.js';
import { lanNetwork } from '../integration/support/fault-bench.js';
import { until } from '../integration/support/until.js';
import { openSshBench, type SshBench, targetAddress } from './support/ssh-bench.js';
import { configureSsh, plainUser } from './support/sshd.js';

/* netctl on one host, the engine and the links on another one, and a real sshd between them. */

let bench: SshBench;
let spec: string;
let plain: string;
/** The links and routes of the host that netctl runs on, which never change. */
let here: string;

const there = `ssh://root@${targetAddress}`;
const linksOf = async (which: 'admin' | 'target'): Promise<string> => {
  const shown = [['-br', 'link'], ['-4', '-br', 'addr'], ['route']].map((args) => bench[which].run('ip', args));
  return (await Promise.all(shown)).map(({ stdout }) => stdout).join('\n');
};

beforeAll(async () => {
  bench = await openSshBench();
  const networks = { web: { subnet: '10.5.0.0/24' }, lan: { ...lanNetwork, gateway: '192.168.1.1', shim: true } };
  spec = await bench.desk.write('spec.yaml', { name: 'far', networks });
  plain = await bench.desk.write('plain.yaml', { name: 'plain', networks: { web: { subnet: '10.5.0.0/24' } } });
  here = await linksOf('admin');
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset());
afterEach(async () => {
  expect(await bench.left()).toEqual([]);
  expect(await linksOf('admin')).toBe(here);
});

const netctl = async (command: string, path: string, host: string, ...more: readonly string[]) =>
  bench.desk.netctl([command, path, '--host', host, ...more]);

async function destroyed(host = there): Promise<void> {
  const gone = await netctl('destroy', spec, host, '--yes');
  expect(gone.exitCode, gone.stderr).toBe(0);
  expect(await networkNames(bench.target)).not.toContain('web');
  expect(await linksOf('target')).not.toContain('lan-shim');
}

test('a watch by ssh hears of the engine and the links there, survives the connection, and leaves nothing', async () => {
  const monitors = async (): Promise<readonly string[]> => {
    const { stdout } = await bench.target.run('ps', ['-e', '-o', 'args=']);
    return stdout.split('\n').filter((line) => /^(setpriv .* )?ip -oneline monitor /.test(line));
  };
  // The timer alone would come too late.
  const watching = bench.desk.start(['watch', spec, '--host', there, '--json', '--no-probe', '--interval', '10m']);
  const count = (text: string): number => watching.lines.filter((line) => line.includes(text)).length;
  const more = async (text: string, act: () => Promise<unknown>): Promise<void> => {
    const before = count(text);
    await act();
    await until(`netctl says ${text} again`, () => Promise.resolve(count(text) > before), 60_000);
  };
  await watching.said('"result":"quiet"');
  expect(await monitors()).toHaveLength(1);
  const shim = '"state":"done","step":{"op":"link.add"';
  await more(shim, () => bench.target.run('ip', ['link', 'del', 'dev', 'lan-shim']));
  const web = '"state":"done","step":{"op":"network.create"';
  await more(web, () => bench.target.run('docker', ['network', 'rm', 'web']));

  // The connection goes, and with it all that was at its far end.
  const { stdout } = await bench.admin.run('ps', ['-e', '-o', 'pid=,args=']);
  const master =
    stdout
      .split('\n')
      .find((line) => line.includes('ControlMaster=yes'))
      ?.trim()
      .split(' ')[0] ?? '';
  await more('"result":"quiet"', async () => {
    await bench.admin.run('kill', ['-KILL', master]);
    await bench.target.run('docker', ['network', 'rm', 'web']);
  });
  await until('the network is there', async () => (await networkNames(bench.target)).includes('web'), 60_000);
  await more(shim, () => bench.target.run('ip', ['link', 'del', 'dev', 'lan-shim']));
  expect(await monitors()).toHaveLength(1);

  await watching.signal('SIGTERM');
  expect((await watching.ended).exitCode).toBe(0);
  await until('nothing is left there', async () => (await monitors()).length === 0);
  await destroyed();
});

test('init by ssh writes of the host there, here; also where its engine does not answer, and not where it is not there', async () => {
  const init = async (host: string) => bench.desk.netctl(['init', '--yes', '-o', '-', '--host', host]);
  const of = (text: string) => text.slice(text.indexOf('networks:'));
  const whole = await init(there);
  expect(whole.exitCode, whole.stderr).toBe(0);
  expect(whole.stdout).toMatch(/^# A first spec of \S+ \(Docker Engine /m);
  expect(of(whole.stdout)).toContain('parent: eth0');
  const path = await bench.desk.write('first.yaml', whole.stdout);
  expect((await netctl('plan', path, there)).exitCode).toBe(0);

  const silent = await init(`${there}/nowhere.sock`);
  expect(silent.exitCode, silent.stderr).toBe(0);
  expect(silent.stderr).toContain('not seen: the engine and its networks');
  expect(of(silent.stdout)).toBe(of(whole.stdout));
  expect((await init('ssh://root@192.168.1.99')).exitCode).toBe(69);
});

describe('an apply by ssh', () => {
  test('makes networks and links there, asks on the wire there, and is done', async () => {
    const applied = await netctl('apply', spec, there);
    expect(applied.exitCode, applied.stderr).toBe(0);
    // Through a namespace of the other host.
    expect(applied.stdout).toContain('asked on eth0: nobody has 192.168.1.223');
    expect(await networkNames(bench.target)).toEqual(expect.arrayContaining(['lan', 'web']));
    expect(await linksOf('target')).toMatch(/lan-shim@eth0 +\S+ +192\.168\.1\.223\/32/);
    expect((await netctl('apply', spec, there)).stdout).toContain('Nothing to do');
    await destroyed();
  });

  test.each(['ssh://node02', `${there}:22/run/docker.sock`])('reaches it by the address %s too', async (host) => {
    const planned = await netctl('plan', spec, host);
    expect(planned.stderr).toBe('');
    expect(planned.stdout).toContain('3 to make');
  });

  test('makes the links alone there, and asks no engine', async () => {
    const applied = await netctl('apply', spec, `${there}/nowhere.sock`, '--links-only');
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(await linksOf('target')).toMatch(/lan-shim@eth0 +\S+ +192\.168\.1\.223\/32/);
    expect(await networkNames(bench.target)).not.toContain('lan');
    await destroyed();
  });

  test('finds out that somebody there has an address', async () => {
    const taken = await bench.desk.write('taken.yaml', {
      name: 'far',
      networks: { lan: { ...lanNetwork, gateway: '192.168.1.1', shim: { address: '192.168.1.20' } } },
    });
    const applied = await netctl('apply', taken, there, '--json');
    expect(applied.exitCode).toBe(3);
    expect(applied.stdout).toContain('192.168.1.20');
  });

  test('goes through the docker CLI there where sshd forwards no sockets', async () => {
    await bench.sshd.start('AllowStreamLocalForwarding no', `SetEnv PATH=${bench.dockerFolder}:/usr/sbin:/usr/bin`);
    const applied = await netctl('apply', spec, there);
    expect(applied.exitCode, applied.stderr).toBe(0);
    await destroyed(`${there}/run/docker.sock`);
  });

  test('reaches the engine that the docker CLI there has', async () => {
    await using proxy = await proxyEngine(bench.target.socket);
    await bench.sshd.start(`SetEnv PATH=${bench.dockerFolder}:/usr/sbin:/usr/bin DOCKER_HOST=${proxy.dockerHost}`);
    expect((await netctl('plan', spec, there)).exitCode).toBe(0);
    expect(proxy.calls.map(({ path }) => path)).toContain('/networks');
  });

  test('is that of a host of the spec too, whatever the environment says; and nothing, where another one is away', async () => {
    const far = { docker: there };
    const networks = { lan: { ...lanNetwork, gateway: '192.168.1.1', shim: true } };
    const path = await bench.desk.write('hosts.yaml', { name: 'far', hosts: { far }, networks });
    const env = { DOCKER_HOST: 'tcp://192.0.2.1:2375', DOCKER_CONTEXT: 'nobody', DOCKER_TLS_VERIFY: '1' };
    const gone = { docker: 'unix:///run/nobody.sock' };
    const both = await bench.desk.write('both.yaml', { name: 'far', hosts: { far, gone }, networks: { web: {} } });
    const refused = await bench.desk.netctl(['apply', both], { env });
    expect(refused.exitCode, refused.stdout).toBe(69);
    expect(refused.stderr).toContain('Nothing was changed: gone cannot be looked at');
    expect(await networkNames(bench.target)).not.toContain('web');
    const applied = await bench.desk.netctl(['apply', path], { env });
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(await linksOf('target')).toMatch(/lan-shim@eth0 +\S+ +192\.168\.1\.223\/32/);
    expect((await bench.desk.netctl(['status', path], { env })).stdout).toContain('far on far:');
    const destroy = await bench.desk.netctl(['destroy', path, '--yes'], { env });
    expect(destroy.exitCode, destroy.stderr).toBe(0);
    expect(await linksOf('target')).not.toContain('lan-shim');
  });

  test('by a user who may use the engine and not change links is refused before the first write', async () => {
    await bench.target.run('chmod', ['666', bench.target.socket]);
    const applied = await netctl('apply', spec, `ssh://${plainUser}@${targetAddress}`, '--json');
    expect(applied.exitCode, applied.stdout).toBe(77);
    expect(applied.stdout).toContain('NO_NET_ADMIN');
    await bench.target.run('chmod', ['600', bench.target.socket]);
  });
});

describe('a host that cannot be reached', () => {
  const fails = async (host: string, expected: Expected, through: readonly string[] = []): Promise<void> =>
    expectFailure((more) => bench.desk.netctl(['plan', plain, '--host', host, ...more], { through }), expected);
  const unreachable = (cause: RegExp, cure: RegExp): Expected => ({
    exit: 69,
    code: 'ENGINE_UNREACHABLE',
    cause,
    cure,
  });

  /** As docs/hosts.md shows it. */
  const unknownKey = new RegExp(
    'its host key is not known here, and netctl takes none on trust \\(it said: No ED25519 host key is known for ' +
      '192\\.168\\.1\\.10 and you have requested strict checking\\.; Host key verification failed\\.\\)',
  );

  test('a key that is not the right one', async () => {
    const wrong = join(bench.sshd.folder, `wrong-${String(Date.now())}`);
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', wrong]);
    await configureSsh(bench.admin, { folder: bench.sshd.folder, userKey: wrong }, [bench.sshd.knownHost]);
    await fails(there, { exit: 77, code: 'PERMISSION', cause: /refused every key/, cure: /ssh-copy-id/ });
  });

  test('a host key that is not known is not taken on trust, also where the configuration would', async () => {
    await configureSsh(bench.admin, bench.sshd, [], 'Host *', 'StrictHostKeyChecking accept-new');
    await fails(
      there,
      unreachable(unknownKey, /Run ssh root@192\.168\.1\.10 once by hand, and compare the fingerprint/),
    );
  });

  test('a host key that has changed', async () => {
    const other = join(bench.sshd.folder, `other-${String(Date.now())}`);
    const { stdout } = await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]).then(() =>
      execa('cat', [`${other}.pub`]),
    );
    await configureSsh(bench.admin, bench.sshd, [`${targetAddress} ${stdout}`]);
    await fails(there, unreachable(/another host key than the one that is known/, /ssh-keygen -R/));
  });

  test('nobody listens', async () => {
    await fails(`${there}:2222`, unreachable(/nothing listens there for ssh/, /systemctl start ssh/));
  });

  test('a name that nobody has', async () => {
    await fails('ssh://nobody.invalid', unreachable(/no host of that name/, /misspelling/));
  });

  test('a server that takes connections and says nothing', async () => {
    const silent = execa(...splitCommand(bench.target.command('busybox', ['nc', '-l', '-p', '2222'])), {
      reject: false,
    });
    await until(
      'it listens',
      async () => (await bench.target.run('ss', ['-ltn'])).stdout.includes(':2222') || undefined,
    );
    const failed = await bench.desk.netctl(['plan', plain, '--host', `${there}:2222`, '--timeout', '2s', '--json']);
    silent.kill('SIGKILL');
    await silent;
    expect(failed.exitCode).toBe(69);
    expect(failed.stdout).toMatch(/did not answer in time|took longer than 2 s/);
  });

  test('no ssh on this machine', async () => {
    const folder = join(bench.desk.folder, 'no-ssh');
    await execa('mkdir', ['-p', folder]);
    await fails(there, unreachable(/'ssh' is not on this machine/, /openssh-client/), ['env', `PATH=${folder}`]);
  });

  test('a host that would be an option of ssh is no host', async () => {
    const mark = join(bench.desk.folder, 'mark');
    await fails(`ssh://-oProxyCommand=touch,${mark}`, {
      exit: 64,
      code: 'USAGE',
      cause: /neither a host name nor an address|take for something else/,
      cure: /ssh:\/\//,
    });
    expect(await readdir(bench.desk.folder)).not.toContain('mark');
  });

  test('no engine at the socket', async () => {
    await fails(
      `${there}/nowhere.sock`,
      unreachable(/there is no socket \/nowhere\.sock there/, /systemctl start docker/),
    );
  });

  test('an engine that does not run', async () => {
    const dead = join(bench.sshd.folder, 'dead.sock');
    await writeFile(dead, '');
    const few = join(bench.sshd.folder, 'few');
    await execa('mkdir', [few]);
    for (const name of ['cat', 'env', 'test']) await execa('ln', ['-s', '/bin/busybox', join(few, name)]);
    await bench.sshd.start(`SetEnv PATH=${few}`);
    await fails(
      `${there}${dead}`,
      unreachable(/no engine runs there, or sshd forwards no sockets/, /systemctl start docker/),
    );
    await bench.sshd.start(`SetEnv PATH=${bench.dockerFolder}:/usr/sbin:/usr/bin`);
    await fails(
      `${there}${dead}`,
      unreachable(
        /No answer to GET \/_ping .*dial-stdio\) \(it said: .*connection refused\)/,
        /systemctl start docker/,
      ),
    );
  });

  test('a user who may not use the socket', async () => {
    const host = `ssh://${plainUser}@${targetAddress}/run/docker.sock`;
    await fails(host, {
      exit: 77,
      code: 'PERMISSION',
      cause: /No permission to use the Docker socket/,
      cure: /group that owns/,
    });
  });
});

const splitCommand = ([program, ...args]: readonly [string, ...string[]]): [string, readonly string[]] => [
  program,
  args,
];

describe('a connection that is lost', () => {
  test.each([
    ['before the engine has it', false],
    ['after the engine has done it', true],
  ])('in the midst of a create, %s: the next apply goes on', async (_when, after) => {
    let cut = false;
    await using proxy = await proxyEngine(bench.target.socket, async ({ method, aside }, outgoing, forward) => {
      if (cut || aside || method !== 'POST') return false;
      cut = true;
      if (after) await forward();
      await bench.sshd.kill();
      outgoing.destroy();
      return true;
    });
    const lost = await netctl('apply', spec, `${there}${proxy.path}`, '--json');
    expect(lost.exitCode, lost.stdout).toBe(1);
    expect(lost.stdout).toMatch(/"code":"STEP_FAILED","message":"Could not make .*The ssh connection to .* was lost/);
    expect(await bench.left()).toEqual([]);
    await bench.reset();
    const again = await netctl('apply', spec, there);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stdout).toContain('nothing is left to do');
    await destroyed();
  });

  test('in the midst of a change of links: the next apply goes on', async () => {
    // Above it is the process of sshd that all programs and the engine share.
    const ip = join(bench.sshd.folder, 'ip');
    const real = (await bench.target.run('sh', ['-c', 'command -v ip'])).stdout.trim();
    const script = [
      '#!/bin/sh',
      `${real} "$@"`,
      'status=$?',
      'case "$*" in *"link add link"*) ;; *) exit $status ;; esac',
      'pid=$PPID',
      "until grep -q sshd /proc/$pid/comm; do pid=$(sed 's/.*) . \\([0-9]*\\).*/\\1/' /proc/$pid/stat); done",
      'kill -KILL $pid',
    ];
    await writeFile(ip, `${script.join('\n')}\n`);
    await chmod(ip, 0o755);
    await bench.sshd.start(`SetEnv PATH=${bench.sshd.folder}:/usr/sbin:/usr/bin`);
    const lost = await netctl('apply', spec, there, '--no-probe', '--json');
    expect(lost.exitCode, lost.stdout).toBe(1);
    expect(lost.stdout).toMatch(/"code":"STEP_FAILED","message":"Could not make .*was lost/);
    await bench.reset();
    const again = await netctl('apply', spec, there);
    expect(again.exitCode, again.stderr).toBe(0);
    await destroyed();
  });

  test('a netctl that is killed leaves no process, and what it leaves of sockets the next one removes', async () => {
    let held: (() => void) | undefined;
    await using proxy = await proxyEngine(bench.target.socket, async ({ method, aside }) => {
      if (aside || method !== 'POST' || held !== undefined) return false;
      await new Promise<void>((resolve) => (held = resolve));
      return false;
    });
    const running = bench.desk.start(['apply', spec, '--host', `${there}${proxy.path}`]);
    await until('the create is under way', () => Promise.resolve(held !== undefined || undefined));
    await running.signal('SIGKILL');
    await running.ended;
    held?.();
    await until('ssh is gone', async () => !(await bench.left()).some((line) => line.startsWith('ssh ')) || undefined);
    const again = await netctl('apply', spec, there);
    expect(again.exitCode, again.stderr).toBe(0);
    await destroyed();
  });
});
