/** One run of a program, in milliseconds. */
export interface Timing {
  readonly wall: number;
  /** User and system time, with that of the processes that it started and waited for. */
  readonly cpu: number;
}

/** Somebody who does the same work as the others. */
export interface Contestant {
  readonly name: string;
  readonly run: () => Promise<Timing>;
  /** Puts back what the run has changed; not measured. */
  readonly after?: () => Promise<void>;
}

export type Timings = ReadonlyMap<string, readonly Timing[]>;

/**
 * Lets everybody run once in each round, and begins each round with another one, so that a machine that is busy for a
 * while, or an engine that grows slower, is so for all of them. One round more is run first and not counted.
 */
export async function alternate(contestants: readonly Contestant[], rounds: number): Promise<Timings> {
  const timings = new Map(contestants.map(({ name }) => [name, [] as Timing[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(round + turn) % contestants.length];
      if (contestant === undefined) continue;
      const timing = await contestant.run();
      await contestant.after?.();
      if (round > 0) timings.get(contestant.name)?.push(timing);
    }
  }
  return timings;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? Number.NaN);
  return { median: (lower + upper) / 2, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

/** What is to be compared with a target. */
export interface Ratio {
  readonly name: string;
  /** Of wall time, in each round. */
  readonly values: readonly number[];
  /** Of CPU time: what other work on the machine does not change. */
  readonly cpu?: readonly number[];
  /** The most that it may be. */
  readonly target?: number;
}

/** Of one to the sum of others, round by round. */
export function ratioOf(timings: Timings, of: string, to: readonly string[], target?: number): Ratio {
  const each = (read: (timing: Timing) => number): readonly number[] =>
    (timings.get(of) ?? []).map(
      (timing, round) =>
        read(timing) /
        to.reduce((sum, name) => {
          const other = timings.get(name)?.[round];
          return sum + (other === undefined ? Number.NaN : read(other));
        }, 0),
    );
  const rest = target === undefined ? {} : { target };
  return { name: `${of} / ${to.join(' + ')}`, values: each(({ wall }) => wall), cpu: each(({ cpu }) => cpu), ...rest };
}

/** Of one to whoever of the others, which are called so, has the best median. */
export function ratioToBest(
  timings: Timings,
  of: string,
  others: readonly string[],
  called: string,
  target?: number,
): Ratio {
  const medianOf = (name: string): number => spreadOf((timings.get(name) ?? []).map(({ wall }) => wall)).median;
  const [best = ''] = [...others].sort((a, b) => medianOf(a) - medianOf(b));
  return { ...ratioOf(timings, of, [best], target), name: `${of} / ${called}` };
}
