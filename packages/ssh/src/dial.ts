import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { DEFAULT_SOCKET, NetctlError } from '@netctl/core';

import { sharedArguments } from './arguments.js';
import { noPermission } from './diagnose.js';
import type { EngineWay, Line } from './engine.js';
import { quoted } from './errors.js';
import { quote } from './quote.js';

/** Each is a session of sshd, which has ten as a rule: those of `ip` and of the connection itself are among them. */
const CONNECTIONS = 4;

const KEPT = 4_000;

/** A local socket of which each connection is a `docker system dial-stdio` at the far end (docker CLI 18.09 and newer). */
export async function dialStdio(line: Line, given?: string, tried?: string): Promise<EngineWay> {
  const host = given === undefined ? [] : [`--host=unix://${given}`];
  const argv = [
    'ssh',
    ...sharedArguments(line.control, [], quote(['docker', ...host, 'system', 'dial-stdio'])),
  ] as const;
  const children = new Set<ChildProcess>();
  let said = '';
  const server = createServer((near) => {
    const [program, ...args] = argv;
    const far = spawn(program, args, { stdio: 'pipe', detached: true, env: { ...process.env, LC_ALL: 'C' } });
    children.add(far);
    far.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-KEPT)));
    // Whichever end goes, the other one follows.
    const end = (): void => {
      near.destroy();
      far.kill('SIGTERM');
    };
    for (const stream of [near, far.stdin, far.stdout, far]) stream.on('error', end);
    near.once('close', end);
    far.once('close', () => {
      children.delete(far);
      near.destroy();
    });
    near.pipe(far.stdin);
    far.stdout.pipe(near);
  });
  const socketPath = join(line.folder, 'd');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  const where = `${line.where} (docker system dial-stdio)`;
  return {
    address: { type: 'unix', socketPath },
    via: {
      where,
      connections: CONNECTIONS,
      explain: async (_cause, call) => (await line.lost()) ?? whyEnded(where, tried, said, call),
    },
    [Symbol.asyncDispose]: async () => {
      const ended = [...children].map((child) => new Promise((resolve) => child.once('close', resolve)));
      for (const child of children) child.kill('SIGTERM');
      await new Promise((resolve) => server.close(resolve));
      await Promise.all(ended);
    },
  };
}

function whyEnded(where: string, tried: string | undefined, said: string, call: string): NetctlError | undefined {
  if (/docker: (command )?not found|docker: No such file|'docker': No such file/i.test(said)) {
    return new NetctlError(
      'ENGINE_UNREACHABLE',
      `No answer at ${where}, at its socket ${tried ?? DEFAULT_SOCKET}: no engine runs there, or sshd forwards no sockets`,
      {
        hint:
          'Start the engine there (systemctl start docker). If it runs, allow forwarding in sshd_config ' +
          '(AllowStreamLocalForwarding yes), or install the docker CLI there, which is the other way to it.',
      },
    );
  }
  if (/permission denied/i.test(said)) return noPermission(where, tried ?? DEFAULT_SOCKET, said);
  if (said.trim() === '') return undefined;
  return new NetctlError('ENGINE_UNREACHABLE', `No answer to ${call} at ${where}${quoted(said)}`, {
    hint: 'Start the engine there (systemctl start docker).',
  });
}
