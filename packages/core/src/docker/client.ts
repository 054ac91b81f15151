import type { IncomingMessage, RequestOptions } from 'node:http';
import { addAbortSignal } from 'node:stream';

import type Dockerode from 'dockerode';
import type { DockerOptions } from 'dockerode';

import { NetctlError } from '../errors.js';
import { formatAddress } from './address.js';
import type { TcpAddress, UnixAddress } from './address.js';
import { notDocker, refusal, unreachable } from './errors.js';
import { remoteFailure } from './remote-errors.js';
import { modemOptions, wayTo } from './transport.js';
import type { Send } from './transport.js';

/** No answer that netctl asks for comes near this size; more is not an engine. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export interface CallOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds, instead of the client's own deadline. */
  readonly timeout?: number;
}

/** An answer of the engine with a status below 400. */
export interface Answer {
  readonly json: unknown;
  readonly headers: IncomingMessage['headers'];
}

/** Calls one engine. Every call has a deadline that covers the whole answer, and throws NetctlError. */
export interface EngineClient {
  readonly where: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** From now on all calls use this API version. */
  useVersion(version: string): void;
  close(): void;
}

/** The way to an engine that is on the far side of a connection of another kind, such as ssh. */
export interface Via {
  /** What to call the engine: `ssh://root@node02`. */
  readonly where: string;
  /** Why a call got no answer, where that is known to whoever keeps the connection. */
  explain(cause: unknown, call: string): Promise<NetctlError | undefined>;
  /** How many connections there can be at once. */
  readonly connections?: number;
}

/** More at once gain nothing. */
const MAX_SOCKETS = 8;

/**
 * A client on dockerode's modem. Everything that the modem would otherwise take from the environment is given, and
 * answers are read here: the modem waits for ever when a connection dies after the headers, and its time-outs cannot
 * be told from a reset.
 */
export async function engineClient(
  address: UnixAddress | TcpAddress,
  timeout: number,
  via?: Via,
): Promise<EngineClient> {
  const { default: Docker } = await import('dockerode');
  const { agent, send } = await wayTo(address, via?.connections ?? MAX_SOCKETS);
  const docker = withoutDockerHost(() => new Docker({ ...modemOptions(address), agent } as DockerOptions));
  sendPlainly(modemOf(docker), send, address.type === 'tcp' ? (address.basePath ?? '') : '');
  const where = via?.where ?? formatAddress(address);
  const end: Pick<Via, 'where' | 'explain'> = via ?? { where, explain: explainTcp(address, where) };
  return {
    where,
    call: (method, path, options = {}) => call(docker, end, method, path, { timeout, ...options }),
    useVersion: (version) => {
      modemOf(docker).version = `v${version}`;
    },
    close: () => agent.destroy(),
  };
}

function explainTcp(address: UnixAddress | TcpAddress, where: string): Via['explain'] {
  return (cause) => Promise.resolve(address.type === 'tcp' ? remoteFailure(cause, where, address.tls) : undefined);
}

/**
 * The modem's constructor reads DOCKER_HOST and its relatives even when all is given, lets them win over what is
 * given, and throws when it cannot read what they say.
 */
function withoutDockerHost<T>(make: () => T): T {
  const saved = process.env['DOCKER_HOST'];
  delete process.env['DOCKER_HOST'];
  try {
    return make();
  } finally {
    if (saved !== undefined) process.env['DOCKER_HOST'] = saved;
  }
}

async function call(
  docker: Dockerode,
  end: Pick<Via, 'where' | 'explain'>,
  method: string,
  path: string,
  options: CallOptions & { readonly timeout: number },
): Promise<Answer> {
  const { where } = end;
  const name = `${method} ${path}`;
  const deadline = AbortSignal.timeout(options.timeout);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  try {
    signal.throwIfAborted();
    const attempt = async (): Promise<IncomingMessage> => dial(docker, method, path, options, signal);
    // An engine that restarts closes the connections that were kept for the next call, which then fails at once. Only
    // what reads is asked again: whether a write was done nobody knows.
    const response = await attempt().catch((error: unknown) => {
      if (method === 'GET' && isHungUp(error) && !signal.aborted) return attempt();
      throw error;
    });
    const text = await readBody(response, signal, where);
    const status = response.statusCode ?? 0;
    if (status >= 300) throw refusal(status, messageOf(text), name);
    return { json: parseJson(text), headers: response.headers };
  } catch (error) {
    if (error instanceof NetctlError) throw error;
    if (options.signal?.aborted === true) throw options.signal.reason;
    if (deadline.aborted) {
      const lost = await end.explain(error, name);
      if (lost !== undefined) throw lost;
      throw new NetctlError(
        'ENGINE_TIMEOUT',
        `The Docker Engine at ${where} did not finish ${name} within ${String(options.timeout / 1000)} s`,
        {
          hint: 'Look at the engine (journalctl -u docker); give it longer with --timeout.',
          cause: error,
        },
      );
    }
    throw (await end.explain(error, name)) ?? unreachable(error, where, name);
  }
}

function isHungUp(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/**
 * The modem's own way of sending follows redirections beside handing them to us, with nobody to catch what goes wrong
 * there: a place that is not known, or is no web address, would end the process.
 */
function sendPlainly(modem: Modem, send: Send, basePath: string): void {
  modem.buildRequest = (options, _context, data, done) => {
    try {
      // The modem has a prefix too, and drops it.
      const whole = { ...options, path: `${basePath}${options.path ?? ''}` };
      const outgoing = send(whole, (response) => done(null, response));
      outgoing.on('error', (error) => done(error));
      outgoing.end(data);
    } catch (error) {
      // A path that no request can have.
      done(error);
    }
  };
}

/** docker-modem has no types of its own; this is the part of it that is used. */
interface Modem {
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

function modemOf(docker: Dockerode): Modem {
  return docker.modem as unknown as Modem;
}

/** Every status counts as success for the modem, which would otherwise put its own words around the engine's. */
const EVERY_STATUS = new Proxy<Record<number, true>>({}, { get: () => true });

function dial(
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

async function readBody(response: IncomingMessage, signal: AbortSignal, where: string): Promise<string> {
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
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(text: string): string {
  const json = parseJson(text);
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
    return json.message;
  return text.slice(0, 500);
}
