import type { LinkBackend } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { describe, expect, test, vi } from 'vitest';

const readHere = vi.hoisted(() => [] as string[]);
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const noted =
    <A extends readonly unknown[], R>(run: (...args: A) => R) =>
    (...args: A): R => {
      readHere.push(String(args[0]));
      return run(...args);
    };
  return { ...real, readFile: noted(real.readFile), access: noted(real.access) };
});

interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
}

/** Another host that answers a program as told; it notes what was run there and how much at once. */
function farHost(answer: (argv: readonly string[]) => Answer, lost?: NetctlError) {
  const ran: (readonly string[])[] = [];
  const links: LinkBackend = iproute2({
    ssh: {
      where: 'ssh://far',
      command: (argv) => {
        ran.push(argv);
        const { stdout = '', stderr = '', exit = 0 } = answer(argv);
        const script = 'printf %s "$1"; printf %s "$2" >&2; exit "$3"';
        return ['sh', '-c', script, 'sh', stdout, stderr, String(exit)];
      },
      lost: () => Promise.resolve(lost),
    },
  });
  return { ran, links };
}

const wlan0 = { ifname: 'wlan0', ifindex: 3, link_type: 'ether', flags: ['UP', 'LOWER_UP'], mtu: 1500 };
const eth0 = { ...wlan0, ifname: 'eth0', ifindex: 2 };
const dmi = '/sys/class/dmi/id';

const whole = (argv: readonly string[]): Answer => {
  const [program, ...args] = argv;
  if (program === 'ip') return { stdout: args.includes('addr') ? JSON.stringify([eth0, wlan0]) : '[]' };
  if (program === 'grep' && args.includes('/proc/self/status')) {
    return { stdout: '/proc/self/status:Name:\tgrep\n/proc/self/status:CapEff:\t0000000000000000\n' };
  }
  if (program === 'grep') return { stdout: `${dmi}/sys_vendor:A: B\n${dmi}/product_name:\n`, exit: 2 };
  if (program === 'ls') return { stdout: '/sys/class/net/wlan0/phy80211\n', stderr: 'ls: no', exit: 2 };
  return { exit: 127 };
};

describe('links of another host', () => {
  test('all that is known of them comes from there, and no file of this machine is read', async () => {
    readHere.length = 0;
    const { links, ran } = farHost(whole);
    const facts = await links.observe();
    expect(facts.links.map(({ name, wireless }) => [name, wireless])).toEqual([
      ['eth0', false],
      ['wlan0', true],
    ]);
    expect(facts.machine).toEqual({ systemVendor: 'A: B' });
    expect(facts.mayChange).toBe(false);
    expect(readHere).toEqual([]);
    expect(ran.map(([program]) => program).sort()).toEqual(['grep', 'grep', 'ip', 'ip', 'ls', 'printenv']);
  });

  test('kinds are tried and addresses asked for there', async () => {
    const { links, ran } = farHost((argv) => (argv[0] === 'unshare' ? { exit: 0 } : whole(argv)));
    expect(await links.probe(['macvlan'])).toEqual({ macvlan: 'yes' });
    expect(ran).toEqual([['unshare', '--net', '--', 'ip', '-batch', '-']]);
    const asked = await links.ask({ link: 'wlan0', vlans: [], kind: 'macvlan' }, ['192.0.2.1']);
    expect(asked.unasked).toEqual(['192.0.2.1']);
    expect(asked.notes[0]).toBe("the program 'arping' is not on ssh://far (package iputils-arping)");
  });

  test('a missing program is missing there', async () => {
    const { links } = farHost(() => ({ exit: 127 }));
    await expect(links.observe()).rejects.toMatchObject({
      code: 'IPROUTE2_MISSING',
      message: "The program 'ip' (iproute2) is not on ssh://far",
    });
  });

  test('255 is a lost connection where it is lost, and else what ip ended with', async () => {
    const lost = new NetctlError('ENGINE_UNREACHABLE', 'lost');
    await expect(farHost(() => ({ exit: 255 }), lost).links.observe()).rejects.toBe(lost);
    await expect(farHost(() => ({ exit: 255, stderr: 'Error: x' })).links.observe()).rejects.toMatchObject({
      code: 'LINK_FAILED',
      message: expect.stringContaining('255') as string,
    });
  });

  test('no more than four programs run there at once: sshd has few sessions', async () => {
    let [now, most] = [0, 0];
    const links = iproute2({
      ssh: {
        where: 'ssh://far',
        command: (argv) => {
          now += 1;
          most = Math.max(most, now);
          // Whoever comes later finds those that have not ended.
          setTimeout(() => (now -= 1), 40);
          return ['sh', '-c', 'sleep 0.05; test "$1" = arping && echo iputils', 'sh', argv[0] ?? ''];
        },
        lost: () => Promise.resolve(undefined),
      },
    });
    await links.probe(['macvlan', 'ipvlan', 'vlan', 'vxlan', 'dummy']);
    expect(most).toBe(4);
  });
});
