import { describe, expect, test } from 'vitest';
import { replyItems } from '../../../packages/iproute2/src/json.js';
import { observeLinks } from '../../../packages/iproute2/src/observe.js';
import { privilegeIn } from '../../../packages/iproute2/src/privilege.js';
import { NO_WAY } from '../../../packages/iproute2/src/safety/paths.js';
import { toAnswer, toEspAnswer } from '../../../packages/iproute2/src/probe.js';

const [root, user] = ['Uid:\t0\t0\t0\t0\n', 'Uid:\t1000\t1000\t1000\t1000\n'];
const all = 'CapEff:\t000001ffffffffff\nCapAmb:\t0000000000000000\n';

test.each([
  [`Name:\tnode\n${root}${all}`, 'root'],
  [`${root}CapPrm:\t000001ffffffffff\nCapEff:\t0000000000001000\n`, 'root'],
  [`${root}CapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffefff\nCapBnd:\t000001ffffffffff\n`, 'none'],
  // Root by setuid, and not by birth.
  [`Uid:\t1000\t0\t0\t0\n${all}`, 'root'],
  // What `setcap` gives a program is not handed on to `ip`.
  [`${user}${all}`, 'none'],
  [`${user}CapEff:\t0000000000001000\nCapAmb:\t0000000000001000\n`, 'capabilities'],
  ['CapEff:\t0000000000000000\n', 'none'],
  // No /proc: the kernel will say.
  ['', 'unknown'],
])('the privilege in %j is %s', (status, expected) => {
  expect(privilegeIn(status)).toBe(expected);
});

test.each([
  [0, '', 'yes'],
  [1, 'Error: Unknown device type.\nCommand failed -:2\n', 'no'],
  [1, 'RTNETLINK answers: Operation not supported\nCommand failed -:2\n', 'no'],
  [1, 'RTNETLINK answers: Invalid argument\nCommand failed -:2\n', 'unknown'],
  // The veth pair could not be made, so the kind was not tried.
  [1, 'Error: Unknown device type.\nCommand failed -:1\n', 'unknown'],
  [1, 'unshare: unshare failed: Operation not permitted\n', 'unknown'],
  [undefined, '', 'unknown'],
])('probe that ended with %s and %j means %s', (exit, stderr, expected) => {
  expect(toAnswer(exit, stderr)).toBe(expected);
});

test.each([
  [0, '', 'yes'],
  [2, 'Error: Requested AEAD algorithm not found.\n', 'no'],
  [2, 'Error: Requested type not found.\n', 'no'],
  [2, 'RTNETLINK answers: Function not implemented\n', 'no'],
  [2, 'RTNETLINK answers: Protocol not supported\n', 'no'],
  [1, 'Cannot open netlink socket: Protocol not supported\n', 'no'],
  [2, 'RTNETLINK answers: Operation not permitted\n', 'unknown'],
  [127, 'unshare: failed to execute ip: No such file or directory\n', 'unknown'],
  [1, 'unshare: unshare failed: Operation not permitted\n', 'unknown'],
  [undefined, '', 'unknown'],
])('a look for ESP that ended with %s and %j means %s', (exit, stderr, expected) => {
  expect(toEspAnswer(exit, stderr)).toBe(expected);
});

test.each([
  ['RTNETLINK answers: Network is unreachable\n', true],
  ['RTNETLINK answers: No route to host\n', true],
  ['RTNETLINK answers: Permission denied\n', true],
  ['RTNETLINK answers: No such device\n', true],
  // musl's words for ENETUNREACH and EHOSTUNREACH.
  ['RTNETLINK answers: Network unreachable\n', true],
  ['RTNETLINK answers: Host is unreachable\n', true],
  ['Cannot find device "eth7"\n', true],
  ['RTNETLINK answers: Operation not permitted\n', false],
  ['RTNETLINK answers: No buffer space available\n', false],
  ['ssh: connect to host b port 22: Network is unreachable\n', false],
  ['sudo: a password is required\n', false],
  ['', false],
])('that there is no way is said by %j: %s', (stderr, expected) => {
  expect(NO_WAY.test(stderr)).toBe(expected);
});

describe('a reply', () => {
  test.each(['', '\n', '[]', '[ ]\n'])('%j is an empty list', (reply) => {
    expect(replyItems(reply, 'look')).toEqual([]);
  });

  test.each(['hello', '{"a":1}', '[{"ifname":', 'null'])('%j is none, and the error shows it', (reply) => {
    expect(() => replyItems(reply, 'look')).toThrow(
      `Cannot look: ip did not answer with a list in JSON but ${JSON.stringify(reply)}`,
    );
  });
});

describe('an answer during which links changed', () => {
  const torn = 'Dump was interrupted and may be inconsistent.\n';

  test('is read again', async () => {
    let calls = 0;
    const observed = await observeLinks(
      async ({ args }) => {
        if (args.includes('route')) return Promise.resolve({ stdout: '[]', stderr: '' });
        calls++;
        const ifname = `x${calls}`;
        return Promise.resolve({ stdout: JSON.stringify([{ ifname, ifindex: 1 }]), stderr: calls < 3 ? torn : '' });
      },
      undefined,
      undefined,
    );
    expect(observed.links.map((link) => link.name)).toEqual(['x3']);
  });

  test('is taken at last where links never stop changing', async () => {
    let calls = 0;
    const ip = async (): Promise<{ stdout: string; stderr: string }> => {
      calls++;
      return Promise.resolve({ stdout: '[]', stderr: torn });
    };
    expect(await observeLinks(ip, undefined, undefined)).toEqual({ links: [], routes: [] });
    expect(calls).toBe(10);
  });
});
