import type { IncomingMessage } from 'node:http';

import type Dockerode from 'dockerode';
import type { DockerOptions } from 'dockerode';

import { NetctlError } from '../errors.js';
import { formatAddress } from './address.js';
import type { TcpAddress, UnixAddress } from './address.js';
import { dial, messageOf, modemOf, parseJson, readBody } from './dial.js';
import type { Modem } from './dial.js';
import { refusal, unreachable } from './errors.js';
import { remoteFailure } from './remote-errors.js';
import { stream } from './stream.js';
import { modemOptions, wayTo } from './transport.js';
import type { Send } from './transport.js';

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

export interface StreamOptions extends Pick<CallOptions, 'query'> {
  readonly signal: AbortSignal;
  /** A line without its end; undefined for one that was too long to be kept. What it throws ends the stream. */
  readonly onLine: (line: string | undefined) => void;
  /** The engine has begun to send. */
  readonly onOpen?: () => void;
}

/** Calls one engine. Every call has a deadline that covers the whole answer, and throws NetctlError. */
export interface EngineClient {
  readonly where: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /**
   * `GET` of an answer that does not end, line by line. Resolves when the engine ends it and when the signal is aborted,
   * and has closed its connection by then; rejects when it did not begin within the deadline, or broke off.
   */
  stream(path: string, options: StreamOptions): Promise<void>;
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
  const { default: Docker } = await import('#dockerode');
  const { agent, send } = await wayTo(address, via?.connections ?? MAX_SOCKETS);
  const docker = withoutDockerHost(() => new Docker({ ...modemOptions(address), agent } as DockerOptions));
  sendPlainly(modemOf(docker), send, address.type === 'tcp' ? (address.basePath ?? '') : '');
  const where = via?.where ?? formatAddress(address);
  const end: Pick<Via, 'where' | 'explain'> = via ?? { where, explain: explainTcp(address, where) };
  return {
    where,
    call: (method, path, options = {}) => call(docker, end, method, path, { timeout, ...options }),
    stream: (path, options) => stream(docker, end, path, { timeout, ...options }),
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
