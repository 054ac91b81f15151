import type { CheckRegistration } from '../registration.js';
import { checkUrl, hostPort } from './check-address.js';
import { DURATION_HINT, methodOf } from './check-options.js';
import { isDuration } from './duration.js';
import { hasControl, quote } from './report.js';
import type { Report } from './report.js';
import { setting } from './settings.js';
import type { Settings } from './settings.js';
import type { Variable } from './variables.js';
import { splitWords } from './words.js';

/** What a check is of. */
export interface CheckTarget {
  readonly containerId: string;
  readonly address: string;
  readonly port: number;
}

/** The check, or why it cannot be made and what to write. */
type Made = CheckRegistration | { readonly fault: string; readonly hint: string };

type Make = (variable: Variable, target: CheckTarget, settings: Settings, report: Report) => Made;

/** Each kind of check by its variable. A service has one: the first of these that is asked for, as in Registrator. */
export const CHECK_KINDS: readonly (readonly [key: string, make: Make])[] = [
  ['check_http', http('http')],
  ['check_https', http('https')],
  [
    'check_cmd',
    ({ value }, { containerId, port }) => ({ Args: ['check-cmd', containerId.slice(0, 12), String(port), value] }),
  ],
  ['check_script', script],
  [
    'check_ttl',
    ({ value }) => (isDuration(value) ? { TTL: value } : { fault: 'it is no duration', hint: DURATION_HINT }),
  ],
  ['check_tcp', (_variable, { address, port }) => ({ TCP: hostPort(address, port) })],
  [
    'check_grpc',
    (_variable, { address, port }, settings) => ({
      GRPC: hostPort(address, port),
      ...(setting(settings, 'check_grpc_use_tls') === undefined ? {} : { GRPCUseTLS: true }),
    }),
  ],
];

function http(scheme: 'http' | 'https'): Make {
  return ({ written, value }, { address, port }, settings, report) => {
    const made = checkUrl(scheme, hostPort(address, port), value);
    const hint = `Write a path, as ${written}=/health.`;
    if ('fault' in made) return { fault: made.fault, hint };
    if (made.added === true) {
      const message = `${written} is ${quote(value)}, which does not begin with a slash: one is put before it.`;
      report('SERVICE_CHECK_INVALID', message, hint);
    }
    return { HTTP: made.url, ...methodOf(settings, `check_${scheme}_method`, report) };
  };
}

/**
 * A command of Consul's agent, as words and without a shell: Consul takes no other since 1.1. Registrator's two
 * placeholders are filled in last, so that a word stays a word whatever they are.
 */
function script({ written, value }: Variable, { address, port }: CheckTarget): Made {
  const split = splitWords(value);
  if ('open' in split) return { fault: 'a quote in it is not closed', hint: 'Close it, or put a backslash before it.' };
  if ('needsShell' in split) {
    const fault = `${quote(split.needsShell)} means something to a shell, and Consul runs commands without one`;
    return { fault, hint: `Write ${written}=sh -c '…' where a shell is meant.` };
  }
  if ((split.words[0] ?? '') === '' || hasControl(value.replace(/\s/g, ''))) {
    return { fault: 'it is no command', hint: 'Write a program with its arguments, or take it away.' };
  }
  const fill = (word: string): string =>
    word.replaceAll('$SERVICE_IP', address).replaceAll('$SERVICE_PORT', String(port));
  return { Args: split.words.map(fill) };
}
