import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { repository } from '../integration/support/netctl.js';

const page = join(repository, 'packages/cli/man/netctl.1');

test('mandoc and groff have nothing against the man page', async () => {
  const lint = await execa('mandoc', ['-T', 'lint', '-W', 'warning', page], { reject: false });
  expect([lint.exitCode, lint.stdout, lint.stderr]).toEqual([0, '', '']);
  const groff = await execa('groff', ['-man', '-ww', '-Tutf8', page], { reject: false });
  expect([groff.exitCode, groff.stderr]).toEqual([0, '']);
});

test('it shows what it is made of', async () => {
  const { stdout } = await execa('mandoc', ['-T', 'ascii', '-O', 'width=80', page]);
  const plain = stdout.replaceAll(/.[\b]/g, '');
  for (const part of ['EXIT STATUS', 'netctl discovery status', '--accept-loss <what>', 'NO_COLOR', "docker CLI's"]) {
    expect(plain).toContain(part);
  }
});
