import { createServer } from 'node:http';

import { NetctlError } from '@netctl/core';

import type { ListenAddress } from '../options.js';
import type { Health } from './health.js';
import type { Metrics } from './metrics.js';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'no permission to listen there',
  ENOTFOUND: 'there is no host of that name',
};

/**
 * Answers `GET /metrics` and `GET /healthz` (200, with what fails but is no fault yet, or 503 with what is wrong).
 * @throws NetctlError USAGE where it cannot listen
 */
export async function serve({ host, port }: ListenAddress, metrics: Metrics, health: Health): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const text = 'text/plain; charset=utf-8';
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(405, text, 'GET alone\n');
      return;
    }
    const [path] = (request.url ?? '').split('?');
    if (path === '/healthz') {
      const fault = health.fault();
      const remark = health.remark();
      const well = remark === undefined ? 'ok' : `ok, but ${remark}`;
      answer(fault === undefined ? 200 : 503, text, `${fault ?? well}\n`);
    } else if (path === '/metrics') {
      metrics.text().then(
        (body) => answer(200, metrics.contentType, body),
        (error: unknown) => answer(500, text, `${String(error)}\n`),
      );
    } else answer(404, text, '/metrics and /healthz\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = REASONS[error.code ?? ''] ?? error.message;
      reject(
        new NetctlError('USAGE', `Cannot serve metrics at ${shown({ host, port })}: ${why}`, {
          hint: 'Name another address or port with --metrics, or leave it out.',
          cause: error,
        }),
      );
    });
    server.listen({ host, port }, resolve);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function shown({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
