import { setTimeout as sleep } from 'node:timers/promises';

import type { Outcome } from './run.js';

/** `arping` side by side, all started by one process, so that only what they wait for takes time. */
const AT_ONCE = 128;

/** Two probes, the second half a second after the first, and each is listened for for a second. */
const WAVES_MS = [0, 500] as const;

type Start = (argv: readonly string[], input: string) => Promise<Outcome>;

/** What `arping` says first of each address, of iputils and of BusyBox. */
const BEGINNING = /^ARPING (?:to )?([0-9.]+) from /gm;

/**
 * Has `xargs` start an `arping` for each address, twice, and gives what they said of each, a reply before silence. What only
 * one of the two said nothing of counts as not asked. Undefined where there is no `xargs`.
 */
export async function askInWaves(
  start: Start,
  program: string,
  link: string,
  addresses: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Outcome> | undefined> {
  const probe = [program, '-D', '-I', link, '-c', '1', '-w', '1'];
  const argv = ['xargs', '-n', '1', '-P', String(AT_ONCE), ...probe];
  const wave = async (later: number): Promise<Outcome> => {
    // Whoever is told to stop is told so by what would be started.
    await sleep(later, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    return start(argv, `${addresses.join('\n')}\n`);
  };
  const waves = await Promise.all([wave(WAVES_MS[0]), wave(WAVES_MS[1])]);
  if (waves.some(({ missing, exit }) => missing || exit === 127)) return undefined;
  const texts = waves.map(({ stdout }) => saidOf(stdout));
  const [{ exit, endedBy }] = waves;
  const common = {
    exit,
    endedBy,
    timedOut: waves.some(({ timedOut }) => timedOut),
    missing: false,
    startError: undefined,
    stderr: [...new Set(waves.flatMap(({ stderr }) => stderr.split('\n')))].join('\n'),
  };
  return new Map(
    addresses.map((address) => {
      const said = texts.map((text) => text.get(address) ?? '');
      const whole =
        said.some((one) => one.includes(' reply from ')) || said.every((one) => one.includes('Received 0 '));
      return [address, { ...common, stdout: whole ? said.join('\n') : '' }] as const;
    }),
  );
}

/** Each of them writes all that it says at once, when it ends. */
function saidOf(stdout: string): ReadonlyMap<string, string> {
  const starts = [...stdout.matchAll(BEGINNING)];
  return new Map(
    starts.map(
      (match, at) => [match[1] ?? '', stdout.slice(match.index, starts[at + 1]?.index ?? stdout.length)] as const,
    ),
  );
}
