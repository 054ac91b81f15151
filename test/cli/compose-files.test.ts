import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { documentOf, type FailureDocument, type PlanDocument } from '../integration/support/netctl.js';
import { type CliFolder, openCliFolder } from './support/run-cli.js';

let cli: CliFolder;
beforeEach(async () => {
  cli = await openCliFolder();
});
afterEach(() => cli[Symbol.asyncDispose]());

const COMPOSE = `name: shop
services: { web: { image: x, networks: [back] } }
networks: { back: { external: true, x-netctl: { labels: { tier: "\${TIER:-none}" } } } }
`;
const FAULT = 'networks: { back: { x-netctl: { mod: x } } }\n';

const valid = (file: string, stack = 'shop', networks = '1 network'): string =>
  `${file} is valid: stack ${stack}, ${networks}, 0 VLAN links`;

describe('which files', () => {
  const validate = async (...args: readonly string[]): Promise<string> =>
    (await cli.netctl(['validate', ...args])).stdout;

  test('a spec before a Compose file, and that with its override', async () => {
    await cli.write('compose.yaml', COMPOSE);
    expect(await validate()).toBe(valid('compose.yaml'));
    await cli.write('compose.override.yaml', 'networks: { front: { external: true, x-netctl: } }\nname: more\n');
    expect(await validate()).toBe(valid('compose.yaml and compose.override.yaml', 'more', '2 networks'));
    expect(await validate('compose.yaml')).toBe(valid('compose.yaml'));
    await cli.write('netctl.yml', 'name: plain\n');
    expect(await validate()).toBe(valid('netctl.yml', 'plain', '0 networks'));
  });

  test('each -f is one of a project', async () => {
    await cli.write('one/a.yaml', COMPOSE);
    await cli.write('b.yaml', 'name: other\n');
    expect(await validate('-f', 'one/a.yaml', '--file=b.yaml')).toBe(valid('one/a.yaml and b.yaml', 'other'));
  });

  test('a Compose file on standard input has the name of the folder', async () => {
    const { stdout } = await cli.netctl(['validate', '-'], { input: COMPOSE.replace('name: shop\n', '') });
    expect(stdout).toMatch(/^<stdin> is valid: stack netctl-cli-\w+, 1 network,/);
  });

  test.each([
    [['validate', 'a.yaml', '-f', 'b.yaml'], /^netctl: Two specs are named: a\.yaml and b\.yaml\n {4}Name one, or/],
    [['validate', '-f', 'a.yaml', '-f', '-'], /^netctl: Standard input is a spec by itself\n/],
  ])('wrong usage: %j', async (args, says) => {
    const { exitCode, stderr } = await cli.netctl(args);
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(says);
  });
});

describe('variables', () => {
  /** What the variable was, which is no boolean. */
  const tier = async (env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { stderr } = await cli.netctl(['validate'], { env });
    return /must be .*, and is "(\w*)"/.exec(stderr)?.[1] ?? stderr;
  };

  test('of .env, or in its place of the files of COMPOSE_ENV_FILES, later ones first', async () => {
    await cli.write('compose.yaml', COMPOSE.replace('labels: { tier: "${TIER:-none}" }', 'internal: "${TIER:-none}"'));
    await cli.write('.env', 'TIER=dotenv\n');
    await cli.write('one.env', 'TIER=one\n');
    await cli.write('two.env', 'TIER=two');
    expect(await tier()).toBe('dotenv');
    expect(await tier({ COMPOSE_ENV_FILES: 'two.env,one.env' })).toBe('one');
    expect(await tier({ COMPOSE_ENV_FILES: 'two.env', TIER: 'own' })).toBe('own');
    expect(await tier({ COMPOSE_DISABLE_ENV_FILE: 'true' })).toBe('none');
    expect(await tier({ COMPOSE_ENV_FILES: 'none.env' })).toMatch(/^netctl: Cannot read none\.env: there is no such/);
  });
});

describe('what is wrong', () => {
  test('names the file, as text and as JSON', async () => {
    await cli.write('compose.yaml', COMPOSE);
    await cli.write('compose.override.yaml', FAULT);
    const { exitCode, stderr } = await cli.netctl(['validate']);
    expect(exitCode).toBe(65);
    expect(stderr.split('\n')).toEqual([
      'error: compose.override.yaml:1:33: networks.back has no key "mod". [UNKNOWN_KEY]',
      '    Did you mean mode?',
      'netctl: compose.yaml and compose.override.yaml is not a valid spec: 1 error.',
      '    Correct the spec, and run netctl validate.',
    ]);
    const json = documentOf<FailureDocument>(await cli.netctl(['validate', '--json']));
    expect(json.error.problems).toMatchObject([
      { code: 'UNKNOWN_KEY', path: 'networks.back.mod', file: 'compose.override.yaml', line: 1, column: 33 },
    ]);
  });

  test('in a file that was found and is no YAML', async () => {
    await cli.write('compose.yml', 'services: [\n');
    expect((await cli.netctl(['validate'])).stderr).toMatch(/^error: compose\.yml:2:1: /);
  });

  test('a note is in the document of a file that is valid', async () => {
    await cli.write('compose.yaml', `${COMPOSE.trimEnd().slice(0, -1)}, app: }\n`);
    const json = documentOf<Pick<PlanDocument, 'problems'>>(await cli.netctl(['validate', '--json']));
    expect(json.problems).toMatchObject([{ code: 'LEFT_TO_COMPOSE', severity: 'note', file: 'compose.yaml', line: 3 }]);
  });
});
