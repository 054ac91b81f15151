import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { prober } from '@netctl/iproute2';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

/* What a host hears of packets that come in, with real ones: ESP by its number alone, and UDP of one length. */

const [here, there] = ['a', 'b'].map((end) => `netctl-wire-${end}-${randomBytes(4).toString('hex')}`) as [
  string,
  string,
];
const within = (namespace: string, ...argv: readonly string[]): Promise<unknown> =>
  execa('ip', ['netns', 'exec', namespace, ...argv]);

beforeAll(async () => {
  for (const name of [here, there]) await execa('ip', ['netns', 'add', name]);
  await execa('ip', ['link', 'add', 'a0', 'netns', here, 'type', 'veth', 'peer', 'name', 'b0', 'netns', there]);
  for (const [namespace, link, address] of [
    [here, 'a0', '10.0.0.1/24'],
    [there, 'b0', '10.0.0.2/24'],
    [there, 'b0', '10.0.0.3/24'],
  ] as const) {
    await execa('ip', ['-netns', namespace, 'addr', 'add', address, 'dev', link]);
    await execa('ip', ['-netns', namespace, 'link', 'set', link, 'up']);
  }
});

afterAll(async () => {
  for (const name of [here, there]) await execa('ip', ['netns', 'del', name], { reject: false });
});

/** Sends packets from an address: of ESP by a raw socket (protocol 50), of UDP with so many bytes. */
const SEND = `use Socket;
my ($from, $count, $bytes) = @ARGV;
my $esp = $bytes eq 'esp';
socket(my $s, PF_INET, $esp ? SOCK_RAW : SOCK_DGRAM, $esp ? 50 : 0) or die "socket: $!";
bind($s, sockaddr_in(0, inet_aton($from))) or die "bind: $!";
send($s, 'x' x ($esp ? 100 : $bytes), 0, sockaddr_in(4789, inet_aton('10.0.0.1'))) or die "send: $!" for 1 .. $count;`;

const send = (from: string, count: number, bytes: number | 'esp'): Promise<unknown> =>
  within(there, 'perl', '-e', SEND, '--', from, String(count), String(bytes));

test('ESP and packets of that length are counted, of those that send and not of others', async () => {
  const at = prober({ prefix: ['ip', 'netns', 'exec', here] });
  await using listening = await at.listen({ sources: ['fd00::2', '10.0.0.2'], clearLength: 978 });
  await send('10.0.0.2', 3, 'esp');
  await send('10.0.0.3', 4, 'esp');
  await send('10.0.0.2', 5, 950);
  await send('10.0.0.2', 6, 949);
  await send('10.0.0.3', 7, 950);
  expect(await listening.count()).toEqual({ esp: 3, clear: 5 });
});

/** Sends without an end, until it is closed. */
async function flood(from: string, bytes: number | 'esp'): Promise<AsyncDisposable> {
  const child = execa(
    'ip',
    ['netns', 'exec', there, 'perl', '-e', `$| = 1; ${SEND}`, '--', from, '1e9', String(bytes)],
    {
      reject: false,
    },
  );
  await sleep(300);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child;
    },
  };
}

test('what came before the filter was there is not counted', async () => {
  await using _flood = await flood('10.0.0.2', 20);
  const at = prober({ prefix: ['ip', 'netns', 'exec', here] });
  for (let tries = 0; tries < 20; tries += 1) {
    await using listening = await at.listen({ sources: ['10.0.0.2'], clearLength: 978 });
    expect(await listening.count()).toEqual({ esp: 0, clear: 0 });
  }
});

test('the count is told also while ESP comes without an end', async () => {
  await using _one = await flood('10.0.0.2', 'esp');
  // A debugger that waits at each line makes it slower than what comes, so that packets wait whenever it looks.
  const slowly = [
    'env',
    'PERL5OPT=-d',
    'PERL5DB=BEGIN { $DB::single = 1 } sub DB::DB { select undef, undef, undef, 2e-5 }',
  ];
  const at = prober({ prefix: [...slowly, 'ip', 'netns', 'exec', here] });
  await using listening = await at.listen({ sources: ['10.0.0.2'], clearLength: 978 });
  await sleep(300);
  const began = performance.now();
  expect(await listening.count()).toEqual({ esp: expect.any(Number) as number, clear: 0 });
  expect(performance.now() - began).toBeLessThan(10_000);
}, 30_000);

test('it ends by itself where its standard input stays open', async () => {
  const open = ['sh', '-c', 'sleep 6 | "$@"', 'sh', 'ip', 'netns', 'exec', here];
  const at = prober({ prefix: open, timeout: 1000 });
  await using listening = await at.listen({ sources: ['10.0.0.2'], clearLength: 978 });
  expect(await listening.count()).toEqual({ why: 'it took too long on this machine' });
  await vi.waitFor(async () => {
    expect((await execa('ip', ['netns', 'pids', here])).stdout).toBe('');
  }, 3000);
});

test('a word that comes in pieces is heard', async () => {
  // Whatever it is asked to run, it runs, and prints what that prints byte by byte.
  const slowly = [
    'sh',
    '-c',
    '"$@" | perl -e \'$| = 1; while (sysread STDIN, $_, 1) { print; select undef, undef, undef, .02 }\'',
    'sh',
  ];
  const at = prober({ prefix: [...slowly, 'ip', 'netns', 'exec', here] });
  await using listening = await at.listen({ sources: ['10.0.0.2'], clearLength: 978 });
  expect(await listening.count()).toEqual({ esp: 0, clear: 0 });
});

test('where it cannot listen it says why', async () => {
  const why = async (prefix: readonly string[], sources = ['10.0.0.2']): Promise<unknown> => {
    await using listening = await prober({ prefix }).listen({ sources, clearLength: 978 });
    return await listening.count();
  };
  expect(await why(['env', 'PATH=/nowhere'])).toEqual({ why: 'there is no Perl on this machine' });
  expect(await why(['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw', '--'])).toEqual({
    why: 'Perl could not on this machine: socket: Operation not permitted',
  });
  expect(await why([], ['fd00::2'])).toEqual({
    why: 'only IPv4 is heard, and the other host has no address of it',
  });
});

test('nobody listens on when it is called off', async () => {
  const called = new AbortController();
  const at = prober({ prefix: ['ip', 'netns', 'exec', here] });
  await using listening = await at.listen({ sources: ['10.0.0.2'], clearLength: 978 }, called.signal);
  const pids = async (): Promise<string> => (await execa('ip', ['netns', 'pids', here])).stdout;
  expect(await pids()).not.toBe('');
  called.abort();
  expect(await listening.count()).toEqual({ why: 'Perl could not on this machine' });
  expect(await pids()).toBe('');
});
