import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { NetctlError } from '@netctl/core';
import { formatAgentAddress } from './address.js';
import type { Credentials } from './credentials.js';
import { codeOf, notConsul, refusal, tooSlow, unreachable } from './errors.js';
import type { AgentSettings } from './settings.js';

/** No answer that netctl asks for comes near this size. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_SOCKETS = 8;

export interface CallOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** A status that says that there was nothing to do. */
  readonly fine?: number;
}

/** Calls one agent. Every call has a deadline that covers the whole answer, and throws NetctlError. */
export interface AgentClient {
  readonly where: string;
  call(method: 'GET' | 'PUT', path: string, options?: CallOptions): Promise<string>;
  close(): void;
}

export function agentClient(settings: AgentSettings, credentials: Credentials, timeout: number): AgentClient {
  const where = formatAgentAddress(settings);
  const { agent, send } = transport(settings, credentials);
  const common = requestOptions(settings, credentials);
  const query = new URLSearchParams({
    ...(settings.namespace !== undefined && { ns: settings.namespace }),
    ...(settings.partition !== undefined && { partition: settings.partition }),
  }).toString();
  const prefix = settings.address.type === 'tcp' ? settings.address.prefix : '';
  return {
    where,
    close: () => {
      agent.destroy();
    },
    call: async (method, path, { body, signal, fine } = {}) => {
      const call = `${method} ${path}`;
      const deadline = AbortSignal.timeout(timeout);
      const options = {
        ...common,
        agent,
        method,
        path: `${prefix}${path}${query === '' ? '' : `?${query}`}`,
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      };
      const text = body === undefined ? undefined : JSON.stringify(body);
      try {
        const { status, answer } = await exchange(send, options, text);
        if (status >= 400 && status !== fine) throw refusal(status, answer, where, call);
        if (status >= 300 && status < 400) throw notConsul(where, call, `it answers with ${status}`);
        return answer;
      } catch (error) {
        signal?.throwIfAborted();
        if (deadline.aborted) throw tooSlow(where, call, timeout);
        if (error instanceof NetctlError) throw error;
        throw unreachable(error, where, call);
      }
    },
  };
}

type Send = (options: RequestOptions) => ClientRequest;

function transport(
  { secure, verify, serverName }: AgentSettings,
  { ca, cert, key }: Credentials,
): { readonly agent: HttpAgent; readonly send: Send } {
  const common = { keepAlive: true, maxSockets: MAX_SOCKETS };
  if (!secure) return { agent: new HttpAgent(common), send: httpRequest };
  const agent = new HttpsAgent({
    ...common,
    ...(ca !== undefined && { ca: [...ca] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
    // Said whatever it is: NODE_TLS_REJECT_UNAUTHORIZED would else decide.
    rejectUnauthorized: verify,
  });
  return { agent, send: httpsRequest };
}

function requestOptions({ address, auth }: AgentSettings, { token }: Credentials): RequestOptions {
  return {
    ...(address.type === 'unix' ? { socketPath: address.socketPath } : { host: address.host, port: address.port }),
    ...(auth !== undefined && { auth }),
    headers: { Accept: 'application/json', ...(token !== undefined && { 'X-Consul-Token': token }) },
  };
}

interface Exchanged {
  readonly status: number;
  readonly answer: string;
}

/**
 * One request and its answer. An agent that was restarted has closed the connections that were kept, which is seen on the
 * first use of each: the same is sent again, as every call here may be, until a connection is new.
 */
async function exchange(send: Send, options: RequestOptions, body: string | undefined): Promise<Exchanged> {
  for (;;) {
    const sent = once(send, options, body);
    try {
      return await sent.answer;
    } catch (error) {
      if (!sent.request.reusedSocket || !/^(ECONNRESET|EPIPE)$/.test(codeOf(error))) throw error;
    }
  }
}

function once(
  send: Send,
  options: RequestOptions,
  body: string | undefined,
): { readonly request: ClientRequest; readonly answer: Promise<Exchanged> } {
  const request = send(options);
  const answer = new Promise<Exchanged>((resolve, reject) => {
    request.on('response', (response) => {
      readAll(response).then((text) => resolve({ status: response.statusCode ?? 0, answer: text }), reject);
    });
    request.on('error', reject);
  });
  if (body !== undefined) request.setHeader('Content-Type', 'application/json');
  request.end(body);
  return { request, answer };
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('its answer does not end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
