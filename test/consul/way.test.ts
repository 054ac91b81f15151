import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { connectConsul } from '@netctl/consul';
import type { Environment } from '@netctl/consul';
import { describe, expect, test } from 'vitest';
import { fails, uses } from './support/access.js';
import { consulProgram, startAgent } from './support/agent.js';
import { startGateway } from './support/gateway.js';

describe.skipIf(consulProgram === undefined)('the way', () => {
  test('through a gateway, with a prefix, a user and a namespace', async () => {
    await using plain = await startAgent();
    await using gateway = await startGateway(plain.http, 'me:sesame');
    const env = { CONSUL_HTTP_ADDR: gateway.url, CONSUL_HTTP_AUTH: 'me:sesame' };
    await uses(env);
    await fails({ ...env, CONSUL_HTTP_AUTH: 'me' }, 'CONSUL_DENIED', /401/, /CONSUL_HTTP_TOKEN/);
    // An agent without Consul Enterprise has none, and says so.
    const named = { ...env, CONSUL_NAMESPACE: 'team a' };
    await fails(named, 'CONSUL_ERROR', /Enterprise/, /Unset CONSUL_NAMESPACE/);
    expect(gateway.seen).toContain('/consul/v1/agent/services?ns=team+a');
    await uses({ ...env, CONSUL_PARTITION: 'p' });
    expect(gateway.seen).toContain('/consul/v1/agent/checks?partition=p');
  });

  describe('to what is no agent', () => {
    const listen = async (answer: string): Promise<{ readonly env: Environment; readonly server: Server }> => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(answer));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      return { env: { CONSUL_HTTP_ADDR: `127.0.0.1:${port}` }, server };
    };
    const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

    test.each([
      ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'CONSUL_ERROR', /does not speak HTTP/, /8500/],
      ['a page', ok('<html>'), 'CONSUL_ERROR', /is no JSON/, /HTTP API/],
      ['another list', ok('[1,2]'), 'CONSUL_ERROR', /no list of services/, /HTTP API/],
      ['a redirect', 'HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n', 'CONSUL_ERROR', /with 301/, /./],
      [
        'a cut answer',
        'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{',
        'CONSUL_UNREACHABLE',
        /went away/,
        /journalctl/,
      ],
    ] as const)('%s', async (_name, answer, code, cause, cure) => {
      const { env, server } = await listen(answer);
      await fails(env, code, cause, cure).finally(() => server.close());
    });

    test('nobody', async () => {
      await fails({ CONSUL_HTTP_ADDR: '127.0.0.1:9' }, 'CONSUL_UNREACHABLE', /nothing listens there/, /systemctl/);
      await fails({ CONSUL_HTTP_ADDR: 'nobody.invalid:1' }, 'CONSUL_UNREACHABLE', /no host of that name/, /DNS/);
    });
  });

  test('a token that goes to another machine in the clear is known', async () => {
    for (const [address, expected] of [
      ['http://192.0.2.1:8500', true],
      ['https://192.0.2.1:8501', false],
      ['http://127.0.0.1:8500', false],
    ] as const) {
      await using consul = await connectConsul({ env: { CONSUL_HTTP_TOKEN: 't' }, address });
      expect(consul.tokenInTheClear).toBe(expected);
    }
    await using without = await connectConsul({ env: {}, address: 'http://192.0.2.1:8500' });
    expect(without.tokenInTheClear).toBe(false);
  });
});
