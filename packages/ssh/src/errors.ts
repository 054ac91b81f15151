import { NetctlError } from '@netctl/core';
import type { ErrorCode } from '@netctl/core';

interface Rule {
  /** What ssh says; its own words are not translated, and those of the system are in the C locale. */
  readonly text: RegExp;
  readonly is?: ErrorCode;
  readonly why: string;
  readonly cure: (destination: string) => string;
}

/** The first that fits is the cause; special ones come before general ones. */
const RULES: readonly Rule[] = [
  {
    text: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i,
    why: 'it shows another host key than the one that is known, so it may be another machine',
    cure: (to) =>
      `Find out why. If the host was really made anew, forget the old key (ssh-keygen -R HOST) and run ssh ${to} once.`,
  },
  {
    text: /Host key verification failed|host key is known for|authenticity of host/i,
    why: 'its host key is not known here, and netctl takes none on trust',
    cure: (to) => `Run ssh ${to} once by hand, and compare the fingerprint that it shows with that of the host.`,
  },
  {
    text: /UNPROTECTED PRIVATE KEY FILE|Bad owner or permissions|bad permissions/,
    is: 'PERMISSION',
    why: 'ssh does not use a key or a configuration that others may read or write',
    cure: () => 'Make it yours alone (chmod 600 FILE).',
  },
  {
    text: /Permission denied|Too many authentication failures|No supported authentication methods/,
    is: 'PERMISSION',
    why: 'it refused every key that ssh has for it; nothing is asked, so no password either',
    cure: (to) =>
      `Try ssh -o BatchMode=yes ${to}; put a key there (ssh-copy-id), or load one into the agent (ssh-add).`,
  },
  {
    text: /Could not resolve hostname/,
    why: 'there is no host of that name',
    cure: () => 'Look for a misspelling, at the DNS of this machine and at ~/.ssh/config.',
  },
  {
    text: /Connection timed out|Operation timed out|timed out during banner exchange/i,
    why: 'it did not answer in time',
    cure: () => 'Look whether it is up, and at the firewall; give it longer with --timeout.',
  },
  {
    text: /Connection refused/,
    why: 'nothing listens there for ssh',
    cure: () => 'Start sshd on that host (systemctl start ssh), or look at the port.',
  },
  {
    text: /No route to host|Network is unreachable/,
    why: 'it cannot be reached from here',
    cure: () => 'Look at the routes and firewalls between the two.',
  },
  {
    text: /Bad configuration option|configuration options?, terminating|no argument after keyword|Bad .*\bline \d+/i,
    is: 'USAGE',
    why: 'the configuration of ssh on this machine is wrong',
    cure: () => 'Mend the line that it names.',
  },
  {
    text: /kex_exchange_identification|Connection closed|Connection reset|banner line contains invalid/i,
    why: 'what listens there hung up before anybody logged in',
    cure: () => 'Look at the log of sshd there (journalctl -u ssh), and whether that port is one of sshd.',
  },
];

/** Why no connection was made. */
export function connectFailure(where: string, destination: string, said: string, cause?: unknown): NetctlError {
  const rule = RULES.find(({ text }) => text.test(said));
  const why = rule?.why ?? 'ssh ended';
  return new NetctlError(rule?.is ?? 'ENGINE_UNREACHABLE', `No connection to ${where}: ${why}${quoted(said)}`, {
    hint: (rule?.cure ?? ((to: string) => `See what ssh -v ${to} says.`))(destination),
    ...(cause === undefined ? {} : { cause }),
  });
}

export function sshMissing(where: string, cause: unknown): NetctlError {
  return new NetctlError('ENGINE_UNREACHABLE', `No connection to ${where}: the program 'ssh' is not on this machine`, {
    hint: 'Install the package openssh-client (Debian, Ubuntu, Alpine) or openssh-clients (Fedora, RHEL).',
    cause,
  });
}

export function tooSlow(where: string, timeout: number, said: string): NetctlError {
  const message = `No connection to ${where}: it took longer than ${timeout / 1000} s to log in${quoted(said)}`;
  return new NetctlError('ENGINE_TIMEOUT', message, {
    hint: 'Look at the load and at the log of sshd there (journalctl -u ssh); give it longer with --timeout.',
  });
}

/** What was under way may have been done or not. */
export function connectionLost(where: string, said: string): NetctlError {
  return new NetctlError('ENGINE_UNREACHABLE', `The ssh connection to ${where} was lost${quoted(said)}`, {
    hint: 'Look at that host and the network to it, then run the same command again; it goes on where it stopped.',
  });
}

/** The end of what a program said, on one line, each thing once: what reads is asked for twice. */
export function quoted(text: string): string {
  const all = text.split('\n').map((line) => line.trim());
  const lines = [...new Set(all)].filter((line) => !/^[@\s]*$/.test(line));
  return lines.length === 0 ? '' : ` (it said: ${lines.slice(-4).join('; ').slice(-500)})`;
}
