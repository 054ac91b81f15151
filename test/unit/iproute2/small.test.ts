import { describe, expect, test } from 'vitest';
import { hasNetAdmin } from '../../../packages/iproute2/src/capability.js';
import { replyItems } from '../../../packages/iproute2/src/json.js';
import { observeLinks } from '../../../packages/iproute2/src/observe.js';
import { toAnswer, toEspAnswer } from '../../../packages/iproute2/src/probe.js';

test.each([
  ['Name:\tnode\nCapEff:\t000001ffffffffff\n', true],
  ['CapPrm:\t000001ffffffffff\nCapEff:\t0000000000001000\n', true],
  ['CapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffefff\nCapBnd:\t000001ffffffffff\n', false],
  ['CapEff:\t0000000000000000\n', false],
  // No /proc: the kernel will say.
  ['', true],
])('CAP_NET_ADMIN in %j is %s', (status, expected) => {
  expect(hasNetAdmin(status)).toBe(expected);
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
