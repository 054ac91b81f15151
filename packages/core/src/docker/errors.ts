import { NetctlError } from '../errors.js';
import { classOf } from './refusals/index.js';

/** The engine's own words, without the wrapping that differs from engine to engine. */
export function engineText(text: string): string {
  return text
    .replace(/rpc error: code = \w+ desc = /g, '')
    .replace(/failed to set up container networking: /g, '')
    .replace(/invalid (network config|endpoint settings):\s*/g, '')
    .trim();
}

/** The error for an answer with a status of 400 or more. */
export function refusal(status: number, text: string, call: string): NetctlError {
  const words = engineText(text);
  const hint = classOf(words)?.hint;
  return new NetctlError(
    'ENGINE_ERROR',
    `The engine refused ${call} (${String(status)}): ${words || 'no reason given'}`,
    {
      ...(hint === undefined ? {} : { hint }),
    },
  );
}

/** The error for a call that got no answer: no socket, no permission, nobody there, something else there. */
export function unreachable(cause: unknown, where: string, call: string): NetctlError {
  const code = codeOf(cause);
  const raw = cause instanceof Error ? cause.message : String(cause);
  if (code === 'ENOENT') {
    return new NetctlError('ENGINE_UNREACHABLE', `No Docker Engine at ${where}: there is no such socket`, {
      hint: 'Start it (systemctl start docker), or name its socket with --host or DOCKER_HOST.',
      cause,
    });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new NetctlError('PERMISSION', `No permission to use the Docker socket ${where}`, {
      hint: 'Run as root, or as a member of the group that owns the socket (docker).',
      cause,
    });
  }
  if (code === 'ECONNREFUSED' || code === 'ENOTSOCK') {
    return new NetctlError('ENGINE_UNREACHABLE', `Nobody answers at ${where}: the Docker Engine is not running`, {
      hint: 'Start it (systemctl start docker), or name its socket with --host or DOCKER_HOST.',
      cause,
    });
  }
  if (code?.startsWith('HPE_') === true) return notDocker(where, 'what answers does not speak HTTP', cause);
  return new NetctlError('ENGINE_UNREACHABLE', `The Docker Engine at ${where} went away during ${call}: ${raw}`, {
    hint: 'Look at the engine (journalctl -u docker), then run the same command again; it goes on where it stopped.',
    cause,
  });
}

export function notDocker(where: string, reason: string, cause?: unknown): NetctlError {
  return new NetctlError('ENGINE_NOT_DOCKER', `${where} is not a Docker Engine: ${reason}`, {
    hint: "Give the path of Docker's own socket with --host or DOCKER_HOST (unix:///var/run/docker.sock as a rule).",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What Go's server says to a request without TLS on a port that has it. */
export function speaksTls({ message }: NetctlError): boolean {
  return message.includes('Client sent an HTTP request to an HTTPS server');
}

export function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
