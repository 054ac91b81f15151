import { copyFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, type Lan, startLan } from '@netctl/lab';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentOf, type PlanDocument, repository } from '../integration/support/netctl.js';
import { startOnLan } from '../integration/support/on-lan.js';
import { ALLOWED_LICENCES } from '../support/licences.js';
import { filesIn, type Installed, packAll, type Packed } from './support/packed.js';

interface Bill {
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly licenses: readonly { readonly license: { readonly id: string } }[];
    readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  }[];
}

let packed: Packed;

beforeAll(async () => {
  packed = await packAll();
});

afterAll(async () => {
  await packed[Symbol.asyncDispose]();
});

/** What npm wrote down of what it installed, by its place. */
async function installedPackages({ folder }: Installed) {
  const text = await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8');
  return Object.entries((JSON.parse(text) as { packages: Record<string, { hasInstallScript?: true }> }).packages);
}

async function billIn(file: string): Promise<Bill> {
  return JSON.parse(await readFile(file, 'utf8')) as Bill;
}

describe('netctl, installed from its tarball in an empty folder without a network', () => {
  let lan: Lan;
  let host: Host;

  beforeAll(async () => {
    lan = await startLan({ addresses: ['192.168.1.1/24'] });
    host = await startOnLan(lan, 'box', '192.168.1.10');
  });

  afterAll(async () => {
    await host.close();
    await lan.close();
  });

  test.each([{ ignoreScripts: false }, { ignoreScripts: true }])('works by npx: %o', async (options) => {
    const installed = await packed.installed([packed.tarball('cli')], options);
    const { folder, env } = installed;
    expect(await installedPackages(installed)).toEqual([
      ['node_modules/netctl', expect.not.objectContaining({ hasInstallScript: true })],
    ]);
    await copyFile(join(repository, 'examples/home-lan.yaml'), join(folder, 'netctl.yaml'));

    const { version } = JSON.parse(await readFile(join(repository, 'packages/cli/package.json'), 'utf8')) as {
      version: string;
    };
    const npx = (...args: readonly string[]) =>
      host.run('env', [`--chdir=${folder}`, 'npx', 'netctl', ...args], { env, timeout: 60_000 });
    expect((await npx('--version')).stdout).toBe(version);
    expect((await npx('validate')).stdout).toBe('netctl.yaml is valid: stack home, 2 networks, 0 VLAN links');
    const planned = documentOf<PlanDocument>(await npx('plan', '--json'));
    expect(planned.steps.map(({ op, ref }) => `${op} ${ref}`)).toEqual([
      'link.add link:lan-shim',
      'network.create network:web',
      'network.create network:lan',
    ]);
  });

  test('installed for all users it has its program and its man page where they are looked for', async () => {
    const { folder, env } = await packed.installed([]);
    const args = ['install', '--global', '--offline', '--no-audit', '--no-fund', '--prefix', folder];
    await execa('npm', [...args, packed.tarball('cli')], { env, extendEnv: false, timeout: 60_000 });
    expect((await execa(join(folder, 'bin/netctl'), ['--version'], { env, timeout: 60_000 })).exitCode).toBe(0);
    expect(await readFile(join(folder, 'share/man/man1/netctl.1'), 'utf8')).toContain('.TH');
  });

  test('has the bundle and what goes with it, and nothing else', async (ctx) => {
    const { folder } = await packed.installed([packed.tarball('cli')]);
    const files = await filesIn(join(folder, 'node_modules/netctl'));
    const expected =
      /^(LICENSE|README\.md|package\.json|completion\/netctl\.\w+|man\/netctl\.1|schema\/netctl\.schema\.json|dist\/bundle\/(netctl\.js|start-\w+\.cjs|graphviz\.cjs|package\.json|THIRD-PARTY-LICENSES\.txt|sbom\.cdx\.json))$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'dist/bundle/netctl.js', 'dist/bundle/sbom.cdx.json']));
    const { size } = await stat(packed.tarball('cli'));
    await ctx.annotate(`${String(files.length)} files, ${String(Math.round(size / 1000))} kB to download`);

    const sizes = await Promise.all(files.map(async (file) => stat(join(folder, 'node_modules/netctl', file))));
    const unpacked = sizes.reduce((sum, one) => sum + one.size, 0);
    const page = await readFile(join(repository, 'docs/install.md'), 'utf8');
    const said = /has\s+([\d.]+) MB and unpacks to ([\d.]+) MB/.exec(page)?.slice(1).map(Number) ?? [];
    expect(said).toHaveLength(2);
    for (const [index, bytes] of [size, unpacked].entries()) {
      expect(Math.abs((said[index] ?? 0) * 1e6 - bytes) / bytes, `${String(bytes)} bytes`).toBeLessThan(0.1);
    }
  });
});

describe('@netctl/core, installed in an empty folder without a network', () => {
  const needs = ['ipaddr.js', 'yaml', 'zod'];
  let installed: Installed;

  beforeAll(async () => {
    installed = await packed.installed([packed.tarball('core'), ...(await packed.others(needs))]);
  });

  test('needs three packages, none of which runs anything when it is installed', async () => {
    const packages = await installedPackages(installed);
    expect(packages.map(([place]) => place)).toEqual(['@netctl/core', ...needs].map((name) => `node_modules/${name}`));
    expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
  });

  test('can be imported, and asks for an engine with what is bundled', async () => {
    const script = `
      import { connectDocker } from '@netctl/core';
      await connectDocker({ host: 'unix:///nowhere/docker.sock' }).catch(({ code }) => console.log(code));`;
    const { folder, env } = installed;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: folder,
      env,
      extendEnv: false,
      timeout: 30_000,
    });
    expect(stdout).toBe('ENGINE_UNREACHABLE');
  });

  test('is what was built and its types, without tests, sources and maps', async () => {
    const files = await filesIn(join(installed.folder, 'node_modules/@netctl/core'));
    const expected =
      /^(LICENSE|README\.md|package\.json|dist\/[\w/-]+(\.js|\.d\.ts)|dist\/vendor\/(THIRD-PARTY-LICENSES\.txt|sbom\.cdx\.json))$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
  });
});

describe.each(['packages/cli/dist/bundle', 'packages/core/dist/vendor'])('the bill of materials in %s', (folder) => {
  test('names each package once, with the hash of the lock file', async () => {
    const { components } = await billIn(join(repository, folder, 'sbom.cdx.json'));
    expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
    const lock = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string; integrity?: string }>;
    };
    const hashes = new Map(
      Object.entries(lock.packages).map(([place, { version, integrity = '' }]) => [
        `${place.split('node_modules/').at(-1) ?? ''} ${version ?? ''}`,
        Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex'),
      ]),
    );
    const packages = components.filter(({ purl }) => purl.startsWith('pkg:npm/'));
    expect(packages.map(({ name, hashes }) => [name, hashes])).toEqual(
      packages.map(({ name, version }) => [name, [{ alg: 'SHA-512', content: hashes.get(`${name} ${version}`) }]]),
    );
  });

  test('has what its code says it is made of, under licences that are known', async () => {
    const { components } = await billIn(join(repository, folder, 'sbom.cdx.json'));
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['dockerode', 'docker-modem']));
    // What compiles when it is installed is not in it.
    for (const never of ['ssh2', 'cpu-features', 'protobufjs', '@grpc/grpc-js']) expect(names).not.toContain(never);
    // Graphviz asks for a statement too, which is the next test.
    const others = components.filter(({ name }) => name !== 'graphviz');
    const licences = others.flatMap(({ licenses }) => licenses.map(({ license }) => license.id));
    expect(licences.filter((licence) => !ALLOWED_LICENCES.bundled.has(licence))).toEqual([]);

    const texts = await readFile(join(repository, folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const { name, version } of components) expect(texts).toContain(`${name} ${version} (`);
  });
});

test('what the drawing of a graph holds is in the bill, and its licences ask for a text, a disclaimer and a place of the source', async () => {
  const { components } = await billIn(join(repository, 'packages/cli/dist/bundle/sbom.cdx.json'));
  const held = components.filter(({ purl }) => purl.startsWith('pkg:generic/'));
  expect(held.map(({ name, licenses }) => [name, licenses[0]?.license.id])).toEqual([
    ['graphviz', 'EPL-2.0'],
    ['expat', 'MIT'],
  ]);
  for (const { hashes, purl, version } of held) {
    expect(hashes.map(({ alg, content }) => `${alg} ${content}`).join()).toMatch(/^SHA-256 [0-9a-f]{64}$/);
    expect(decodeURIComponent(purl)).toMatch(new RegExp(`=https://.*-${version}\\.tar\\.gz$`));
  }
  const texts = await readFile(join(repository, 'packages/cli/dist/bundle/THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const said of [
    'Copyright (c) 2023 Michael Daines',
    'Expat maintainers',
    'https://gitlab.com/graphviz/graphviz',
    'all warranties and conditions are disclaimed',
    'Eclipse Public License - v 2.0',
  ]) {
    expect(texts).toContain(said);
  }
});
