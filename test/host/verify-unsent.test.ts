import { randomBytes } from 'node:crypto';
import { pingKey } from '@netctl/core';
import { prober } from '@netctl/iproute2';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

/* What a kernel does with an echo request by an interface by which it has no route, as on an internal network. */

const name = `netctl-unsent-${randomBytes(4).toString('hex')}`;

beforeAll(async () => {
  await execa('ip', ['netns', 'add', name]);
  const ip = async (...argv: readonly string[]): Promise<unknown> => execa('ip', ['-netns', name, ...argv]);
  await ip('link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'b0');
  await ip('addr', 'add', '10.7.0.2/24', 'dev', 'a0');
  await ip('addr', 'add', 'fd07::2/64', 'dev', 'a0', 'nodad');
  for (const link of ['a0', 'b0']) await ip('link', 'set', link, 'up');
});

afterAll(async () => {
  await execa('ip', ['netns', 'del', name], { reject: false });
});

test('by IPv4 it asks on the link itself, and by IPv6 it says that nothing is sent', async () => {
  const at = prober({ prefix: ['ip', 'netns', 'exec', name] });
  const said = async (address: string): Promise<readonly string[]> => {
    const ping = { address, payload: 58, by: 'a0', seconds: 1 };
    const answers = await at.ping({}, [ping]);
    expect(answers.unasked).toBe(undefined);
    expect(answers.answered.get(pingKey(ping))).toBe(undefined);
    return answers.said.filter((line) => line.includes('Network is unreachable'));
  };
  expect(await said('192.0.2.1')).toEqual([]);
  expect(await said('2001:db8::1')).toHaveLength(1);
});
