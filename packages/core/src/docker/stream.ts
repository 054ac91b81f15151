import { addAbortSignal } from 'node:stream';

import type Dockerode from 'dockerode';

import { NetctlError } from '../errors.js';
import type { StreamOptions, Via } from './client.js';
import { dial, messageOf, readBody } from './dial.js';
import { refusal, unreachable } from './errors.js';
import { lineCutter } from './lines.js';

/** See EngineClient. */
export async function stream(
  docker: Dockerode,
  end: Pick<Via, 'where' | 'explain'>,
  path: string,
  { signal, onLine, onOpen, ...options }: StreamOptions & { readonly timeout: number },
): Promise<void> {
  const name = `GET ${path}`;
  const begin = new AbortController();
  const late = setTimeout(() => begin.abort(), options.timeout);
  const stop = (): void => begin.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) return;
    const response = await dial(docker, 'GET', path, options, begin.signal);
    clearTimeout(late);
    const status = response.statusCode ?? 0;
    if (status >= 300) throw refusal(status, messageOf(await readBody(response, begin.signal, end.where)), name);
    onOpen?.();
    const cut = lineCutter(onLine);
    // Destroyed with the loop, however that ends, and its connection with it.
    for await (const chunk of addAbortSignal(begin.signal, response) as AsyncIterable<Buffer>) cut(chunk);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof NetctlError) throw error;
    throw (await end.explain(error, name)) ?? unreachable(error, end.where, name);
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
  }
}
