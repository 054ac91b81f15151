import { describe, expect, test } from 'vitest';
import { formatAgentAddress } from '../../../packages/consul/src/address.js';
import { agentSettings, isInTheClear } from '../../../packages/consul/src/settings.js';
import { NetctlError } from '../../../packages/core/src/errors.js';

const where = (env: Readonly<Record<string, string>>, address?: string): string =>
  formatAgentAddress(agentSettings(env, address));

function refused(env: Readonly<Record<string, string>>, address?: string): NetctlError {
  try {
    agentSettings(env, address);
  } catch (error) {
    if (error instanceof NetctlError) return error;
  }
  throw new Error('it was taken');
}

describe('the address', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['nothing said', {}, 'http://127.0.0.1:8500'],
    ['what is empty is not said', { CONSUL_HTTP_ADDR: '', CONSUL_HTTP_SSL: '' }, 'http://127.0.0.1:8500'],
    ['no scheme', { CONSUL_HTTP_ADDR: '10.0.0.1:8500' }, 'http://10.0.0.1:8500'],
    ['no scheme, with TLS', { CONSUL_HTTP_ADDR: '10.0.0.1:8501', CONSUL_HTTP_SSL: '1' }, 'https://10.0.0.1:8501'],
    ['http:// does not undo TLS', { CONSUL_HTTP_ADDR: 'http://a:1', CONSUL_HTTP_SSL: 'true' }, 'https://a:1'],
    ['https:// needs no more', { CONSUL_HTTP_ADDR: 'https://a:1', CONSUL_HTTP_SSL: 'false' }, 'https://a:1'],
    ['the port of the scheme', { CONSUL_HTTP_ADDR: 'http://consul.lan' }, 'http://consul.lan:80'],
    ['the port of https', { CONSUL_HTTP_ADDR: 'https://consul.lan' }, 'https://consul.lan:443'],
    ['a port alone', { CONSUL_HTTP_ADDR: ':8500' }, 'http://localhost:8500'],
    ['IPv6', { CONSUL_HTTP_ADDR: 'http://[fd00::1]:8500' }, 'http://[fd00::1]:8500'],
    ['a prefix', { CONSUL_HTTP_ADDR: 'https://gateway:443/consul/' }, 'https://gateway:443/consul'],
    ['a socket', { CONSUL_HTTP_ADDR: 'unix:///run/consul.sock' }, 'unix:///run/consul.sock'],
  ])('%s', (_name, env, expected) => {
    expect(where(env)).toBe(expected);
  });

  test('of the spec comes before that of the environment', () => {
    expect(where({ CONSUL_HTTP_ADDR: '10.0.0.1:8500' }, 'http://10.0.0.2:8500')).toBe('http://10.0.0.2:8500');
  });

  test.each([
    ['ftp://a:1', '"ftp" is no scheme'],
    ['unix://run/consul.sock', 'has to begin with /'],
    ['http://a:0', 'ports are 1 to 65535'],
    ['http://a:70000', 'ports are 1 to 65535'],
    ['http://', 'HOST:PORT is the form'],
    ['http://a b:1', 'HOST:PORT is the form'],
    ['http://fd00::1:8500', 'HOST:PORT is the form'],
    ['http://a:1/x?y', 'is no path'],
    ['http://a:1/\nx', 'is no path'],
  ])('%j is none', (address, why) => {
    const { code, message, hint } = refused({}, address);
    expect([code, message, hint]).toEqual([
      'USAGE',
      expect.stringMatching(why),
      expect.stringContaining('CONSUL_HTTP_ADDR'),
    ]);
  });

  test('with a password in it is refused without telling it', () => {
    const { message } = refused({ CONSUL_HTTP_ADDR: 'http://me:sesame@a:1' });
    expect(message).toContain('CONSUL_HTTP_AUTH');
    expect(message).not.toContain('sesame');
  });
});

describe('the rest', () => {
  test.each<[string, Readonly<Record<string, string>>, object]>([
    ['nothing said', {}, { verify: true, secure: false }],
    ['a token', { CONSUL_HTTP_TOKEN: 't' }, { token: 't' }],
    ['a file of a token', { CONSUL_HTTP_TOKEN: 't', CONSUL_HTTP_TOKEN_FILE: '/f' }, { token: 't', tokenFile: '/f' }],
    ['a user', { CONSUL_HTTP_AUTH: 'me:a:b' }, { auth: 'me:a:b' }],
    ['a user without a password', { CONSUL_HTTP_AUTH: 'me' }, { auth: 'me:' }],
    ['a namespace', { CONSUL_NAMESPACE: 'n', CONSUL_PARTITION: 'p' }, { namespace: 'n', partition: 'p' }],
    ['no verification', { CONSUL_HTTP_SSL_VERIFY: 'F' }, { verify: false }],
    ['verification', { CONSUL_HTTP_SSL_VERIFY: 'True' }, { verify: true }],
    ['a CA', { CONSUL_CACERT: '/a', CONSUL_CAPATH: '/b' }, { caFile: '/a', caFolder: '/b' }],
    ['a name', { CONSUL_TLS_SERVER_NAME: 'server.dc1.consul' }, { serverName: 'server.dc1.consul' }],
    ['a name with a port', { CONSUL_TLS_SERVER_NAME: 'server.dc1.consul:8501' }, { serverName: 'server.dc1.consul' }],
    ['an address as the name', { CONSUL_TLS_SERVER_NAME: '[fd00::1]:8501' }, { serverName: 'fd00::1' }],
    ['an address with colons', { CONSUL_TLS_SERVER_NAME: 'fd00::1' }, { serverName: 'fd00::1' }],
    [
      'a certificate',
      { CONSUL_CLIENT_CERT: '/c', CONSUL_CLIENT_KEY: '/k' },
      { client: { certFile: '/c', keyFile: '/k' } },
    ],
  ])('%s', (_name, env, expected) => {
    expect(agentSettings(env)).toMatchObject(expected);
  });

  test.each<[Readonly<Record<string, string>>, RegExp]>([
    [{ CONSUL_CLIENT_CERT: '/c' }, /only one is set/],
    [{ CONSUL_CLIENT_KEY: '/k' }, /only one is set/],
    [{ CONSUL_HTTP_SSL: 'yes' }, /CONSUL_HTTP_SSL is "yes"/],
    // For Consul this is false, and whoever answers is believed.
    [{ CONSUL_HTTP_SSL_VERIFY: 'yes' }, /CONSUL_HTTP_SSL_VERIFY is "yes"/],
  ])('%j is refused', (env, expected) => {
    const { code, message, hint } = refused(env);
    expect([code, message]).toEqual(['USAGE', expect.stringMatching(expected)]);
    expect(hint).toMatch(/^Set /);
  });

  test.each<[string, boolean]>([
    ['http://127.0.0.1:8500', false],
    ['http://127.9.9.9:8500', false],
    ['http://localhost:8500', false],
    ['http://[::1]:8500', false],
    ['unix:///run/consul.sock', false],
    ['https://10.0.0.1:8501', false],
    ['http://10.0.0.1:8500', true],
    ['http://127.0.0.1.example:8500', true],
  ])('what is sent to %s can be read on the way: %j', (address, expected) => {
    expect(isInTheClear(agentSettings({}, address))).toBe(expected);
  });
});
