import { describe, expect, test } from 'vitest';
import type { CheckRegistration } from '../../../packages/consul/src/registration.js';
import { isDuration } from '../../../packages/consul/src/conventions/duration.js';
import { splitWords } from '../../../packages/consul/src/conventions/words.js';
import { said, wanted } from './workload.js';

/** What port 80 of a container is with these variables after SERVICE_CHECK_. */
function checks(env: Readonly<Record<string, string>>, address = '10.0.0.2') {
  const prefixed = Object.fromEntries(Object.entries(env).map(([key, value]) => [`SERVICE_CHECK_${key}`, value]));
  const result = wanted([{ ports: [80], env: prefixed, address }]);
  return { registered: result.services.length, checks: result.services[0]?.Checks, said: said(result) };
}

describe('the checks of docs/user/backends.md', () => {
  test.each<[string, Readonly<Record<string, string>>, CheckRegistration | undefined]>([
    ['none', {}, undefined],
    ['options alone are none', { INTERVAL: '15s', TIMEOUT: '1s' }, undefined],
    [
      'HTTP',
      { HTTP: '/health/endpoint/path', INTERVAL: '15s', TIMEOUT: '1s', HTTP_METHOD: 'HEAD' },
      { HTTP: 'http://10.0.0.2:80/health/endpoint/path', Interval: '15s', Timeout: '1s', Method: 'HEAD' },
    ],
    [
      'HTTPS',
      { HTTPS: '/health?a=b%20c', HTTPS_METHOD: 'HEAD', TLS_SKIP_VERIFY: 'true' },
      { HTTP: 'https://10.0.0.2:80/health?a=b%20c', Method: 'HEAD', TLSSkipVerify: true, Interval: '10s' },
    ],
    ['TCP', { TCP: 'true', TIMEOUT: '3s' }, { TCP: '10.0.0.2:80', Interval: '10s', Timeout: '3s' }],
    [
      'a script',
      { SCRIPT: 'curl --silent --fail example.com' },
      { Args: ['curl', '--silent', '--fail', 'example.com'], Interval: '10s' },
    ],
    [
      'a script with its placeholders',
      { SCRIPT: 'nc $SERVICE_IP $SERVICE_PORT', INTERVAL: '1m' },
      { Args: ['nc', '10.0.0.2', '80'], Interval: '1m' },
    ],
    [
      'a script that calls a shell',
      { SCRIPT: `sh -c 'nc $SERVICE_IP $SERVICE_PORT | grep OK'` },
      { Args: ['sh', '-c', 'nc 10.0.0.2 80 | grep OK'], Interval: '10s' },
    ],
    ['a command', { CMD: '/check.sh' }, { Args: ['check-cmd', 'c0ffeec0ffee', '80', '/check.sh'], Interval: '10s' }],
    ['TTL, which has no interval', { TTL: '30s', INTERVAL: '5s', TIMEOUT: '1s' }, { TTL: '30s' }],
    [
      'gRPC',
      { GRPC: 'true', INTERVAL: '5s', TIMEOUT: '3s', GRPC_USE_TLS: 'true', TLS_SKIP_VERIFY: 'true' },
      { GRPC: '10.0.0.2:80', GRPCUseTLS: true, TLSSkipVerify: true, Interval: '5s', Timeout: '3s' },
    ],
    [
      'what every check may have',
      { TTL: '30s', INITIAL_STATUS: 'passing', DEREGISTER_AFTER: '10m' },
      { TTL: '30s', Status: 'passing', DeregisterCriticalServiceAfter: '10m' },
    ],
    [
      'the first kind of several, in Registrator’s order',
      { TCP: 'true', TTL: '9s', HTTP: '/' },
      { HTTP: 'http://10.0.0.2:80/', Interval: '10s' },
    ],
    ['an empty one is none', { HTTP: '', TCP: 'true' }, { TCP: '10.0.0.2:80', Interval: '10s' }],
  ])('%s', (_name, env, check) => {
    expect(checks(env)).toEqual({ registered: 1, checks: check === undefined ? undefined : [check], said: [] });
  });

  test.each([
    ['HTTP', '/', { HTTP: 'http://[fd00::2]:80/' }],
    ['TCP', 'true', { TCP: '[fd00::2]:80' }],
    ['GRPC', 'true', { GRPC: '[fd00::2]:80' }],
    ['SCRIPT', 'nc -6 $SERVICE_IP $SERVICE_PORT', { Args: ['nc', '-6', 'fd00::2', '80'] }],
  ])('%s at an IPv6 address', (key, value, check) => {
    expect(checks({ [key]: value }, 'fd00::2').checks).toEqual([{ ...check, Interval: '10s' }]);
  });

  test('a port has its own, and the others have that of all', () => {
    const env = { SERVICE_CHECK_TCP: 'true', SERVICE_81_CHECK_HTTP: '/', SERVICE_81_CHECK_INTERVAL: '1s' };
    expect(wanted([{ ports: [80, 81], env }]).services.map(({ Checks }) => Checks)).toEqual([
      [{ TCP: '10.0.0.2:80', Interval: '10s' }],
      [{ HTTP: 'http://10.0.0.2:81/', Interval: '1s' }],
    ]);
  });
});

describe('a check that cannot be made leaves the service out, since it would always pass', () => {
  test.each([
    ['HTTP', 'http://elsewhere/health', /whole URL.*Write|whole URL/],
    ['HTTP', ':8081/health', /begins with a port/],
    ['HTTP', '/a b', /white space/],
    ['HTTPS', '/a\u0000', /control character/],
    ['HTTP', '/%zz', /"%zz" is no escape/],
    ['SCRIPT', 'nc $SERVICE_IP $SERVICE_PORT | grep OK', /"\|" means something to a shell/],
    ['SCRIPT', `echo 'open`, /quote in it is not closed/],
    ['SCRIPT', '   ', /no command/],
    ['SCRIPT', `'' a`, /no command/],
    ['SCRIPT', 'nc\u0007', /no command/],
    ['TTL', '30', /no duration/],
    ['TTL', '0s', /no duration/],
  ])('%s=%j', (key, value, why) => {
    const result = checks({ [key]: value });
    expect(result.registered).toBe(0);
    expect(result.said).toEqual([expect.stringMatching(why)]);
    expect(result.said[0]).toContain(`SERVICE_CHECK_INVALID Container web: SERVICE_CHECK_${key} is "`);
  });
});

describe('what is wrong beside the check is as if it were not there', () => {
  test.each<[string, string, CheckRegistration]>([
    ['INTERVAL', '15', { Interval: '10s' }],
    ['INTERVAL', '-1s', { Interval: '10s' }],
    ['INTERVAL', '99999999999h', { Interval: '10s' }],
    ['TIMEOUT', 'soon', { Interval: '10s' }],
    ['DEREGISTER_AFTER', '1d', { Interval: '10s' }],
    ['INITIAL_STATUS', 'healthy', { Interval: '10s' }],
    ['HTTP_METHOD', 'GET / HTTP/1.1\r\nX: y', { Interval: '10s' }],
    ['HTPP', '/', { Interval: '10s' }],
  ])('%s=%j', (key, value, check) => {
    const result = checks({ HTTP: '/', [key]: value });
    expect(result.checks).toEqual([{ HTTP: 'http://10.0.0.2:80/', ...check }]);
    expect(result.said).toEqual([expect.stringMatching(/^SERVICE_CHECK_INVALID /)]);
    expect(result.said[0]).toContain(`SERVICE_CHECK_${key}`);
  });

  test.each([
    ['health', 'http://10.0.0.2:80/health'],
    ['?deep', 'http://10.0.0.2:80/?deep'],
    // Behind the port, as Registrator puts it, this would be a check of another machine.
    ['@elsewhere/', 'http://10.0.0.2:80/@elsewhere/'],
  ])('a path without a slash: %s', (path, url) => {
    const result = checks({ HTTP: path });
    expect(result.checks).toEqual([{ HTTP: url, Interval: '10s' }]);
    expect(result.said).toEqual([expect.stringContaining('does not begin with a slash')]);
  });
});

test.each([
  ['10s', true],
  ['1h30m', true],
  ['1.5s', true],
  ['.5s', true],
  ['1.s', true],
  ['500ms', true],
  ['1µs', true],
  ['2562047h', true],
  ['2562048h', false],
  ['', false],
  ['10', false],
  ['0s', false],
  ['-10s', false],
  ['10 s', false],
  ['1d', false],
  ['s', false],
  ['.s', false],
  ['1e3s', false],
])('%j is a duration to Consul: %s', (text, is) => {
  expect(isDuration(text)).toBe(is);
});

test.each([
  [String.raw`a  'b c' "d \"e\" \f"`, { words: ['a', 'b c', String.raw`d "e" \f`] }],
  [String.raw`a\ b ''`, { words: ['a b', ''] }],
  [`a'b'"c"d`, { words: ['abcd'] }],
  ['a \\\n  b\\\nc\n', { words: ['a', 'bc'] }],
  ['curl http://h/?a=1&b=2#c', { words: ['curl', 'http://h/?a=1&b=2#c'] }],
  [`grep '|' ">" \\;`, { words: ['grep', '|', '>', ';'] }],
  ['a && b', { needsShell: '&&' }],
  ['a; b', { needsShell: 'a;' }],
  ['a 2>&1', { needsShell: '2>&1' }],
  ['a >/dev/null', { needsShell: '>/dev/null' }],
  ['a `b c`', { needsShell: '`b' }],
  ['a $(b)', { needsShell: '$(b)' }],
  ['a "b', { open: true }],
  ['a \\', { open: true }],
])('%s as words', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});
