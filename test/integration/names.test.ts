import type { Problem } from '@netctl/core';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askEngine, engineVersion, isAtLeast, tryEngine } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { type Desk, openDesk } from './support/netctl.js';
import { ownLan } from './support/own-lan.js';
import { about, problemsWith, refusedUntouched } from './support/refusal.js';

/* Names that a kernel or an engine refuses, and those that they take and nobody should have. */

const BRIDGE_NAME = 'com.docker.network.bridge.name';
const PREFIX = 'com.docker.network.container_iface_prefix';
const IMAGE = 'netctl/sleep';

let host: Host;
let desk: Desk;
let version: string;

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  desk = await openDesk(host);
  version = await engineVersion(host);
  await host.importImage(IMAGE, { programs: ['/bin/sleep'] });
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

describe('the name of a link', () => {
  test.each(['lo', 'eth0', 'docker0'])('%s, which the host has, is not taken over by anything', async (taken) => {
    const shim = await refusedUntouched(host, desk, {
      name: 's',
      networks: { a: ownLan(4, { parent: 'eth0', shim: { name: taken } }) },
    });
    // That it is its own parent the spec alone shows.
    expect(shim).toMatchObject([{ code: taken === 'eth0' ? 'DUPLICATE_LINK' : 'LINK_TAKEN' }]);
    const bridge = await refusedUntouched(host, desk, {
      name: 'b',
      networks: { a: { driver_opts: { [BRIDGE_NAME]: taken } } },
    });
    expect(bridge).toMatchObject([{ code: 'BRIDGE_EXISTS' }]);
    // What an engine makes of it: 20.10 takes docker0 away from Docker's own network.
    const body = { Name: 'trap', CheckDuplicate: true, Options: { [BRIDGE_NAME]: taken } };
    const { status, text } = await tryEngine(host, 'POST', '/networks/create', body);
    expect(status === 201, text).toBe(taken === 'docker0' && !isAtLeast(version, '25.0'));
    if (status !== 201) return;
    await askEngine(host, 'DELETE', '/networks/trap');
    await host.restartEngine();
  });
});

describe('the beginning of the names of links in containers', () => {
  test.each([
    ['abcdefghijklmno', false],
    ['a/b', false],
    ['a b', false],
    // Taken, and a trouble to everybody who reads it.
    ['a%d', true],
    ['-x', true],
    ['a@b', true],
    // The longest that is left alone.
    ['abcdefghijklmn', true],
  ])('%s shows only when a container starts', async (prefix, starts) => {
    const fine = prefix === 'abcdefghijklmn';
    const spec = { name: 'prefix', networks: { trap: { driver_opts: { [PREFIX]: prefix } } } };
    const problems = await problemsWith(desk, spec);
    if (fine) expect(problems).toEqual([]);
    else {
      expect(problems).toMatchObject([
        {
          code: 'INVALID_OPTION',
          message: expect.stringContaining("the beginning of a link's name, at most 14 bytes") as string,
        },
      ]);
    }

    await askEngine(host, 'POST', '/networks/create', { Name: 'trap', Options: { [PREFIX]: prefix } });
    const { Id } = await askEngine<{ Id: string }>(host, 'POST', '/containers/create', {
      Image: IMAGE,
      Cmd: ['/bin/sleep', 'infinity'],
      HostConfig: { NetworkMode: 'trap', Init: false },
    });
    const { status, text } = await tryEngine(host, 'POST', `/containers/${Id}/start`);
    expect(status, text).toBe(starts ? 204 : 500);
    await askEngine(host, 'DELETE', `/containers/${Id}?force=1`);
    await askEngine(host, 'DELETE', '/networks/trap');
  });
});

interface NetworkName {
  readonly name: string;
  readonly code: string;
  /** What the engine says, where it does not take it. */
  readonly refused?: RegExp;
}

const predefined = /operation is not permitted on predefined/;
const networkNames: readonly NetworkName[] = [
  ...['a b', 'a/b', 'a?b', 'a#b', 'a%20b', 'a:b', 'a@b', '..', '.a', '-a', '_a', 'küche', '"a"', 'container:x'].map(
    (name) => ({ name, code: 'INVALID_NAME' }),
  ),
  { name: 'x'.repeat(64), code: 'NAME_TOO_LONG' },
  { name: ' ', code: 'INVALID_NAME', refused: /invalid name/ },
  ...['bridge', 'host', 'none', 'default'].map((name) => ({ name, code: 'RESERVED_NAME', refused: predefined })),
  ...['null', 'ingress', 'docker_gwbridge', 'netctl-journal', 'netctl-defaults-x', 'netctl-adopted-x'].map((name) => ({
    name,
    code: 'RESERVED_NAME',
  })),
  ...['0123456789ab', 'ABCDEF012345', 'a'.repeat(25)].map((name) => ({ name, code: 'NAME_LIKE_ID' })),
];

describe('the name of a network', () => {
  let asKeys: readonly Problem[];
  let asNames: readonly Problem[];
  let asVariables: readonly Problem[];
  beforeAll(async () => {
    const keys = Object.fromEntries(networkNames.map(({ name }) => [name, null]));
    asKeys = await problemsWith(desk, { name: 'names', networks: keys });
    const names = Object.fromEntries(networkNames.map(({ name }, index) => [`n${String(index)}`, { name }]));
    asNames = await problemsWith(desk, { name: 'names', networks: names });
    const variables = networkNames.map(({ name }, index) => `NAME_${String(index)}='${name}'`).join('\n');
    await desk.write('.env', `${variables}\n`);
    const filled = networkNames.map((_name, index) => [`n${String(index)}`, { name: `\${NAME_${String(index)}}` }]);
    asVariables = await problemsWith(desk, { name: 'names', networks: Object.fromEntries(filled) as object });
    await desk.write('.env', '');
  });

  test.each(networkNames.map((row, index) => ({ ...row, index })))(
    '$name is refused as key, as name and out of a variable',
    async ({ name, code, refused, index }) => {
      const { status, text } = await tryEngine(host, 'POST', '/networks/create', { Name: name, CheckDuplicate: true });
      expect(status === 201, text).toBe(refused === undefined);
      if (refused === undefined)
        await askEngine(host, 'DELETE', `/networks/${(JSON.parse(text) as { Id: string }).Id}`);
      else expect(text).toMatch(refused);

      const message = expect.stringContaining(JSON.stringify(name.slice(0, 40)).slice(0, -1)) as string;
      const key = asKeys.filter(
        ({ path }) => path === `networks.${name}` || path === `networks[${JSON.stringify(name)}]`,
      );
      expect(key).toMatchObject([{ code, severity: 'error', message }]);
      for (const problems of [asNames, asVariables]) {
        expect(about(`n${String(index)}`, problems)).toMatchObject([
          { code, severity: 'error', path: `networks.n${String(index)}.name`, message },
        ]);
      }
    },
  );

  test('that is the short id of another hides that one', async () => {
    const { Id } = await askEngine<{ Id: string }>(host, 'POST', '/networks/create', { Name: 'victim' });
    const short = Id.slice(0, 12);
    await askEngine(host, 'POST', '/networks/create', { Name: short });
    expect(await askEngine(host, 'GET', `/networks/${short}`)).toMatchObject({ Name: short });
    await askEngine(host, 'DELETE', `/networks/${short}`);
    expect(await askEngine(host, 'GET', `/networks/${short}`)).toMatchObject({ Name: 'victim' });
    await askEngine(host, 'DELETE', `/networks/${Id}`);
  });

  test.each(['.', '..', 'a//b', '-a'])('%s, an engine takes, and then nobody can remove by it', async (name) => {
    const { Id } = await askEngine<{ Id: string }>(host, 'POST', '/networks/create', { Name: name });
    const removed = await host.run('docker', ['network', 'rm', name], { reject: false });
    expect(removed.exitCode).not.toBe(0);
    await askEngine(host, 'DELETE', `/networks/${Id}`);
    expect(await problemsWith(desk, { name: 'names', networks: { [name]: null } })).toMatchObject([
      { code: 'INVALID_NAME' },
    ]);
  });

  test('as long, as dotted and as mixed as it may be is that of a network', async () => {
    const names = ['x'.repeat(63), 'a.b-c_d', 'A', '0', '0123456789a', 'Web', 'web', 'deadbeefcafeg'];
    const path = await desk.write('names.yaml', {
      name: 'names',
      networks: Object.fromEntries(names.map((name) => [name, null])),
    });
    const applied = await desk.netctl(['apply', path]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    for (const name of names) expect(await askEngine(host, 'GET', `/networks/${name}`)).toMatchObject({ Name: name });
    expect((await desk.netctl(['plan', path, '--detailed-exitcode'])).exitCode).toBe(0);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });
});
