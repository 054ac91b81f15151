import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinkBackend, LinkProps } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const COUNT = 40;

let namespace: string;
let folder: string;
let backend: LinkBackend;

const ip = async (...args: string[]): Promise<string> => (await execa('ip', ['-netns', namespace, ...args])).stdout;

beforeEach(async () => {
  namespace = `netctl-ip-${randomBytes(4).toString('hex')}`;
  folder = await mkdtemp(join(tmpdir(), 'netctl-ip-'));
  await execa('ip', ['netns', 'add', namespace]);
  await ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'peer0');
  for (const link of ['eth0', 'peer0']) await ip('link', 'set', 'dev', link, 'up');
  // The real one, which writes down how often it was run.
  await writeFile(join(folder, 'ip'), `#!/bin/sh\necho "$@" >>'${join(folder, 'runs')}'\nexec ip "$@"\n`);
  await chmod(join(folder, 'ip'), 0o755);
  backend = iproute2({ command: ['nsenter', `--net=/run/netns/${namespace}`, join(folder, 'ip')] });
});

afterEach(async () => {
  await execa('ip', ['netns', 'del', namespace]);
  await rm(folder, { recursive: true });
});

const shim = (index: number): LinkProps => ({
  name: `s${index}`,
  kind: 'macvlan',
  parent: 'eth0',
  mode: 'bridge',
  addresses: [`10.9.${index}.1`, `fd00:9:${index}::1`],
  routes: [
    { destination: `10.9.${index}.128/25`, source: `10.9.${index}.1` },
    { destination: `fd00:9:${index}::100/120`, source: `fd00:9:${index}::1` },
  ],
});

const shims = Array.from({ length: COUNT }, (_, index) => shim(index + 1));

/** Why each of them failed; undefined for one that was made. */
const makeAll = async (): Promise<readonly unknown[]> => {
  const results = await Promise.allSettled(
    shims.map((props) => backend.add(props, `netctl:home/link:${props.name} "#'`)),
  );
  return results.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : undefined));
};

/** What there is of a link. */
async function stateOf({ name }: LinkProps): Promise<object> {
  const { links, routes } = await backend.observe();
  const link = links.find((one) => one.name === name);
  const addresses = link?.addresses.filter(({ scope }) => scope === 'global').map(({ address }) => address);
  const of = routes.filter((one) => one.link === name && one.table === 'main' && one.protocol !== 'kernel');
  return { alias: link?.alias, up: link?.up, addresses, routes: of.map(({ destination }) => destination).sort() };
}

const whole = (props: LinkProps): object => ({
  alias: `netctl:home/link:${props.name} "#'`,
  up: true,
  addresses: props.addresses,
  routes: props.routes.map(({ destination }) => destination).sort(),
});

test('links that are asked for together are made by few processes, each of them whole', async () => {
  expect(await makeAll()).toEqual(shims.map(() => undefined));
  const runs = (await readFile(join(folder, 'runs'), 'utf8')).trim().split('\n');
  // An alias that a line of a batch might take for something else is set by a process of its own.
  expect(runs.filter((run) => !run.includes(' alias ')).length).toBeLessThan(20);
  for (const props of shims) expect(await stateOf(props)).toEqual(whole(props));
  for (const { name } of shims) {
    const inside = [
      'nsenter',
      [`--net=/run/netns/${namespace}`, 'cat', `/proc/sys/net/ipv6/conf/${name}/accept_ra`],
    ] as const;
    expect((await execa(...inside)).stdout).toBe('0');
  }
});

test('one that cannot be made fails by itself, with its own reason', async () => {
  await ip('link', 'add', 's4', 'type', 'bridge');
  await ip('route', 'add', '10.9.8.128/25', 'dev', 'peer0');
  const failures = await makeAll();
  expect(failures[3]).toMatchObject({ code: 'LINK_FAILED', message: expect.stringContaining('File exists') as string });
  expect(failures[7]).toMatchObject({ message: expect.stringContaining('Cannot route 10.9.8.128/25 to s8') as string });
  for (const [index, props] of shims.entries()) {
    if (index === 3 || index === 7) continue;
    expect(failures[index]).toBeUndefined();
    expect(await stateOf(props)).toEqual(whole(props));
  }
});

test('links that are removed together are gone', async () => {
  await makeAll();
  const { links } = await backend.observe();
  await Promise.all(
    links.filter(({ kind }) => kind === 'macvlan').map(({ name, index }) => backend.remove(name, index)),
  );
  expect((await backend.observe()).links.map(({ name }) => name).sort()).toEqual(['eth0', 'lo', 'peer0']);
});
