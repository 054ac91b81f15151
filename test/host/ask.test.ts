import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinkBackend, Segment } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../integration/support/until.js';

/** A host at 192.168.1.10; the LAN itself is the other machine on the wire, and has .50 and fd00:1::50. */
let lan: Lan;
let host: Host;
let theirMac: string;
let folder: string;

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.50/24', 'fd00:1::50/64'] });
  host = await startHost({ interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.10/24'] }], engine: false });
  theirMac = await macOf(lan, 'lan0');
  const settled = async () => !(await host.run('ip', ['address', 'show', 'dev', 'eth0'])).stdout.includes('tentative');
  await until('eth0 has its link-local address', settled);
});
afterAll(async () => {
  await host.close();
  await lan.close();
});
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'netctl-ask-'))));
afterEach(async () => rm(folder, { recursive: true, force: true }));

const eth0 = (kind: Segment['kind']): Segment => ({ link: 'eth0', vlans: [], kind });
const backend = (): LinkBackend => iproute2({ command: host.command('ip') });

async function macOf(machine: Pick<Host, 'run'>, link: string): Promise<string> {
  const { stdout } = await machine.run('ip', ['-json', 'link', 'show', 'dev', link]);
  return (JSON.parse(stdout) as readonly { readonly address: string }[])[0]?.address ?? '';
}

async function pathOf(program: string): Promise<string> {
  return (await host.run('sh', ['-c', 'command -v "$1"', 'sh', program])).stdout.trim();
}

/** Links through programs of this machine, and no others. */
async function only(...programs: readonly string[]): Promise<LinkBackend> {
  for (const program of programs) await symlink(await pathOf(program), join(folder, program));
  return iproute2({ command: host.command('env', [`PATH=${folder}`, 'ip']) });
}

/** A program of the test's own, in a shell's words. */
async function script(name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(folder, name), 0o755);
}

const BY_LINK = ['ip', 'unshare', 'nsenter', 'cat', 'tee'];
const NO_ARPING = "the program 'arping' is not on this machine (package iputils-arping)";
const NO_NDISC6 = "the program 'ndisc6' is not on this machine (package ndisc6)";
const STRANGE = 'so a link with a MAC address of its own asked, whom a network that filters those does not answer';

/** What a host has that asking could leave behind, or another machine remember. */
async function traces(): Promise<readonly string[]> {
  const looks: readonly (readonly [Pick<Host, 'run'>, string, readonly string[]])[] = [
    [host, 'ip', ['-oneline', 'link', 'show']],
    [host, 'ip', ['-oneline', 'address', 'show']],
    [host, 'ip', ['neighbour', 'show', 'nud', 'all']],
    [host, 'ps', ['-e', '-o', 'args=']],
    [lan, 'ip', ['-4', 'neighbour', 'show']],
  ];
  const said: string[] = [];
  for (const [machine, program, args] of looks) said.push((await machine.run(program, args)).stdout);
  return said;
}

/** Prints an ARP packet or a packet of ICMPv6 a line, as the other machine sees it. */
const sniffer = `
use Socket;
$| = 1;
socket(my $s, 17, SOCK_RAW, 0) or die $!;
my ($link) = qx(ip -o link show dev lan0) =~ /^(\\d+)/;
bind($s, pack('S n l S C C a8', 17, 3, $link, 0, 0, 0, '')) or die $!;
print "ready\\n";
while (recv($s, my $b, 2000, 0)) {
  my $type = unpack('n', substr($b, 12, 2));
  my $from = join(':', unpack('(H2)6', substr($b, 6, 6)));
  if ($type == 0x0806) {
    printf "arp %d %s %s %s\\n", unpack('n', substr($b, 20, 2)), $from, inet_ntoa(substr($b, 28, 4)), inet_ntoa(substr($b, 38, 4));
  } elsif ($type == 0x86dd && unpack('C', substr($b, 20, 1)) == 58) {
    printf "icmp6 %d %s %s\\n", unpack('C', substr($b, 54, 1)), $from, Socket::inet_ntop(Socket::AF_INET6, substr($b, 22, 16));
  }
}`;

/** The lines of what came over the wire while something was done, but for what the LAN's own machine sent. */
async function heard(work: () => Promise<unknown>): Promise<readonly string[]> {
  const lines: string[] = [];
  const [program, ...args] = lan.command('perl', ['-e', sniffer]);
  const listening = execa(program, args, { reject: false, timeout: 60_000 });
  const read = (async () => {
    for await (const line of listening) lines.push(line);
  })();
  await until('the sniffer listens', () => Promise.resolve(lines.includes('ready')));
  await work();
  listening.kill('SIGKILL');
  await read.catch(() => undefined);
  return lines.filter((line) => line !== 'ready' && !line.includes(` ${theirMac} `));
}

describe('by a link in a namespace of its own', () => {
  test('asks as nobody, three times, with no word but the question, and leaves nothing', async () => {
    const before = await traces();
    const lines = await heard(async () => {
      const addresses = ['192.168.1.50', '192.168.1.51', 'fd00:1::50', 'fd00:1::51'];
      expect((await backend().ask(eth0('macvlan'), addresses)).taken.map(({ mac }) => mac)).toEqual([
        theirMac,
        theirMac,
      ]);
    });
    // The host itself says nothing but what IPv6 says by itself on every link.
    const own = await macOf(host, 'eth0');
    const words = lines.map((line) => line.split(' ')).filter(([kind, , from]) => kind === 'arp' || from !== own);
    expect(words.map(([, , from]) => from)).not.toContain(own);
    const arp = words.filter(([kind]) => kind === 'arp');
    // A request from 0.0.0.0 is a probe (RFC 5227): nobody's cache takes anything from it.
    expect(new Set(arp.map(([, op, , sender]) => `${op ?? ''} ${sender ?? ''}`))).toEqual(new Set(['1 0.0.0.0']));
    expect(arp.filter(([, , , , target]) => target === '192.168.1.51')).toHaveLength(3);
    // Neighbour solicitations; no router is called.
    const icmp6 = words.filter(([kind]) => kind === 'icmp6');
    expect(icmp6.filter(([, type]) => type !== '135')).toEqual([]);
    expect(icmp6.length).toBeGreaterThan(0);
    expect(await traces()).toEqual(before);
  });

  test('hears also who is on this very host, whom the parent itself does not reach', async () => {
    const ip = async (...args: readonly string[]) => host.run('ip', args);
    await ip('netns', 'add', 'guest');
    await ip('link', 'add', 'link', 'eth0', 'name', 'guest0', 'netns', 'guest', 'type', 'macvlan', 'mode', 'bridge');
    await ip('-netns', 'guest', 'address', 'add', '192.168.1.60/24', 'dev', 'guest0');
    await ip('-netns', 'guest', 'link', 'set', 'guest0', 'up');
    const { taken } = await backend().ask(eth0('macvlan'), ['192.168.1.60']);
    await ip('netns', 'delete', 'guest');
    expect(taken).toMatchObject([{ address: '192.168.1.60' }]);
  });

  test('64 addresses take as many runs of ip as one, each with all of them', async () => {
    const log = join(folder, 'log');
    const ip = await pathOf('ip');
    // What is asked goes by standard input; `tee` is another one's name here.
    await script('ip', `echo "$*" >>'${log}'\nexec '${ip}' "$@"`);
    const links = await only(...BY_LINK.filter((name) => name !== 'ip'));
    const counts: number[] = [];
    for (const count of [1, 64]) {
      await writeFile(log, '');
      const addresses = Array.from({ length: count }, (_, at) => `192.168.1.${100 + at}`);
      expect(await links.ask(eth0('macvlan'), addresses)).toEqual({ taken: [], unasked: [], notes: [] });
      counts.push((await readFile(log, 'utf8')).split('\n').filter((line) => line === '-batch -').length);
    }
    // The link is made, all is asked, the link is removed.
    expect(counts).toEqual([3, 3]);
  });

  test('where the parent has no carrier nobody is asked', async () => {
    const unasked = ['192.168.1.51'];
    const cable = async (state: 'up' | 'down') => {
      const { stdout } = await lan.run('ip', ['-json', 'link', 'show', 'master', 'lan0']);
      for (const { ifname } of JSON.parse(stdout) as readonly { ifname: string }[])
        await lan.run('ip', ['link', 'set', 'dev', ifname, state]);
    };
    await cable('down');
    const answers = await backend().ask(eth0('macvlan'), unasked);
    await cable('up');
    expect(answers).toEqual({ taken: [], unasked, notes: ['eth0 has no carrier'] });
  });
});

describe('by programs, through the parent itself', () => {
  const four = ['192.168.1.50', '192.168.1.51', 'fd00:1::50', 'fd00:1::51'];
  const sorted = (taken: readonly { readonly address: string; readonly mac: string }[]) =>
    taken.map(({ address, mac }) => `${address} ${mac}`).sort();
  const theirs = () => [`192.168.1.50 ${theirMac}`, `fd00:1::50 ${theirMac}`];

  test('for ipvlan, whose links speak with its MAC', async () => {
    const before = await traces();
    const lines = await heard(async () => {
      const { taken, ...rest } = await backend().ask(eth0('ipvlan'), four);
      expect(sorted(taken)).toEqual(theirs());
      expect(rest).toEqual({ unasked: [], notes: [] });
    });
    const mac = await macOf(host, 'eth0');
    const probes = lines.filter((line) => line.startsWith('arp '));
    expect(new Set(probes.map((line) => line.split(' ').slice(1, 4).join(' ')))).toEqual(new Set([`1 ${mac} 0.0.0.0`]));
    const [links, addresses, , processes] = await traces();
    expect([links, addresses, processes]).toEqual([before[0], before[1], before[3]]);
  });

  test('where a passthru link has the parent whole', async () => {
    await host.run('ip', [
      'link',
      'add',
      'link',
      'eth0',
      'name',
      'whole',
      'type',
      'macvlan',
      'mode',
      'passthru',
      'nopromisc',
    ]);
    const { taken, notes } = await backend().ask(eth0('macvlan'), ['192.168.1.51']);
    await host.run('ip', ['link', 'delete', 'whole']);
    expect(taken).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(/^Cannot ask the wire through a link in a namespace .*Invalid argument/),
    ]);
  });

  test('where no namespace can be had', async () => {
    const links = await only('ip', 'arping', 'ndisc6');
    const { taken, unasked, notes } = await links.ask(eth0('macvlan'), four);
    expect([sorted(taken), unasked]).toEqual([theirs(), []]);
    expect(notes).toEqual([expect.stringMatching(/^Cannot make a network namespace: .*unshare.*No such file/)]);
  });

  test('of which one is missing: the rest is asked by a link, and that is said', async () => {
    const links = await only(...BY_LINK, 'arping');
    const { taken, unasked, notes } = await links.ask(eth0('ipvlan'), four);
    expect([sorted(taken), unasked, notes]).toEqual([theirs(), [], [NO_NDISC6, STRANGE]]);
  });

  test('of which none is there, nor a way to ask by a link: nobody is asked, and all of it is said', async () => {
    const links = await only('ip');
    const { taken, unasked, notes } = await links.ask(eth0('ipvlan'), four);
    expect([taken, unasked]).toEqual([[], four]);
    expect(notes).toEqual([NO_ARPING, NO_NDISC6, expect.stringMatching(/^Cannot make a network namespace/)]);
  });

  test('of BusyBox', async () => {
    await symlink(await pathOf('busybox'), join(folder, 'arping'));
    const { taken, unasked } = await (await only('ip')).ask(eth0('ipvlan'), ['192.168.1.50', '192.168.1.51']);
    expect([sorted(taken), unasked]).toEqual([[`192.168.1.50 ${theirMac}`], []]);
  });

  test('of either make, all started by one process', async () => {
    const addresses = Array.from({ length: 64 }, (_, at) => `192.168.1.${String(at + 20)}`);
    const silent = addresses.filter((one) => one !== '192.168.1.50');
    for (const make of ['arping', 'busybox']) {
      const links = await only('ip', 'xargs');
      await symlink(await pathOf(make), join(folder, 'arping'));
      const { taken, unasked, notes } = await links.ask(eth0('ipvlan'), addresses);
      expect([sorted(taken), unasked, notes]).toEqual([[`192.168.1.50 ${theirMac}`], [], []]);
      expect(silent).toHaveLength(63);
      for (const name of ['ip', 'xargs', 'arping']) await rm(join(folder, name));
    }
  });

  test('that say nothing of an address in one of two probes: it was not asked', async () => {
    await script(
      'arping',
      [
        `[ "$1" != -V ] || { echo 'arping from iputils 20221126'; exit 0; }`,
        'for address; do :; done',
        `[ "$address" != 192.168.1.51 ] || mkdir ${join(folder, 'second')} 2>&- || { echo 'arping: no buffer space' >&2; exit 2; }`,
        `printf 'ARPING %s from 0.0.0.0 eth0\\nSent 1 probes (1 broadcast(s))\\nReceived 0 response(s)\\n' "$address"`,
      ].join('\n'),
    );
    const links = await only('ip', 'xargs', 'mkdir');
    const { taken, unasked, notes } = await links.ask(eth0('ipvlan'), ['192.168.1.51', '192.168.1.52']);
    expect([taken, unasked]).toEqual([[], ['192.168.1.51']]);
    expect(notes[0]).toBe('arping failed: arping: no buffer space');
  });

  test('of Thomas Habets, in its words', async () => {
    const said = (address: string, reply: string, received: number): string =>
      `${address}) echo 'ARPING ${address}'; echo '${reply}'; echo; echo '--- ${address} statistics ---'; ` +
      `echo '1 packets transmitted, ${received} packets received,   0% unanswered (0 extra)' ;;`;
    await script(
      'arping',
      [
        `[ "$1" != -V ] || { echo 'ARPing 2.23, by Thomas Habets <thomas@habets.se>'; exit 1; }`,
        `[ "$1 $2 $3" = '-0 -i eth0' ] || exit 2`,
        'for address; do :; done',
        'case $address in',
        said('192.168.1.50', '42 bytes from f2:f0:a8:77:f3:b6 (192.168.1.50): index=0 time=11.280 usec', 1),
        said('192.168.1.51', 'Timeout', 0),
        'esac',
      ].join('\n'),
    );
    const answers = await (await only('ip')).ask(eth0('ipvlan'), ['192.168.1.50', '192.168.1.51']);
    expect(answers).toEqual({
      taken: [{ address: '192.168.1.50', mac: 'f2:f0:a8:77:f3:b6' }],
      unasked: [],
      notes: [],
    });
  });

  test('that fail: what they say is said', async () => {
    await script(
      'arping',
      `[ "$1" != -V ] || { echo 'arping from iputils 20221126'; exit 0; }\necho 'arping: socket: Operation not permitted' >&2\nexit 2`,
    );
    const { unasked, notes } = await (await only('ip')).ask(eth0('ipvlan'), ['192.168.1.51']);
    expect(unasked).toEqual(['192.168.1.51']);
    expect(notes[0]).toBe('arping failed: arping: socket: Operation not permitted');
  });
});
