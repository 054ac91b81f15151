import { formatAddress, isLoopback, NetctlError, parseAddress } from '@netctl/core';
import type { EngineAddress } from '@netctl/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const unix = (socketPath: string) => ({ type: 'unix', socketPath });
const tcp = (host: string, port: number, basePath?: string) => ({
  type: 'tcp',
  host,
  port,
  ...(basePath && { basePath }),
});

describe('an address', () => {
  test.each<[string, object]>([
    ['unix:///run/docker.sock', unix('/run/docker.sock')],
    ['unix://', unix('/var/run/docker.sock')],
    ['  unix:///run/a b.sock ', unix('/run/a b.sock')],
    ['tcp://node02:2376', tcp('node02', 2376)],
    ['tcp://node02', tcp('node02', 2375)],
    ['tcp://', tcp('localhost', 2375)],
    ['tcp://:2376', tcp('localhost', 2376)],
    ['node02:2376', tcp('node02', 2376)],
    ['192.168.0.51', tcp('192.168.0.51', 2375)],
    ['TCP://Node02.example.org.:1', tcp('Node02.example.org.', 1)],
    ['tcp://[fd00::1]:2376', tcp('fd00::1', 2376)],
    ['tcp://[::1]', tcp('::1', 2375)],
    ['tcp://node02:2376/engines/one/', tcp('node02', 2376, '/engines/one')],
    ['ssh://node02', { type: 'ssh', host: 'node02' }],
    ['ssh://root@192.168.0.51', { type: 'ssh', host: '192.168.0.51', user: 'root' }],
    ['ssh://me.too-1@my_alias:2222/', { type: 'ssh', host: 'my_alias', user: 'me.too-1', port: 2222 }],
    ['ssh://[fe80::1]:22', { type: 'ssh', host: 'fe80::1', port: 22 }],
    [
      'ssh://me@node02/run/user/1000/docker.sock',
      { type: 'ssh', host: 'node02', user: 'me', socketPath: '/run/user/1000/docker.sock' },
    ],
    ['context:office', { type: 'context', name: 'office' }],
  ])('%s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  test.each<[string, RegExp]>([
    ['', /empty/],
    [' ', /empty/],
    ['unix://run/docker.sock', /begin with \//],
    ['unix:///a\0b', /NUL/],
    ['fd://', /systemd/],
    ['npipe:////./pipe/docker_engine', /Windows/],
    ['http://node02:2375', /tcp:\/\//],
    ['gopher://node02', /gopher:/],
    ['tcp://node02:0', /no port/],
    ['tcp://node02:65536', /no port/],
    ['tcp://node02:22x', /no port/],
    ['tcp://a:b:c', /HOST:PORT|no port/],
    ['tcp://-x', /neither a host name/],
    ['tcp://a b', /neither a host name/],
    ['tcp://me@node02', /part of ssh/],
    ['tcp://node02/?x=1', /no path/],
    ['ssh://', /no host/],
    ['ssh://-oProxyCommand=touch,x', /neither a host name/],
    ['ssh://-l@node02', /user name/],
    ['ssh://a$(id)@node02', /user name/],
    ['ssh://@node02', /user name/],
    ['ssh://me@', /no host/],
    ['ssh://a;b', /neither a host name/],
    ['ssh://node02/run/a:b', /take for something else/],
    ['ssh://node02/run/%h', /take for something else/],
    ['ssh://node02/run/${HOME}', /take for something else/],
    ['ssh://node02?x', /neither a host name/],
    ['context:', /name of a Docker context/],
    ['context:../x', /name of a Docker context/],
  ])('%s is refused with the reason, and with what to write', (text, why) => {
    expect(() => parseAddress(text)).toThrow(why);
    const error = caught(() => parseAddress(text));
    expect(error.code).toBe('USAGE');
    expect(error.hint).toMatch(/Write unix|docker context ls/);
  });

  test.each(['ssh://me:geheim@node02', 'tcp://me:geheim@node02', 'ssh://me:geheim@no de'])(
    'the password in %s is not shown',
    (text) => {
      const { message, hint } = caught(() => parseAddress(text));
      expect(`${message} ${hint ?? ''}`).not.toContain('geheim');
    },
  );

  test('reads as it is written, and no text at all is anything but an address or USAGE', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.constantFrom('tcp', 'ssh', 'unix'), fc.string()).map(([a, b]) => `${a}://${b}`),
        ),
        (text) => {
          let address;
          try {
            address = parseAddress(text);
          } catch (error) {
            expect(error).toMatchObject({ code: 'USAGE' });
            return;
          }
          if (address.type === 'context') return;
          expect(parseAddress(formatAddress(address))).toEqual(address);
          if (address.type === 'ssh')
            expect(`${address.host} ${address.user ?? ''}`).not.toMatch(/^-| -|[\s"'`$;&|<>\\]{2}/);
        },
      ),
    );
  });
});

test.each<[string, boolean]>([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['0:0:0:0:0:0:0:1', true],
  ['128.0.0.1', false],
  ['localhost.example.org', false],
  ['127.0.0.1.example.org', false],
  ['::2', false],
  ['0.0.0.0', false],
  ['fd00::1', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback({ host })).toBe(expected);
});

function caught(run: () => EngineAddress | object): NetctlError {
  try {
    run();
  } catch (error) {
    if (error instanceof NetctlError) return error;
  }
  throw new Error('it was taken');
}
