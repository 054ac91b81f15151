import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CliFolder, openCliFolder } from './support/run-cli.js';

const COMPOSE = `name: shop
services: { web: { image: nginx } }
networks:
  front: { labels: { x: "$$HOME" } }
  lan: { external: true }
`;

let cli: CliFolder;
beforeEach(async () => {
  cli = await openCliFolder();
  await cli.write('compose.yaml', COMPOSE);
});
afterEach(() => cli[Symbol.asyncDispose]());

describe('of a Compose file', () => {
  test('the spec is on standard output, what it leaves out on standard error, and validate takes it', async () => {
    const { exitCode, stdout, stderr } = await cli.netctl(['import', '--compose', 'compose.yaml']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^name: shop$[^]*^ {4}name: shop_front$[^]*^ {6}x: \$\$HOME$[^]*^ {4}name: shop_default$/m);
    expect(stderr).toBe(
      'warning: compose.yaml: lan is left out: it is external, so Compose does not make it [LEFT_OUT]',
    );
    const validated = await cli.shell('netctl import --compose compose.yaml --quiet | netctl validate -');
    expect(validated).toMatchObject({ exitCode: 0, stderr: '' });
    expect(validated.stdout).toBe('<stdin> is valid: stack shop, 2 networks, 0 VLAN links');
  });

  test('in JSON it is one document', async () => {
    const { stdout, stderr } = await cli.netctl(['import', '--compose', 'compose.yaml', '--name', 'home', '--json']);
    expect(stderr).toBe('');
    const document = JSON.parse(stdout) as { spec: string };
    expect(document).toEqual({
      version: 1,
      spec: expect.stringMatching(/^name: home$/m) as string,
      left_out: [{ name: 'lan', why: 'it is external, so Compose does not make it' }],
    });
  });

  test('into a new file, and never over one that is there', async () => {
    const { exitCode, stdout } = await cli.netctl(['import', '--compose', 'compose.yaml', '-o', 'shop.yaml']);
    expect([exitCode, stdout]).toEqual([0, 'shop.yaml is written: stack shop, 2 networks']);
    const written = await readFile(join(cli.folder, 'shop.yaml'), 'utf8');
    expect(written).toContain('name: shop_front');
    await symlink('nowhere', join(cli.folder, 'link.yaml'));
    for (const file of ['shop.yaml', 'compose.yaml', 'link.yaml', '.']) {
      const again = await cli.netctl(['import', '--compose', 'compose.yaml', '-o', file]);
      expect(again.exitCode, file).toBe(3);
      expect(again.stderr).toContain(`netctl: ${file} is there already, and import overwrites nothing`);
    }
    expect(await readFile(join(cli.folder, 'shop.yaml'), 'utf8')).toBe(written);
    expect(await readFile(join(cli.folder, 'compose.yaml'), 'utf8')).toBe(COMPOSE);
  });

  test('a folder that is not there is named', async () => {
    const { exitCode, stderr } = await cli.netctl(['import', '--compose', 'compose.yaml', '-o', 'no/such/x.yaml']);
    expect(exitCode).toBe(64);
    expect(stderr).toContain('netctl: Cannot write no/such/x.yaml: there is no such folder');
  });

  test('a disk that is full leaves no half of a spec', async () => {
    const { stdout } = await cli.shell(
      'trap "" XFSZ; ulimit -f 0; netctl import --compose compose.yaml -o x.yaml; echo "status $?"; ls',
    );
    expect(stdout).toMatch(/status (64|1)$/m);
    expect(stdout).not.toContain('x.yaml');
  });

  test.each([
    ['names', ['web'], 64, /Names and --compose do not go together/],
    ['--all', ['--all'], 64, /--all and --compose do not go together/],
    ['a stack that cannot be one', ['--name', 'My Shop'], 64, /"My Shop" cannot be the name of a stack/],
    ['a spec', ['-f', 'x.yaml'], 64, /import reads no spec/],
  ])('%s beside it: wrong usage', async (_what, args, status, says) => {
    const { exitCode, stdout, stderr } = await cli.netctl(['import', '--compose', 'compose.yaml', ...args]);
    expect([exitCode, stdout]).toEqual([status, '']);
    expect(stderr).toMatch(says);
  });

  test('what cannot be read is said with its place', async () => {
    await cli.write('bad.yaml', 'services: {}\nnetworks: [a]\n');
    const bad = await cli.netctl(['import', '--compose', 'bad.yaml']);
    expect(bad.exitCode).toBe(65);
    expect(bad.stderr).toMatch(/^error: bad\.yaml:2:1: networks must be a mapping/);
    const missing = await cli.netctl(['import', '--compose', 'none.yaml', '--json']);
    expect(missing.exitCode).toBe(65);
    expect(JSON.parse(missing.stdout)).toMatchObject({
      error: { code: 'SPEC_UNREADABLE', hint: 'Name a Compose file that is there.' },
    });
  });

  test('.env beside it names the project', async () => {
    await cli.write('sub/compose.yaml', 'services: {}\nnetworks: { n: { driver: "${D}" } }\n');
    await cli.write('sub/.env', 'D=bridge\nCOMPOSE_PROJECT_NAME=dot\n');
    expect((await cli.netctl(['import', '--compose', 'sub/compose.yaml'])).stdout).toContain('name: dot_n');
  });
});

test('without an engine there is nothing to import', async () => {
  const { exitCode, stdout, stderr } = await cli.netctl(['import']);
  expect([exitCode, stdout]).toEqual([69, '']);
  expect(stderr).toContain('unix:///nowhere/docker.sock');
});
