import type { IncomingMessage, RequestOptions } from 'node:http';
import { addAbortSignal } from 'node:stream';

import type Dockerode from 'dockerode';

import type { CallOptions } from './client.js';
import { notDocker } from './errors.js';

/** No answer that netctl asks for comes near this size; more is not an engine. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** docker-modem has no types of its own; this is the part of it that is used. */
export interface Modem {
  version?: string;
  buildRequest(
    options: RequestOptions,
    context: unknown,
    data: string | undefined,
    done: (error: unknown, response?: IncomingMessage) => void,
  ): void;
  dial(
    options: {
      path: string;
      method: string;
      options: { _query?: object; _body?: unknown };
      isStream: true;
      statusCodes: Record<number, true>;
      abortSignal: AbortSignal;
    },
    done: (error: unknown, response: IncomingMessage) => void,
  ): void;
}

export function modemOf(docker: Dockerode): Modem {
  return docker.modem as unknown as Modem;
}

/** Every status counts as success for the modem, which would otherwise put its own words around the engine's. */
const EVERY_STATUS = new Proxy<Record<number, true>>({}, { get: () => true });

/** Sends a request, and gives the answer as soon as it begins. */
export function dial(
  docker: Dockerode,
  method: string,
  path: string,
  options: CallOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    modemOf(docker).dial(
      {
        // The modem takes a query only where the path ends in '?', and would send the body as one.
        path: options.query === undefined ? path : `${path}?`,
        method,
        options: {
          ...(options.query === undefined ? {} : { _query: options.query }),
          ...(options.body === undefined ? {} : { _body: options.body }),
        },
        isStream: true,
        statusCodes: EVERY_STATUS,
        abortSignal: signal,
      },
      (error, response) => {
        signal.removeEventListener('abort', abort);
        if (error === null || error === undefined) resolve(response);
        else reject(error instanceof Error ? error : new Error(JSON.stringify(error)));
      },
    );
  });
}

/** All of an answer. */
export async function readBody(response: IncomingMessage, signal: AbortSignal, where: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // addAbortSignal ends the loop when the deadline passes; a connection that dies ends it with an error by itself.
  for await (const chunk of addAbortSignal(signal, response) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw notDocker(where, 'its answer has no end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined for anything that is not JSON: engines send plain text and empty bodies too. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an engine says to what it refuses. */
export function messageOf(text: string): string {
  const json = parseJson(text);
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
    return json.message;
  return text.slice(0, 500);
}
