import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly publishConfig?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '../../..');
const folders = (await readdir(join(root, 'packages'))).map((name) => join(root, 'packages', name));
const all = await Promise.all(
  folders.map(async (folder) => ({
    folder,
    manifest: JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest,
  })),
);
const published = all.filter(({ manifest }) => manifest.private !== true);

test('what is published, and what is not', () => {
  expect(published.map(({ manifest }) => manifest.name).sort()).toEqual([
    '@netctl/consul',
    '@netctl/core',
    '@netctl/iproute2',
    '@netctl/ssh',
    'netctl',
  ]);
});

test.each(published)('$manifest.name', async ({ folder, manifest }) => {
  expect(manifest.scripts, 'nothing runs when it is installed').toBeUndefined();
  expect(manifest.publishConfig).toEqual({ access: 'public' });
  for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
    const own = all.find((other) => other.manifest.name === name)?.manifest;
    if (own === undefined) continue;
    expect(range, `${name} is published in step`).toBe(own.version);
    expect(own.private, `${name} is published at all`).toBeUndefined();
  }
  expect(await readFile(join(folder, 'LICENSE'), 'utf8')).toBe(await readFile(join(root, 'LICENSE'), 'utf8'));
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toMatch(new RegExp(`^# ${manifest.name}\n`));
});
