import { request } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';

/** What the engine answered. */
export interface EngineAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * One request to an engine on a Unix socket, answered whole before the deadline, in milliseconds. The body is a stream,
 * or a value to send as JSON.
 */
export async function askEngine(
  socketPath: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  timeout: number,
  body?: Readable | object,
): Promise<EngineAnswer> {
  const signal = AbortSignal.timeout(timeout);
  // A connection of its own for each request: a kept one would break when the engine restarts.
  const json = body === undefined || isStream(body) ? undefined : JSON.stringify(body);
  const headers =
    json === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
  const outgoing = request({ socketPath, method, path, headers, agent: false, signal });
  const answered = new Promise<EngineAnswer>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      text(incoming).then((answer) => resolve({ status: incoming.statusCode ?? 0, body: answer }), reject);
    });
  });
  const sent = body !== undefined && isStream(body) ? pipeline(body, outgoing) : outgoing.end(json);
  const [answer] = await Promise.all([answered, sent]);
  return answer;
}

function isStream(body: Readable | object): body is Readable {
  return 'pipe' in body;
}

/** Whether an engine answers on the socket now. */
export async function engineAnswers(socketPath: string): Promise<boolean> {
  return askEngine(socketPath, 'GET', '/_ping', 2_000).then(
    ({ status }) => status === 200,
    () => false,
  );
}
