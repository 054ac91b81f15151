import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { repository } from '../integration/support/netctl.js';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const folders = ['core', 'iproute2', 'lab', 'ssh', 'consul', 'cli'];

async function manifestIn(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

test('a release bumps all packages together, writes their change logs, and needs no network', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'netctl-release-'));
  try {
    const files = folders.map((name) => `packages/${name}/package.json`);
    for (const file of ['package.json', 'package-lock.json', '.npmrc', '.changeset/config.json', ...files]) {
      await cp(join(repository, file), join(copy, file));
    }
    await symlink(join(repository, 'node_modules'), join(copy, 'node_modules'));
    await mkdir(join(copy, '.changeset'), { recursive: true });
    const what = 'Say which address is taken.';
    await writeFile(join(copy, '.changeset/some-change.md'), `---\n'@netctl/core': minor\n---\n\n${what}\n`);
    const before = await manifestIn(join(repository, 'packages/cli'));

    await execa('unshare', ['--net', '--', 'npm', 'run', 'bump'], { cwd: copy, timeout: 60_000 });

    const [major, minor] = before.version.split('.').map(Number);
    const next = `${String(major)}.${String((minor ?? 0) + 1)}.0`;
    const manifests = await Promise.all(folders.map((name) => manifestIn(join(copy, 'packages', name))));
    expect(new Set(manifests.map(({ version }) => version))).toEqual(new Set([next]));
    for (const { dependencies = {} } of manifests) {
      for (const [name, range] of Object.entries(dependencies)) {
        if (name.startsWith('@netctl/')) expect(range).toBe(next);
      }
    }
    expect(await readFile(join(copy, 'packages/core/CHANGELOG.md'), 'utf8')).toBe(
      `# @netctl/core\n\n## ${next}\n\n### Minor Changes\n\n- ${what}\n`,
    );
    const lock = JSON.parse(await readFile(join(copy, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, Manifest>;
    };
    expect(lock.packages['packages/core']?.version).toBe(next);
    expect(lock.packages['packages/iproute2']?.dependencies?.['@netctl/core']).toBe(next);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
});

test('what is published was built just before', async () => {
  const { scripts } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['release']).toBe('npm run build && changeset publish');
  expect(await readFile(join(repository, 'docs/install.md'), 'utf8')).toContain(
    '`npm run release` builds and publishes',
  );
});
