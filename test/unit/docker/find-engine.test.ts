import { createHash } from 'node:crypto';
import { findEngine, formatAddress, spelledOut } from '@netctl/core';
import type { ConfigFiles, EngineAddress, EngineChoice } from '@netctl/core';
import { describe, expect, test } from 'vitest';

/* Each case is what the docker CLI does (cli/command/cli.go, cli/flags/options.go, opts/hosts.go). */

type Texts = Readonly<Record<string, string>>;

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');

/** A context as `docker context create` writes it, in a configuration folder. */
function context(name: string, endpoint: object, tls: Texts = {}, folder = '/home/me/.docker'): Texts {
  const meta = { Name: name, Metadata: {}, Endpoints: { docker: endpoint } };
  return {
    [`${folder}/contexts/meta/${idOf(name)}/meta.json`]: JSON.stringify(meta),
    ...Object.fromEntries(
      Object.entries(tls).map(([file, text]) => [`${folder}/contexts/tls/${idOf(name)}/docker/${file}`, text]),
    ),
  };
}

const current = (name: string): string => JSON.stringify({ auths: {}, currentContext: name });

const texts: Texts = {
  '/home/me/.docker/config.json': current('office'),
  ...context('office', { Host: 'ssh://me@office', SkipTLSVerify: false }),
  ...context('cloud', { Host: 'tcp://cloud:2376' }, { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' }),
  ...context('half', { Host: 'tcp://half:2376' }, { 'ca.pem': 'CA' }),
  ...context('lax', { Host: 'tcp://lax:2376', SkipTLSVerify: true }),
  ...context('bare', { Host: 'tcp://bare:2375', SkipTLSVerify: false }),
  ...context('local', { Host: '' }),
  ...context('there', { Host: 'unix:///there.sock' }, {}, '/etc/docker-cli'),
  '/etc/docker-cli/config.json': current('there'),
  '/broken/config.json': '{',
  '/plain/config.json': '{}',
  '/gone/config.json': current('gone'),
  [`/bad/contexts/meta/${idOf('bad')}/meta.json`]: '{',
  [`/bad/contexts/meta/${idOf('empty')}/meta.json`]: 'null',
  '/home/me/.docker/ca.pem': 'CA0',
  '/certs/ca.pem': 'CA1',
  '/certs/cert.pem': 'CERT1',
  '/certs/key.pem': 'KEY1',
  '/certs-ca/ca.pem': 'CA2',
};

const files: ConfigFiles = {
  home: '/home/me',
  read: (path) => (path.includes('forbidden') ? Promise.reject(new Error('EACCES: no')) : Promise.resolve(texts[path])),
};

/** The address, and what is known for TLS. */
async function shown(found: Promise<EngineAddress>): Promise<string> {
  const address = await found;
  const tls = address.type === 'tcp' ? address.tls : undefined;
  if (tls === undefined) return formatAddress(address);
  const parts = [tls.ca ?? '-', tls.cert ?? '-', tls.key ?? '-', ...(tls.verify === false ? ['unverified'] : [])];
  return `${formatAddress(address)} TLS ${parts.join(' ')}`;
}

const PLAIN = { DOCKER_CONFIG: '/plain' };
const VERIFY = { ...PLAIN, DOCKER_TLS_VERIFY: '1' };

interface Case {
  readonly name: string;
  readonly choice?: EngineChoice;
  readonly env?: Readonly<Record<string, string>>;
  readonly is: string;
}

const cases: readonly Case[] = [
  { name: 'nothing said', env: PLAIN, is: 'unix:///var/run/docker.sock' },
  { name: 'the current context', is: 'ssh://me@office' },
  {
    name: 'DOCKER_CONTEXT beats the current context',
    env: { DOCKER_CONTEXT: 'cloud' },
    is: 'tcp://cloud:2376 TLS CA CERT KEY',
  },
  {
    name: 'DOCKER_HOST beats DOCKER_CONTEXT',
    env: { DOCKER_CONTEXT: 'cloud', DOCKER_HOST: 'unix:///e' },
    is: 'unix:///e',
  },
  {
    name: '--host beats DOCKER_HOST',
    choice: { host: 'unix:///h' },
    env: { DOCKER_HOST: 'unix:///e' },
    is: 'unix:///h',
  },
  {
    name: '--host beats DOCKER_CONTEXT',
    choice: { host: 'unix:///h' },
    env: { DOCKER_CONTEXT: 'cloud' },
    is: 'unix:///h',
  },
  {
    name: '--context beats DOCKER_HOST',
    choice: { context: 'office' },
    env: { DOCKER_HOST: 'unix:///e' },
    is: 'ssh://me@office',
  },
  {
    name: '--context beats DOCKER_CONTEXT',
    choice: { context: 'office' },
    env: { DOCKER_CONTEXT: 'cloud' },
    is: 'ssh://me@office',
  },
  {
    name: '--context default is DOCKER_HOST',
    choice: { context: 'default' },
    env: { DOCKER_HOST: 'unix:///e' },
    is: 'unix:///e',
  },
  {
    name: '--context default beats the current context',
    choice: { context: 'default' },
    is: 'unix:///var/run/docker.sock',
  },
  { name: 'DOCKER_CONTEXT=default too', env: { DOCKER_CONTEXT: 'default' }, is: 'unix:///var/run/docker.sock' },
  {
    name: 'empty variables count as none',
    env: { DOCKER_HOST: '', DOCKER_CONTEXT: '', DOCKER_CONFIG: '' },
    is: 'ssh://me@office',
  },
  {
    name: 'an empty --context counts as none',
    choice: { context: '' },
    env: { DOCKER_HOST: 'unix:///e' },
    is: 'unix:///e',
  },
  {
    name: 'an empty --host is the local socket',
    choice: { host: '' },
    env: { DOCKER_HOST: 'unix:///e' },
    is: 'unix:///var/run/docker.sock',
  },
  { name: 'blanks around an address', env: { DOCKER_HOST: ' unix:///e ' }, is: 'unix:///e' },
  {
    name: 'DOCKER_CONFIG has another current context',
    env: { DOCKER_CONFIG: '/etc/docker-cli' },
    is: 'unix:///there.sock',
  },
  { name: 'a configuration that is no JSON', env: { DOCKER_CONFIG: '/broken' }, is: 'unix:///var/run/docker.sock' },
  {
    name: 'a configuration that cannot be read',
    env: { DOCKER_CONFIG: '/forbidden' },
    is: 'unix:///var/run/docker.sock',
  },
  { name: 'no configuration', env: { DOCKER_CONFIG: '/nowhere' }, is: 'unix:///var/run/docker.sock' },
  {
    name: 'a context without a host is the local one',
    choice: { context: 'local' },
    is: 'unix:///var/run/docker.sock',
  },
  { name: 'a context with a CA alone', choice: { context: 'half' }, is: 'tcp://half:2376 TLS CA - -' },
  { name: 'a context with SkipTLSVerify', choice: { context: 'lax' }, is: 'tcp://lax:2376 TLS - - - unverified' },
  { name: 'a context without TLS', choice: { context: 'bare' }, is: 'tcp://bare:2375' },
  {
    name: 'the variables of TLS are not for named contexts',
    choice: { context: 'bare' },
    env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' },
    is: 'tcp://bare:2375',
  },
  { name: 'a port that nobody said', env: { DOCKER_HOST: 'tcp://e' }, is: 'tcp://e:2375' },
  {
    name: 'DOCKER_TLS_VERIFY without a host',
    env: { ...VERIFY, DOCKER_CERT_PATH: '/certs' },
    is: 'tcp://localhost:2376 TLS CA1 CERT1 KEY1',
  },
  {
    name: 'DOCKER_TLS_VERIFY with DOCKER_HOST, whose port stays 2375',
    env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs', DOCKER_HOST: 'tcp://e' },
    is: 'tcp://e:2375 TLS CA1 CERT1 KEY1',
  },
  {
    name: 'DOCKER_TLS_VERIFY with --host',
    choice: { host: 'tcp://h:1' },
    env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs-ca' },
    is: 'tcp://h:1 TLS CA2 - -',
  },
  ...['0', 'false', 'no'].map((text) => ({
    name: `DOCKER_TLS_VERIFY=${text} asks for it as well`,
    env: { DOCKER_TLS_VERIFY: text, DOCKER_CERT_PATH: '/certs', DOCKER_HOST: 'tcp://e:1' },
    is: 'tcp://e:1 TLS CA1 CERT1 KEY1',
  })),
  {
    name: 'an empty DOCKER_TLS_VERIFY does not',
    env: { DOCKER_TLS_VERIFY: '', DOCKER_HOST: 'tcp://e:2376' },
    is: 'tcp://e:2376',
  },
  {
    name: 'DOCKER_TLS believes whoever answers',
    env: { DOCKER_TLS: '1', DOCKER_CERT_PATH: '/certs', DOCKER_HOST: 'tcp://e:1' },
    is: 'tcp://e:1 TLS CA1 CERT1 KEY1 unverified',
  },
  {
    name: 'DOCKER_TLS needs no files',
    env: { DOCKER_TLS: '1', DOCKER_CERT_PATH: '/nowhere', DOCKER_HOST: 'tcp://e:1' },
    is: 'tcp://e:1 TLS - - - unverified',
  },
  {
    name: 'DOCKER_TLS_VERIFY beats DOCKER_TLS',
    env: { DOCKER_TLS: '1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs', DOCKER_HOST: 'tcp://e:1' },
    is: 'tcp://e:1 TLS CA1 CERT1 KEY1',
  },
  {
    name: 'without DOCKER_CERT_PATH certificates are in the configuration folder',
    env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '', DOCKER_HOST: 'tcp://e:1' },
    is: 'tcp://e:1 TLS CA0 - -',
  },
  {
    name: 'sockets and ssh have no TLS',
    env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere', DOCKER_HOST: 'ssh://e' },
    is: 'ssh://e',
  },
  { name: 'context:NAME is an address too', choice: { host: 'context:office' }, is: 'ssh://me@office' },
];

describe('the engine is found as the docker CLI finds it', () => {
  test.each(cases)('$name', async ({ choice = {}, env = {}, is }) => {
    expect(await shown(findEngine(choice, env, files))).toBe(is);
  });

  test.each<[string, EngineChoice, Readonly<Record<string, string>>, RegExp, RegExp]>([
    ['--host and --context', { host: 'unix://', context: 'office' }, {}, /Both --host and --context/, /one of them/],
    ['a context that is not there', { context: 'nobody' }, {}, /no Docker context "nobody"/, /docker context ls/],
    [
      'a current context that is not there',
      {},
      { DOCKER_CONFIG: '/gone' },
      /no Docker context "gone" in \/gone/,
      /context ls/,
    ],
    ['DOCKER_CONTEXT that is no name', {}, { DOCKER_CONTEXT: '../x' }, /cannot be the name/, /context ls/],
    [
      'a context that is no JSON',
      { context: 'bad' },
      { DOCKER_CONFIG: '/bad' },
      /cannot be used: .*JSON/,
      /context create/,
    ],
    [
      'a context that is empty',
      { context: 'empty' },
      { DOCKER_CONFIG: '/bad' },
      /names no Docker engine/,
      /context create/,
    ],
    [
      'a context that cannot be read',
      { context: 'xx' },
      { DOCKER_CONFIG: '/forbidden' },
      /Cannot read .*EACCES/,
      /readable/,
    ],
    [
      'DOCKER_TLS_VERIFY without a CA',
      {},
      { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere', DOCKER_HOST: 'tcp://e:1' },
      /no \/nowhere\/ca\.pem/,
      /DOCKER_CERT_PATH/,
    ],
    ['DOCKER_HOST that is no address', {}, { DOCKER_HOST: 'fd://' }, /systemd/, /ssh:\/\//],
  ])('%s', async (_name, choice, env, cause, cure) => {
    const failed = findEngine(choice, env, files);
    await expect(failed).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringMatching(cure) as string });
    await expect(failed).rejects.toThrow(cause);
  });
});

describe('an engine that a spec spells out', () => {
  const nonsense = {
    DOCKER_HOST: 'fd://nonsense',
    DOCKER_CONTEXT: 'nonsense',
    DOCKER_TLS_VERIFY: 'nonsense',
    DOCKER_TLS: 'nonsense',
    DOCKER_CERT_PATH: '/nonsense',
  };

  test.each<[string, Parameters<typeof spelledOut>[0], string]>([
    ['a socket', { docker: 'unix:///s' }, 'unix:///s'],
    ['ssh', { docker: 'ssh://me@s' }, 'ssh://me@s'],
    ['plain TCP', { docker: 'tcp://s:1' }, 'tcp://s:1'],
    ['TLS, at the port for it', { docker: 'tcp://s', ca: 'A', cert: 'B', key: 'C' }, 'tcp://s:2376 TLS A B C'],
    ['TLS without a certificate of ours', { docker: 'tcp://s:1', ca: 'A' }, 'tcp://s:1 TLS A - -'],
    ['a context', { docker: 'context:cloud' }, 'tcp://cloud:2376 TLS CA CERT KEY'],
  ])('%s is what it says, whatever the environment says', async (_name, engine, is) => {
    expect(await shown(spelledOut(engine, nonsense, files))).toBe(is);
  });

  test.each<[string, Parameters<typeof spelledOut>[0], RegExp]>([
    ['certificates for a socket', { docker: 'unix:///s', ca: 'A' }, /ca beside unix/],
    ['certificates for a context', { docker: 'context:office', cert: 'A', key: 'B' }, /cert, key beside context/],
    ['cert without key', { docker: 'tcp://s', cert: 'A' }, /cert without key/],
    ['key without cert', { docker: 'tcp://s', key: 'A' }, /key without cert/],
    ['the context "default"', { docker: 'context:default' }, /DOCKER_HOST/],
  ])('%s is refused', async (_name, engine, why) => {
    await expect(spelledOut(engine, {}, files)).rejects.toThrow(why);
  });
});
