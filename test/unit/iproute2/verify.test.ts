import dns from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAnswer, toQuery } from '../../../packages/iproute2/src/verify/dns.js';
import { readEspStates } from '../../../packages/iproute2/src/verify/esp.js';
import { lacking } from '../../../packages/iproute2/src/verify/means.js';
import { toNeighbours } from '../../../packages/iproute2/src/verify/neighbours.js';
import { pingLine, readAnswers, whyUnasked } from '../../../packages/iproute2/src/verify/ping.js';

test('whose answer a line of ping is, among those of others', () => {
  const stdout = [
    'PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.',
    '64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.251 ms',
    '1480 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.251 ms',
    'PING fd00::2(fd00::2) 56 data bytes',
    '64 bytes from fd00::2: icmp_seq=3 ttl=64 time=0.2 ms',
    '64 bytes from fe80::1%eth0: icmp_seq=1 ttl=64 time=0.2 ms',
    '64 bytes from 10.0.0.2: icmp_seq=2 ttl=64 time=0.3 ms (DUP!)',
    // BusyBox.
    '64 bytes from 10.0.0.9: seq=0 ttl=64 time=0.1 ms',
    'From 10.0.0.1 icmp_seq=1 Destination Host Unreachable',
    '64 bytes from',
    '--- 10.0.0.3 ping statistics ---',
  ].join('\n');
  const { answered, said } = readAnswers(stdout, 'ping: local error: message too long, mtu=1400\n\n');
  expect([...answered]).toEqual([
    ['56 10.0.0.2', 1],
    ['1472 10.0.0.2', 1],
    ['56 fd00::2', 1],
    ['56 fe80::1', 1],
    ['56 10.0.0.9', 1],
  ]);
  expect(said).toEqual([
    'From 10.0.0.1 icmp_seq=1 Destination Host Unreachable',
    'ping: local error: message too long, mtu=1400',
  ]);
  expect(pingLine({ address: '10.0.0.2', payload: 1472, whole: true, by: 'eth1', seconds: 3 })).toBe(
    '-c 1 -w 3 -i 0.2 -s 1472 -M do -I eth1 10.0.0.2',
  );
});

test('silence is told from what was never sent', () => {
  const ended = { stdout: '', stderr: '', exit: 0, endedBy: undefined, timedOut: false, missing: false } as const;
  const why = (more: object) => whyUnasked({ ...ended, startError: undefined, ...more });
  expect(why({})).toBeUndefined();
  // Where a ping had no answer.
  expect(why({ exit: 123 })).toBeUndefined();
  expect(why({ exit: 1, stderr: 'nsenter: cannot open /proc/7/ns/net: No such file or directory\n' })).toBe(
    'nothing could be sent: nsenter: cannot open /proc/7/ns/net: No such file or directory',
  );
  expect(why({ exit: undefined, missing: true })).toBe('nothing could be sent');
  expect(why({ exit: undefined, endedBy: 'SIGTERM', timedOut: true })).toBe('it took too long to send');
});

test('capabilities are told by name, and a process without a word has them', () => {
  expect(lacking('Name:\tcat\nCapEff:\t000001ffffffffff\n')).toEqual([]);
  expect(lacking('CapEff:\t00000000a80425fb\n')).toEqual(['CAP_NET_ADMIN', 'CAP_SYS_ADMIN']);
  expect(lacking('')).toEqual([]);
});

test('ESP states with what they carried; others are none', () => {
  const state = (source: string, destination: string, proto: string, packets: number): string =>
    `src ${source} dst ${destination}\n\tproto ${proto} spi 0x1 reqid 13 mode transport\n\taead rfc4106(gcm(aes)) 0x0 64\n\tlifetime current:\n\t  840(bytes), ${packets}(packets)\n`;
  const text =
    state('10.0.0.1', '10.0.0.2', 'esp', 10) +
    state('10.0.0.2', '10.0.0.1', 'esp', 0) +
    state('10.0.0.1', '10.0.0.2', 'ah', 4);
  expect(readEspStates(text)).toEqual([
    { source: '10.0.0.1', destination: '10.0.0.2', packets: 10 },
    { source: '10.0.0.2', destination: '10.0.0.1', packets: 0 },
  ]);
  expect(readEspStates('')).toEqual([]);
  expect(readEspStates('Cannot open netlink socket')).toEqual([]);
});

test('neighbours are those that have answered', () => {
  const items = [
    { dst: '192.168.1.7', dev: 'eth0', lladdr: '52:54:00:00:00:07', state: ['STALE'] },
    { dst: '192.168.1.8', dev: 'eth0', state: ['FAILED'] },
    { dst: '192.168.1.9', dev: 'eth0', lladdr: '52:54:00:00:00:09', state: ['FAILED'] },
    'nothing',
  ];
  expect(toNeighbours(items)).toEqual([{ address: '192.168.1.7', link: 'eth0' }]);
});

test('names: a question and its answer, among others, and whatever else comes back', () => {
  const question = { name: 'db', family: 4 } as const;
  const query = dns.decode(Buffer.from(toQuery(dns, question, 4), 'hex'));
  expect(query).toMatchObject({ id: 5, questions: [{ name: 'db', type: 'A' }] });
  const reply = (id: number, more: object): string => dns.encode({ type: 'response', id, ...more }).toString('hex');
  const two = [
    { type: 'A', name: 'db', data: '10.5.0.2' } as const,
    { type: 'A', name: 'db', data: '10.5.0.3' } as const,
  ];
  const replies = [reply(1, { answers: [] }), reply(5, { answers: two })];
  expect(toAnswer(dns, replies, question, 4)).toEqual({ addresses: ['10.5.0.2', '10.5.0.3'] });
  expect(toAnswer(dns, replies, question, 0)).toEqual({ error: 'no address' });
  expect(toAnswer(dns, [reply(5, { flags: 3 })], question, 4)).toEqual({ error: 'NXDOMAIN' });
  expect(toAnswer(dns, replies, question, 9)).toEqual({ error: 'no answer' });
  expect(toAnswer(dns, ['0005zz'], question, 4)).toHaveProperty('error');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const text = `0005${Buffer.from(bytes).toString('hex')}`;
      expect(Object.keys(toAnswer(dns, [text], question, 4))).toHaveLength(1);
    }),
  );
});
