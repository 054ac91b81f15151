import type { Problem } from '@netctl/core';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { covers } from '../support/table/covers.js';
import {
  askEngine,
  engineVersion,
  isAtLeast,
  makeForeignNetwork,
  removeForeignNetwork,
  tryEngine,
} from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { kernelMakes, lacking } from './support/kernel.js';
import { type Desk, openDesk } from './support/netctl.js';
import { ownLan } from './support/own-lan.js';
import { about, problemsWith, refusedUntouched } from './support/refusal.js';

/* What engines make of the parent of a macvlan or ipvlan network, and who else may be on it. */

const IMAGE = 'netctl/sleep';

let host: Host;
let desk: Desk;
let version: string;
const since = (wanted: string): boolean => isAtLeast(version, wanted);

beforeAll(async () => {
  host = await startHost({
    interfaces: [{ name: 'eth0', addresses: ['192.168.1.10/24'] }, { name: 'eth1' }, { name: 'eth2' }],
    engine: testEngine(),
  });
  desk = await openDesk(host);
  version = await engineVersion(host);
  await host.importImage(IMAGE, { programs: ['/bin/sleep'] });
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

interface Asked {
  readonly status: number;
  readonly text: string;
}

async function asked(driver: string, parent: string | undefined, more: object = {}): Promise<Asked> {
  const options = { ...(parent === undefined ? {} : { parent }), ...more };
  return tryEngine(host, 'POST', '/networks/create', {
    Name: 'trap',
    CheckDuplicate: true,
    Driver: driver,
    Options: options,
  });
}

const removed = async (): Promise<void> => askEngine(host, 'DELETE', '/networks/trap');

interface Parent {
  readonly parent: string;
  /** What every engine says, after it was asked. */
  readonly engine: RegExp;
  readonly code: string;
  readonly says: RegExp;
}

const missing = (name: string): Pick<Parent, 'code' | 'says'> => ({
  code: 'PARENT_MISSING',
  says: new RegExp(`the host has no link named ${name}$`),
});

const parents: readonly Parent[] = [
  { parent: 'nosuch0', engine: /invalid subinterface vlan name nosuch0/, ...missing('nosuch0') },
  { parent: 'nosuch1.10', engine: /parent interface .*was not found on the host: nosuch1/, ...missing('nosuch1') },
  { parent: 'eth0.0', engine: /vlan id must be between 1-4094, received: 0/, ...missing('eth0.0') },
  { parent: 'eth0.4095', engine: /vlan id must be between 1-4094, received: 4095/, ...missing('eth0.4095') },
  { parent: 'eth0.x', engine: /unable to parse a valid vlan id from: x/, ...missing('eth0.x') },
  { parent: 'eth0.10.20', engine: /required interface name format is: name\.vlan_id/, ...missing('eth0.10') },
];

describe('a parent that is none', () => {
  let problems: readonly Problem[];
  beforeAll(async () => {
    const networks = Object.fromEntries(
      parents.map(({ parent }, index) => [
        `n${String(index)}`,
        ownLan(100 + index, { driver: 'macvlan', parent: parent }),
      ]),
    );
    problems = await problemsWith(desk, { name: 'parents', networks });
  });

  test.each(parents.map((row, index) => ({ ...row, index })))(
    '$parent',
    async ({ parent, engine, code, says, index }) => {
      for (const driver of ['macvlan', 'ipvlan']) {
        const { status, text } = await asked(driver, parent);
        expect(status).toBe(500);
        expect(text).toMatch(engine);
      }
      const mine = about(`n${String(index)}`, problems).filter((one) => one.code === code);
      expect(mine).toMatchObject([{ code, message: expect.stringMatching(says) as string }]);
    },
  );

  test('the loopback link', async () => {
    for (const driver of ['macvlan', 'ipvlan']) {
      expect((await asked(driver, 'lo')).text).toContain(`loopback interface is not a valid ${driver} parent link`);
    }
    const problems = await refusedUntouched(host, desk, {
      name: 'lo',
      networks: { lo: ownLan(110, { driver: 'macvlan', parent: 'lo' }) },
    });
    expect(problems).toMatchObject([{ code: 'PARENT_LOOPBACK', path: 'networks.lo.parent' }]);
  });

  test('none at all: an engine makes a dummy link for one, and a network without a way out', async () => {
    const dummies = await kernelMakes('dummy');
    for (const parent of [undefined, '']) {
      const { status, text } = await asked('macvlan', parent);
      expect(status, text).toBe(dummies ? 201 : 500);
      if (dummies) await removed();
      else expect(text).toContain('operation not supported');
    }
    const without = { driver: 'macvlan', subnet: '10.111.0.0/24' };
    expect(await refusedUntouched(host, desk, { name: 'no', networks: { no: without } })).toMatchObject([
      { code: 'PARENT_REQUIRED', path: 'networks.no' },
    ]);
    // Without a way out is what `internal` asks for.
    const spec = { name: 'inside', networks: { inside: { ...without, internal: true } } };
    if (!dummies) {
      expect(await refusedUntouched(host, desk, spec)).toMatchObject([
        { code: 'KERNEL_LACKS', message: expect.stringContaining('no dummy links (module dummy)') as string },
      ]);
      return;
    }
    const path = await desk.write('inside.yaml', spec);
    const applied = await desk.netctl(['apply', path]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect((await desk.netctl(['plan', path, '--detailed-exitcode'])).exitCode).toBe(0);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });

  test('a VLAN link that the kernel cannot make', async (ctx) => {
    if (await kernelMakes('vlan')) ctx.skip('this kernel has 802.1Q links; test/kernel covers who owns them');
    expect((await asked('macvlan', 'eth0.30')).text).toContain(
      'failed to create eth0.30 vlan link: operation not supported',
    );
    const spec = { name: 'vlan', networks: { vlan: ownLan(112, { driver: 'macvlan', parent: 'eth0.30' }) } };
    expect(await refusedUntouched(host, desk, spec)).toMatchObject([
      { code: 'KERNEL_LACKS', message: expect.stringContaining('no vlan links (module 8021q)') as string },
    ]);
  });
});

/** Starts a container on a network, as only that shows what the kernel thinks of it; gives the engine's answer. */
async function started(network: string): Promise<Asked> {
  const body = { Image: IMAGE, Cmd: ['/bin/sleep', 'infinity'], HostConfig: { NetworkMode: network } };
  const { Id } = await askEngine<{ Id: string }>(host, 'POST', '/containers/create', body);
  const answer = await tryEngine(host, 'POST', `/containers/${Id}/start`);
  await askEngine(host, 'DELETE', `/containers/${Id}?force=1`);
  return answer;
}

describe('a parent that has a network already', () => {
  let other: string;

  async function occupied(driver: string, options: object = {}): Promise<void> {
    other = await makeForeignNetwork(host, 'other', { Driver: driver, Options: { parent: 'eth1', ...options } });
  }
  const freed = async (): Promise<void> => removeForeignNetwork(host, other);

  const shared = (driver: string): RegExp =>
    new RegExp(
      `^eth1 is already the parent of network other, and engine ${version} allows one ${driver} network on a parent$`,
    );

  test('macvlan beside macvlan: refused up to 26, and from 27 on possible', async (ctx) => {
    await occupied('macvlan');
    const { status, text } = await asked('macvlan', 'eth1');
    expect(status, text).toBe(since('27.0') ? 201 : 500);
    if (status === 201) await removed();
    else expect(text).toMatch(/network dm-[0-9a-f]{12} is already using parent interface eth1/);

    const spec = { name: 'second', networks: { second: ownLan(120, { driver: 'macvlan', parent: 'eth1' }) } };
    if (since('27.0')) {
      const path = await desk.write('second.yaml', spec);
      const applied = await desk.netctl(['apply', path]);
      expect(applied.exitCode, applied.stderr).toBe(0);
      expect((await desk.netctl(['plan', path, '--detailed-exitcode'])).exitCode).toBe(0);
      expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
      covers(ctx, version, 'macvlan', 'shared');
    } else {
      const [problem, ...more] = await refusedUntouched(host, desk, spec);
      expect(more).toEqual([]);
      expect(problem).toMatchObject({
        code: 'PARENT_SHARED',
        message: expect.stringMatching(shared('macvlan')) as string,
      });
      covers(ctx, version, 'macvlan', 'shared', { refused: problem?.message ?? '' });
    }
    await freed();
  });

  test.each([
    ['passthru beside bridge', {}, 'passthru'],
    ['bridge beside passthru', { macvlan_mode: 'passthru' }, 'bridge'],
  ])('macvlan in mode %s: refused by all', async (_modes, theirs, mine) => {
    await occupied('macvlan', theirs);
    const { status, text } = await asked('macvlan', 'eth1', { macvlan_mode: mine });
    expect(status, text).toBe(500);
    expect(text).toMatch(since('27.0') ? /passthru/ : /already using parent interface eth1/);
    const spec = {
      name: 'second',
      networks: { second: { ...ownLan(121, { driver: 'macvlan', parent: 'eth1' }), mode: mine } },
    };
    expect(await refusedUntouched(host, desk, spec)).toMatchObject([
      { code: 'PARENT_SHARED', message: expect.stringMatching(shared('macvlan')) as string },
    ]);
    await freed();
  });

  test('ipvlan beside ipvlan: refused by all', async () => {
    await occupied('ipvlan');
    const { status, text } = await asked('ipvlan', 'eth1');
    expect(status, text).toBe(500);
    expect(text).toMatch(/network di-[0-9a-f]{12} is already using parent interface eth1/);
    const spec = { name: 'second', networks: { second: ownLan(122, { driver: 'ipvlan', parent: 'eth1' }) } };
    const problems = await refusedUntouched(host, desk, spec);
    const problem = problems.find(({ code }) => code === 'PARENT_SHARED');
    expect(problem?.message).toMatch(shared('ipvlan'));
    await freed();
  });

  test.each([
    ['ipvlan', 'macvlan'],
    ['macvlan', 'ipvlan'],
  ] as const)('%s beside %s: taken by all, and refused by netctl', async (driver, theirs) => {
    await occupied(theirs);
    const { status, text } = await asked(driver, 'eth1');
    expect(status, text).toBe(201);
    await removed();
    const problems = await refusedUntouched(host, desk, {
      name: 'mixed',
      networks: { mixed: ownLan(123, { driver: driver, parent: 'eth1' }) },
    });
    const problem = problems.find(({ code }) => code === 'PARENT_MIXED');
    expect(problem).toMatchObject({
      path: 'networks.mixed.parent',
      message: `eth1 carries the ${theirs} network other, and the kernel allows one of the two kinds on a link`,
    });
    await freed();
  });

  test('ipvlan beside macvlan: no container starts', async (ctx) => {
    if (!(await kernelMakes('ipvlan'))) ctx.skip(lacking(['ipvlan']));
    await occupied('macvlan');
    const workload = await host.startWorkload({ image: IMAGE, command: ['/bin/sleep', 'infinity'], network: 'other' });
    expect((await asked('ipvlan', 'eth1')).status).toBe(201);
    const { status, text } = await started('trap');
    expect(status).toBe(500);
    expect(text).toMatch(/device or resource busy/);
    await removed();
    await workload.remove();
    await freed();
  });
});

test('a parent that is a port of a bridge: taken by all, no container starts, and refused by netctl', async () => {
  await host.run('ip', ['link', 'add', 'br-lan', 'type', 'bridge']);
  await host.run('ip', ['link', 'set', 'eth2', 'master', 'br-lan']);
  expect((await asked('macvlan', 'eth2')).status).toBe(201);
  const { status, text } = await started('trap');
  expect(status).toBe(500);
  expect(text).toMatch(/failed to create the macvlan port: device or resource busy/);
  await removed();
  const spec = { name: 'port', networks: { port: ownLan(130, { driver: 'macvlan', parent: 'eth2' }) } };
  expect(await refusedUntouched(host, desk, spec)).toMatchObject([
    { code: 'PARENT_ENSLAVED', hint: 'Use br-lan itself as the parent.' },
  ]);
  await host.run('ip', ['link', 'delete', 'br-lan']);
});
