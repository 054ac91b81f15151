import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Host, type Lan, startLan } from '@netctl/lab';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tryEngine } from './support/engine-client.js';
import { exampleSpecs } from './support/example-files.js';
import { snapshotOf } from './support/host-snapshot.js';
import { kernelLacks, lacking } from './support/kernel.js';
import {
  type Desk,
  documentOf,
  type FailureDocument,
  openDesk,
  type PlanDocument,
  repository,
} from './support/netctl.js';
import { startOnLan } from './support/on-lan.js';
import { until } from './support/until.js';

const examples = await exampleSpecs();
let lan: Lan;
/** One that is alone, and one that is the manager of a swarm of one. */
let plain: { readonly host: Host; readonly desk: Desk };
let swarm: typeof plain;

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const start = async (name: string, address: string) => {
    const host = await startOnLan(lan, name, address);
    return { host, desk: await openDesk(host) };
  };
  [plain, swarm] = await Promise.all([start('plain', '192.168.1.10'), start('manager', '192.168.1.11')]);
  await swarm.host.initSwarm('192.168.1.11');
  // The swarm makes networks of its own once it is there, and the link between them last.
  await until('the swarm has made its networks', async () => {
    const { status, text } = await tryEngine(swarm.host, 'GET', '/networks/docker_gwbridge');
    return status === 200 && text.includes('gateway_ingress-sbox');
  });
});

afterAll(async () => {
  for (const { desk, host } of [plain, swarm]) {
    await desk[Symbol.asyncDispose]();
    await host.close();
  }
  await lan.close();
});

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(10);
});

describe.each(examples)('$name', ({ path, overlay, kinds }) => {
  test('is planned, applied, found to be so, and destroyed without a trace', async (ctx) => {
    const { host, desk } = overlay ? swarm : plain;
    // What a failure leaves would fail the next example too.
    ctx.onTestFailed(async () => {
      await desk.netctl(['destroy', path, '--yes']);
    });
    const before = await snapshotOf(host);
    const lacks = await kernelLacks(kinds);

    if (lacks.length > 0) {
      for (const command of ['plan', 'apply']) {
        const refused = await desk.netctl([command, path, '--json']);
        expect(refused.exitCode, command).toBe(3);
        const { problems } =
          command === 'plan' ? documentOf<PlanDocument>(refused) : documentOf<FailureDocument>(refused).error;
        const errors = problems.filter(({ severity }) => severity === 'error');
        expect(errors.map(({ code }) => code)).toEqual(lacks.map(() => 'KERNEL_LACKS'));
        for (const kind of lacks) expect(errors.map(({ message }) => message).join('\n')).toContain(` ${kind} links`);
      }
      expect(await snapshotOf(host)).toEqual(before);
      expect(await desk.stateFiles()).toEqual([]);
      ctx.skip(lacking(lacks));
    }

    const planned = await desk.netctl(['plan', path, '--json', '--detailed-exitcode']);
    expect(planned.exitCode, planned.stdout + planned.stderr).toBe(2);
    const { steps } = documentOf<PlanDocument>(planned);
    expect(await snapshotOf(host)).toEqual(before);

    const applied = await desk.netctl(['apply', path]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(applied.stdout.match(/^done: /gm)).toHaveLength(steps.length);
    const there = await snapshotOf(host);
    expect(there.networks).toHaveLength(
      before.networks.length + steps.filter(({ op }) => op === 'network.create').length,
    );

    const second = await desk.netctl(['plan', path, '--json', '--detailed-exitcode']);
    expect(documentOf<PlanDocument>(second).steps).toEqual([]);
    expect(second.exitCode).toBe(0);

    const again = await desk.netctl(['apply', path]);
    expect(again.stdout).toMatch(/^Nothing to do: \S+ is as the spec says\.$/);
    expect(again.exitCode).toBe(0);
    expect(await snapshotOf(host)).toEqual(there);

    const destroyed = await desk.netctl(['destroy', path, '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(await snapshotOf(host)).toEqual(before);
    expect(await desk.stateFiles()).toEqual([]);
  });
});

test('provision.ts does the same as a program, and says what it did', async () => {
  const { host, desk } = plain;
  const before = await snapshotOf(host);
  const folder = await mkdtemp(join(tmpdir(), 'netctl-provision-'));
  try {
    const outfile = join(folder, 'provision.mjs');
    await build({
      entryPoints: [join(repository, 'examples/provision.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@netctl/source'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      // What dockerode brings along and never uses here has parts that are not JavaScript.
      external: ['ssh2', 'cpu-features'],
      logLevel: 'error',
    });
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
    await mkdir(join(folder, 'examples'));
    await copyFile(join(repository, 'examples/home-lan.yaml'), join(folder, 'examples/home-lan.yaml'));
    const provision = () => host.run('env', [`--chdir=${folder}`, process.execPath, outfile], { reject: false });

    const first = await provision();
    expect(first.stderr).toBe('');
    expect(first.exitCode).toBe(0);
    const said = first.stdout.split('\n');
    expect(said.filter((line) => line.startsWith('done: ')).sort()).toEqual([
      'done: make link lan-shim',
      'done: make network lan',
      'done: make network web',
    ]);
    expect(said.at(-1)).toBe('3 steps, and nothing is left to do');
    const second = await provision();
    expect(second.stdout).toBe('nothing to do\n0 steps, and nothing is left to do');
    const destroyed = await desk.netctl(['destroy', join(folder, 'examples/home-lan.yaml'), '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(await snapshotOf(host)).toEqual(before);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
