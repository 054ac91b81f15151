import { pingKey } from '@netctl/core';
import type { Ping, PingAnswers, Spot } from '@netctl/core';
import type { Outcome } from '../run.js';
import { inside } from './prober.js';
import type { ProbePlace } from './prober.js';

/** Side by side in one namespace: what one waits for no other one does. */
const AT_ONCE = 64;

const HEADER = 8;

/**
 * Has `xargs` start a `ping` for each question, so that a namespace costs one process of ours however much is asked in it.
 * Whose answer a line is, its length and its address say: `ping` writes each line at once (iputils, BusyBox).
 */
export async function ping(
  { place, timeout }: ProbePlace,
  spot: Spot,
  pings: readonly Ping[],
  signal: AbortSignal | undefined,
): Promise<PingAnswers> {
  if (pings.length === 0) return { answered: new Map(), said: [] };
  const rounds = Math.ceil(pings.length / AT_ONCE);
  const longest = Math.max(...pings.map(({ seconds }) => seconds));
  const argv = inside(spot, ['xargs', '-L', '1', '-P', String(AT_ONCE), 'ping', '-n']);
  const outcome = await place.run(argv, {
    input: `${pings.map(pingLine).join('\n')}\n`,
    timeout: timeout + rounds * longest * 1000,
    ...(signal === undefined ? {} : { signal }),
  });
  const why = whyUnasked(outcome);
  return { ...readAnswers(outcome.stdout, outcome.stderr), ...(why === undefined ? {} : { unasked: why }) };
}

/** `xargs` ends with this where a `ping` had no answer; with any other than 0 it is `nsenter` or `xargs` that failed. */
const UNANSWERED = 123;

export function whyUnasked({ exit, timedOut, stderr }: Outcome): string | undefined {
  if (timedOut) return 'it took too long to send';
  if (exit === 0 || exit === UNANSWERED) return undefined;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return `nothing could be sent${said === '' ? '' : `: ${said}`}`;
}

/** Every word of it is a number, an address or the name of an interface. */
export function pingLine({ address, payload, whole, by, seconds, count = 1 }: Ping): string {
  return [
    ...['-c', String(count), '-w', String(seconds), '-i', '0.2', '-s', String(payload)],
    ...(whole === undefined ? [] : ['-M', 'do']),
    ...(by === undefined ? [] : ['-I', by]),
    address,
  ].join(' ');
}

/** `64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.05 ms`; BusyBox has `seq=0`. */
const ANSWER = /^(\d+) bytes from ([0-9a-fA-F.:]+?)(?:%\S+)?: (?:icmp_)?seq=\d+.*$/gm;

export function readAnswers(stdout: string, stderr: string): PingAnswers {
  const answered = new Map<string, number>();
  for (const [line, bytes = '', address = ''] of stdout.matchAll(ANSWER)) {
    if (line.includes('(DUP!)')) continue;
    const key = pingKey({ address, payload: Number(bytes) - HEADER });
    answered.set(key, (answered.get(key) ?? 0) + 1);
  }
  const beside = stdout.split('\n').filter((line) => /^From \S+/.test(line));
  return { answered, said: [...new Set([...beside, ...stderr.split('\n').filter((line) => line !== '')])] };
}
