import { NetctlError } from '../errors.js';

/**
 * What an engine's refusal means, by its text: the status code of one refusal differs between engines (20.10 answers
 * 500 where 25 and newer answer 400), and the texts are stable but for small changes of wording.
 */
const REFUSALS: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    pattern: /network with name .+ already exists|name conflicts with an existing object/i,
    hint: 'A network of that name appeared meanwhile; run the same command again to see whose it is.',
  },
  {
    pattern: /is ambiguous/i,
    hint: 'Several networks have that name (engines before 25 allow it); remove the extra ones by their ids.',
  },
  {
    pattern: /pool overlaps with other one|have overlapping IPv[46]/i,
    hint: 'Another network uses addresses of this subnet, or an earlier failed create still holds it until the engine restarts; choose another subnet.',
  },
  {
    pattern: /non-overlapping IPv[46] address pool|predefined address pools have been fully subnetted/i,
    hint: "The engine's default address pools are used up; give the network a subnet, or write `subnet: auto`.",
  },
  {
    pattern: /failed to allocate (gateway|secondary ip address).*already in use/is,
    hint: 'The gateway or an auxiliary address is the network or broadcast address of the subnet, is given twice, or is that of another network on the same subnet.',
  },
  {
    pattern: /parent interface .*was not found|invalid subinterface vlan name/i,
    hint: 'The parent is not a link of the host that the engine runs on.',
  },
  {
    pattern: /already using parent interface/i,
    hint: 'One parent carries one ipvlan network, and before engine 27 one macvlan network; use a VLAN or another parent.',
  },
  {
    pattern: /device or resource busy/i,
    hint: 'The parent is a port of a bridge or bond, or carries macvlan and ipvlan at once.',
  },
  {
    pattern: /operation not supported/i,
    hint: 'The kernel lacks the module of this driver; install the package that holds it (Ubuntu: linux-modules-extra-…) or load it.',
  },
  {
    pattern: /has active endpoints|is in use/i,
    hint: 'Something is still attached; `netctl status` lists who.',
  },
  {
    pattern: /is not a swarm manager|from a worker node|swarm is not active/i,
    hint: 'Run `docker swarm init` on this host, or run netctl on a manager of the swarm.',
  },
  {
    pattern: /client version .+ is too (old|new)/i,
    hint: 'What answers the ping speaks another API than the engine behind it: name the socket of the engine itself.',
  },
  { pattern: /plugin ".+" not found/i, hint: 'Install the network or IPAM plugin on this engine.' },
];

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
  const known = REFUSALS.find(({ pattern }) => pattern.test(words));
  return new NetctlError(
    'ENGINE_ERROR',
    `The engine refused ${call} (${String(status)}): ${words || 'no reason given'}`,
    {
      ...(known === undefined ? {} : { hint: known.hint }),
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
