import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALLOWED_LICENCES, MIT_BY_THEIR_FILE } from '../../support/licences.js';

interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
}

const root = join(import.meta.dirname, '../../..');
const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as LockFile;
/** What comes from the registry; the rest are the packages of this repository. */
const fetched = Object.entries(packages).filter(([place, { link }]) => /(^|\/)node_modules\//.test(place) && !link);

test('each package that npm fetches is checked by a SHA-512', () => {
  expect(fetched.length).toBeGreaterThan(300);
  const unchecked = fetched.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''));
  expect(unchecked).toEqual([]);
});

test('all come from the registry that npm is told to use, and from nowhere else', () => {
  expect(fetched.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test('each has a licence that is known here', () => {
  const others = fetched.filter(
    ([place, { license = '' }]) =>
      !ALLOWED_LICENCES.tools.has(license) && !MIT_BY_THEIR_FILE.has(place.split('node_modules/').at(-1) ?? ''),
  );
  expect(others.map(([place, { license }]) => `${place}: ${String(license)}`)).toEqual([]);
});
