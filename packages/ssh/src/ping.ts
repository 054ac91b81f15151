import { request } from 'node:http';

/** Whether anything answers a ping of HTTP on a socket; whether it is an engine is another question. */
export function pings(socketPath: string, timeout: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const deadline = AbortSignal.timeout(timeout);
    const outgoing = request({
      socketPath,
      path: '/_ping',
      agent: false,
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
    outgoing.once('response', (response) => {
      response.destroy();
      resolve(true);
    });
    outgoing.on('error', (error) => {
      if (signal?.aborted === true) reject(signal.reason instanceof Error ? signal.reason : error);
      // Who has not answered by then is asked again, and told of.
      else resolve(deadline.aborted);
    });
    outgoing.end();
  });
}
