import { describe, expect, test } from 'vitest';
import { explainIp } from '../../../packages/iproute2/src/explain.js';

const textsOf = (text: string): readonly string[] =>
  explainIp(text).map(({ code, cause = '', cure }) => [code, cause, ...cure].join(' | '));

describe('an error of ip with its command', () => {
  test.each([
    [
      'ip link add link eth0 name eth0.30 type vlan id 30',
      'RTNETLINK answers: Operation not supported',
      'module 8021q',
    ],
    [
      '# ip link add link eth0 name shim0 type macvlan mode bridge',
      'RTNETLINK answers: Device or resource busy',
      'eth0 is taken',
    ],
    ['$ sudo ip link add link eth0 name shim0 type macvlan', 'RTNETLINK answers: File exists', 'a link shim0 already'],
    ['ip link set dev shim0 mtu 9000', 'RTNETLINK answers: Invalid argument', 'MTU 9000 is probably above'],
    ['ip -6 addr add fd00::1/64 dev eth0', 'RTNETLINK answers: Permission denied', 'IPv6 is switched off on eth0'],
    ['ip link set dev shim0 up', 'RTNETLINK answers: Network is down', 'is down'],
    ['ip link add br0 type bridge', 'RTNETLINK answers: Operation not permitted', 'may not change the links'],
  ])('%s: %s', (command, said, cause) => {
    const [only, ...more] = textsOf(`${command}\n${said}\n`);
    expect(more).toEqual([]);
    expect(only).toContain('IP_REFUSED');
    expect(only).toContain(cause);
  });
});

describe('an error of ip without its command', () => {
  test('has every cause that the usual commands have', () => {
    const texts = textsOf('RTNETLINK answers: File exists');
    expect(texts).toHaveLength(3);
    expect(texts.join('\n')).toMatch(/a link LINK already[^]*link of another name[^]*a route to the same destination/);
  });

  test.each([
    ['Cannot find device "eth9"', 'no link eth9'],
    ['Device "shim0" does not exist.', 'no link shim0'],
    ['Error: 8021q: VLAN device already exists.', 'has a link of another name'],
    ['Error: Invalid prefix for given prefix length.', 'bits set beyond'],
    ['BusyBox v1.35.0 (Debian) multi-call binary.', "BusyBox's"],
    ['Option "-json" is unknown, try "ip -help".', 'older than 5.3'],
    ['sh: ip: not found', 'not on this machine'],
  ])('%s', (text, cause) => {
    expect(textsOf(text).join('\n')).toContain(cause);
  });

  test.each(['Error: No such container: x', 'Error response from daemon: network x not found', 'hello'])(
    '%s is none',
    (text) => {
      expect(explainIp(text)).toEqual([]);
    },
  );
});
