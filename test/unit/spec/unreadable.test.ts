import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importComposeFile, loadSpec } from '@netctl/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let folder: string;
const path = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netctl-unreadable-'));
  writeFileSync(path('netctl.yaml'), 'name: home\n');
  chmodSync(path('netctl.yaml'), 0);
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Root may read whatever it is. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(65534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a file that this user may not read is a matter of permission', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['a spec', () => loadSpec(path('netctl.yaml'))],
    ['a Compose file to import', () => importComposeFile(path('netctl.yaml'))],
  ])('%s', async (_what, load) => {
    await expect(asNobody(load)).rejects.toMatchObject({
      code: 'PERMISSION',
      exit: 77,
      message: `Cannot read ${path('netctl.yaml')}: no permission to read it`,
      hint: expect.stringContaining('Run netctl as a user that may read it') as string,
    });
  });

  test('what a Compose file includes is said where it is included', async () => {
    writeFileSync(path('compose.yaml'), 'include: [netctl.yaml]\nservices: {}\n');
    await expect(asNobody(() => loadSpec(path('compose.yaml')))).rejects.toMatchObject({
      code: 'SPEC_INVALID',
      problems: [{ line: 1, message: expect.stringContaining('no permission to read it') as string }],
    });
  });
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['a spec', () => loadSpec(path('none')), /netctl\.yaml or netctl\.yml in this folder is the default/],
  ['a Compose file to import', () => importComposeFile(path('none')), /^Name a Compose file that is there\.$/],
  ['a file of variables', () => loadSpecWith(path('none')), /COMPOSE_ENV_FILES/],
])('%s that is not there has a hint that is about it', async (_what, load, hint) => {
  await expect(load()).rejects.toMatchObject({ code: 'SPEC_UNREADABLE', hint: expect.stringMatching(hint) as string });
});

function loadSpecWith(variables: string): Promise<unknown> {
  writeFileSync(path('other.yaml'), 'name: home\n');
  return loadSpec(path('other.yaml'), { envFiles: [variables] });
}
