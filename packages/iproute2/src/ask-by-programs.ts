import type { WireAnswers } from '@netctl/core';
import type { AskHost } from './ask.js';
import { checkedLinkName, isV6 } from './check.js';
import { askInWaves } from './ask-in-waves.js';
import type { Outcome } from './run.js';

/** A process for each address, and so many side by side. */
const AT_ONCE = 64;

/** How to ask for one address by a program, and how to read what it says. */
interface Asker {
  readonly program: string;
  readonly args: (link: string, address: string) => readonly string[];
  /** The MAC is the first group. */
  readonly answered: RegExp;
  /** That it asked, and nobody answered. */
  readonly silence: (outcome: Pick<Outcome, 'stdout' | 'stderr' | 'exit'>) => boolean;
  /** It takes the address last and says it first, so that one process can start it for all of them. */
  readonly inWaves?: true;
}

const MAC = '((?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2})';

/** Of iputils and of BusyBox: the second probe comes a second after the first, and is waited for as long. */
const ARPING: Asker = {
  program: 'arping',
  args: (link, address) => ['-D', '-I', link, '-c', '2', '-w', '2', address],
  answered: new RegExp(`reply from .* \\[${MAC}\\]`, 'i'),
  silence: ({ stdout }) => stdout.includes('Received 0 '),
  inWaves: true,
};

/** The other one, by Thomas Habets, has other flags: `-0` asks as 0.0.0.0, `-C 1` ends with the first answer. */
const HABETS: Asker = {
  program: 'arping',
  args: (link, address) => ['-0', '-i', link, '-c', '3', '-W', '0.35', '-C', '1', '-w', '2', address],
  answered: new RegExp(`bytes from ${MAC}`, 'i'),
  silence: ({ stdout }) => stdout.includes(' 0 packets received'),
};

const NDISC6: Asker = {
  program: 'ndisc6',
  args: (link, address) => ['-q', '-r', '3', '-w', '350', address, link],
  answered: new RegExp(`^${MAC}`, 'im'),
  silence: ({ exit, stderr }) => exit === 2 && stderr === '',
};

/**
 * Asks through a link itself, with its own MAC: `arping` as 0.0.0.0, `ndisc6` with the link's own link-local address. They
 * need packets of their own (CAP_NET_RAW) and no entry among the host's neighbours.
 */
export async function askByPrograms(
  host: AskHost,
  link: string,
  addresses: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WireAnswers> {
  const families = [addresses.filter((one) => !isV6(one)), addresses.filter(isV6)];
  const [v4, v6] = await Promise.all(
    [findArping, findNdisc6].map(async (find, at): Promise<WireAnswers> => {
      const some = families[at] ?? [];
      if (some.length === 0) return NOTHING;
      const asker = await find(host, signal);
      return typeof asker === 'string'
        ? { taken: [], unasked: some, notes: [asker] }
        : askAll(host, asker, link, some, signal);
    }),
  );
  return sum([v4 ?? NOTHING, v6 ?? NOTHING]);
}

const NOTHING: WireAnswers = { taken: [], unasked: [], notes: [] };

function sum(all: readonly WireAnswers[]): WireAnswers {
  return {
    taken: all.flatMap(({ taken }) => taken),
    unasked: all.flatMap(({ unasked }) => unasked),
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
  };
}

/** The program, or why there is none. */
type Find = (host: AskHost, signal: AbortSignal | undefined) => Promise<Asker | string>;

const findArping: Find = async (host, signal) => {
  const outcome = await run(host, ['arping', '-V'], signal);
  if (isMissing(outcome)) return `the program 'arping' is not on ${host.place.where} (package iputils-arping)`;
  const text = `${outcome.stdout}\n${outcome.stderr}`;
  if (/iputils|BusyBox/.test(text)) return ARPING;
  return text.includes('Habets')
    ? HABETS
    : `the program 'arping' on ${host.place.where} is of a make that is not known`;
};

const findNdisc6: Find = async (host, signal) =>
  isMissing(await run(host, ['ndisc6', '-V'], signal))
    ? `the program 'ndisc6' is not on ${host.place.where} (package ndisc6)`
    : NDISC6;

async function run(
  { command, timeout, place }: AskHost,
  argv: readonly string[],
  signal: AbortSignal | undefined,
  input?: string,
): Promise<Outcome> {
  const options = { timeout, ...(signal === undefined ? {} : { signal }), ...(input === undefined ? {} : { input }) };
  return place.run([...command.slice(0, -1), ...argv], options);
}

/** 127 is what nsenter, sudo and a remote shell end with when they find no such program. */
function isMissing({ missing, exit }: Outcome): boolean {
  return missing || exit === 127;
}

async function askAll(
  host: AskHost,
  asker: Asker,
  link: string,
  addresses: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WireAnswers> {
  const name = checkedLinkName(link);
  if (asker.inWaves === true && addresses.length > 1) {
    const said = await askInWaves(
      (argv, input) => run(host, argv, signal, input),
      asker.program,
      name,
      addresses,
      signal,
    );
    if (said !== undefined) return sum([...said].map(([address, outcome]) => toAnswers(asker, address, outcome)));
  }
  const queue = [...addresses];
  const results: WireAnswers[] = [];
  const worker = async (): Promise<void> => {
    for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
      const argv = [asker.program, ...asker.args(name, address)];
      results.push(toAnswers(asker, address, await run(host, argv, signal)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sum(results);
}

function toAnswers(asker: Asker, address: string, outcome: Outcome): WireAnswers {
  const mac = asker.answered.exec(outcome.stdout)?.[1]?.toLowerCase();
  if (mac !== undefined) return { ...NOTHING, taken: [{ address, mac }] };
  if (asker.silence(outcome)) return NOTHING;
  const said = outcome.timedOut ? 'it took too long' : outcome.stderr.trim().replaceAll(/\s*\n\s*/g, '; ');
  const why = said === '' ? `it ended with ${outcome.exit ?? outcome.endedBy ?? '?'}` : said;
  return { taken: [], unasked: [address], notes: [`${asker.program} failed: ${why}`] };
}
