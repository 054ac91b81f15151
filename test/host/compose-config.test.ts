import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { findCompose, loadSpec, NetctlError } from '@netctl/core';
import type { LoadedSpec } from '@netctl/core';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseSpec } from '../../packages/core/src/spec/load.js';
import { composeProgram } from '../integration/support/replace/compose.js';
import { FOUND } from './compose/finding.js';
import { PROJECTS } from './compose/projects.js';
import type { Project } from './compose/projects.js';
import { REFUSED } from './compose/refused.js';

/* What netctl reads in a Compose project beside what the real program reads in it (`docker compose config`). */

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'netctl-projects-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let written = 0;

/** Writes the files into a folder of their own, called `project`. */
async function write({ files, from = '.' }: Project): Promise<{ readonly folder: string; readonly cwd: string }> {
  written += 1;
  const folder = join(root, String(written), 'project');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return { folder, cwd: join(folder, from) };
}

async function loaded({ named, env = {} }: Project, cwd: string): Promise<LoadedSpec> {
  if (named !== undefined)
    return loadSpec(
      named.map((file) => join(cwd, file)),
      { env },
    );
  const found = await findCompose(cwd, { env });
  return loadSpec(
    (found?.files ?? []).map((file) => join(cwd, file)),
    { env: found?.env ?? {} },
  );
}

async function composed({ named = [], env = {} }: Project, cwd: string) {
  const args = [...named.flatMap((file) => ['-f', file]), 'config'];
  const base = { PATH: process.env['PATH'] ?? '', HOME: root };
  return execa(composeProgram ?? '', args, {
    cwd,
    env: { ...base, ...env },
    extendEnv: false,
    reject: false,
    timeout: 30_000,
  });
}

interface ComposeModel {
  readonly name: string;
  readonly networks?: Readonly<Record<string, { external?: boolean; name?: string; 'x-netctl'?: object | null }>>;
  readonly services?: Readonly<
    Record<string, { networks?: Readonly<Record<string, { ipv4_address?: string } | null>> }>
  >;
}

/** The same in the words of a spec: what Compose has merged and interpolated, as a spec of its own. */
function inSpec({ name, networks = {}, services = {} }: ComposeModel) {
  const own = Object.entries(networks).filter(([, one]) => one.external === true && 'x-netctl' in one);
  const plain = {
    name,
    networks: Object.fromEntries(own.map(([key, one]) => [key, { ...one['x-netctl'], name: one.name }])),
  };
  const { spec } = parseSpec({
    bytes: JSON.stringify(plain).replaceAll(/"\$\$(\w+)":/g, '"$$$1":'),
    file: 'config.json',
    env: {},
  });
  const keys = own.map(([key]) => key);
  const addresses = Object.entries(services).flatMap(([key, service]) =>
    Object.entries(service.networks ?? {}).flatMap(([network, place]) =>
      keys.includes(network) ? [[key, network, place?.ipv4_address]] : [],
    ),
  );
  return { name: spec.name, networks: spec.networks, addresses: addresses.sort() };
}

/** The same of what netctl has read; Compose writes out the name of each network. */
function ofNetctl({ spec }: LoadedSpec) {
  const networks = Object.entries(spec.networks).map(([key, network]) => [
    key,
    { ...network, name: network.name ?? key },
  ]);
  const addresses = Object.entries(spec.services ?? {}).flatMap(([key, service]) =>
    Object.entries(service.networks).map(([network, place]) => [key, network, place.ipv4_address]),
  );
  return { name: spec.name, networks: Object.fromEntries(networks) as unknown, addresses: addresses.sort() };
}

describe.skipIf(composeProgram === undefined)('as Compose reads it', () => {
  test.each(Object.entries({ ...PROJECTS, ...FOUND }))('%s', async (_name, project) => {
    const { cwd } = await write(project);
    const real = await composed(project, cwd);
    expect(real.exitCode, real.stderr).toBe(0);
    expect(ofNetctl(await loaded(project, cwd))).toEqual(inSpec(parse(real.stdout) as ComposeModel));
  });
});

describe.skipIf(composeProgram === undefined)('refused, as Compose refuses it', () => {
  test.each(Object.entries(REFUSED))('%s', async (_name, [project, ...expected]) => {
    const { cwd, folder } = await write(project);
    const real = await composed(project, cwd);
    expect(real.exitCode, real.stdout).not.toBe(0);
    const failed = await loaded(project, cwd).then(
      () => undefined,
      (error: unknown) => (error instanceof NetctlError ? error : undefined),
    );
    expect(
      failed?.problems
        .filter(({ severity }) => severity === 'error')
        .map(
          ({ code, path, file = failed.file ?? '', line, column }) =>
            `${code} ${path} ${relative(folder, file)}:${String(line)}:${String(column)}`,
        ),
    ).toEqual(expected);
  });
});
