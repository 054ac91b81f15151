import { NetctlError } from '@netctl/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Ip } from '../../../packages/iproute2/src/ip.js';
import { ipRunner } from '../../../packages/iproute2/src/ip.js';
import { observeLinks } from '../../../packages/iproute2/src/observe.js';
import { removeLink } from '../../../packages/iproute2/src/remove.js';
import { runProgram } from '../../../packages/iproute2/src/run.js';

/** An `ip` that notes what it is asked and finds one link with the index 7. */
function recorder(): { readonly ip: Ip; readonly asked: string[]; readonly fine: (RegExp | undefined)[] } {
  const asked: string[] = [];
  const fine: (RegExp | undefined)[] = [];
  const ip: Ip = async (command) => {
    asked.push(command.args.join(' '));
    fine.push(command.fine);
    return Promise.resolve({ stdout: '[{"ifname":"shim0","ifindex":7}]', stderr: '' });
  };
  return { ip, asked, fine };
}

const processes = (): number => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

afterEach(() => vi.unstubAllEnvs());

test('looking at a host takes two processes', async () => {
  const { ip, asked } = recorder();
  await observeLinks(ip, undefined, undefined);
  // Group names are this machine's own (/etc/iproute2/group), hence -Numeric.
  expect(asked).toEqual(['-json -Numeric -details addr show', '-json route show table all']);
});

test('removing looks first, and minds neither a link that is gone before nor one that goes in between', async () => {
  const { ip, asked, fine } = recorder();
  await removeLink(ip, 'shim1', 8);
  expect(asked.splice(0)).toEqual(['-json -Numeric -details addr show']);
  await removeLink(ip, 'shim0', 7);
  expect(asked).toEqual(['-json -Numeric -details addr show', 'link del dev if7']);
  expect(fine.at(-1)?.test('RTNETLINK answers: No such device')).toBe(true);
  expect(fine.at(-1)?.test('RTNETLINK answers: Operation not permitted')).toBe(false);
});

describe('a program', () => {
  test('speaks English whatever the locale is', async () => {
    vi.stubEnv('LC_ALL', 'de_DE.UTF-8');
    const { stdout } = await runProgram(['sh', '-c', 'printf %s "$LC_ALL"'], { timeout: 5000 });
    expect(stdout).toBe('C');
  });

  test('gets its arguments as they are', async () => {
    const { stdout } = await runProgram(['printf', '<%s>', 'a b', '$HOME', '"', '; true'], { timeout: 5000 });
    expect(stdout).toBe('<a b><$HOME><"><; true>');
  });

  test('is not even started when the signal came before', async () => {
    // Processes of earlier tests may not be forgotten yet, so it is the number that must not grow.
    const before = processes();
    const run = runProgram(['sleep', '1'], { timeout: 5000, signal: AbortSignal.abort() });
    const after = processes();
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(after).toBe(before);
  });

  test('ends with the reason that the signal has, if it is one of netctl', async () => {
    const reason = new NetctlError('TERMINATED', 'Stopped by SIGTERM');
    const signal = AbortSignal.abort(reason);
    await expect(runProgram(['true'], { timeout: 5000, signal })).rejects.toBe(reason);
  });

  test('is out of the reach of Ctrl-C at a terminal, which goes to a process group', async () => {
    const { stdout } = await runProgram(['sh', '-c', 'ps -o pid=,pgid=,sid=,tty= -p $$'], { timeout: 5000 });
    const [pid, group, session, terminal] = stdout.trim().split(/\s+/);
    expect([group, session, terminal]).toEqual([pid, pid, '?']);
  });

  test('in place of ip runs behind what is before ip', async () => {
    const ip = ipRunner(['env', 'WHERE=there', 'ip'], 5000);
    const instead = { program: 'sh', input: 'echo "$WHERE $0"' };
    expect((await ip({ args: ['-s', 'x'], instead, does: 'look' })).stdout).toBe('there sh');
    const failing = ip({ args: ['-c', 'echo "no: Read-only file system" >&2; exit 1'], instead, does: 'look' });
    await expect(failing).rejects.toMatchObject({
      message: expect.stringContaining('(/proc/sys) are read-only') as string,
    });
    const missing = ip({ args: [], instead: { program: 'netctl-no-such', input: '' }, does: 'look' });
    await expect(missing).rejects.toMatchObject({
      code: 'LINK_FAILED',
      message: expect.stringContaining('netctl-no-such ended with 127') as string,
    });
  });

  test('that may not be run', async () => {
    const ip = ipRunner(['/etc/passwd'], 5000);
    await expect(ip({ args: [], does: 'look' })).rejects.toMatchObject({ code: 'LINK_FAILED' });
  });
});
