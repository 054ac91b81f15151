import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { atWrite, fromWrite, INJECTED, loseAnswer, refuse } from './support/replace/at-write.js';
import { type Obstacles, openReplaceBench, type Outcome, type ReplaceBench } from './support/replace/bench.js';
import { INJECTED_BY_IP } from './support/replace/ip-stub.js';
import { seed, shared, shuffled } from './support/replace/seeded.js';

/* Whatever fails while networks in use are replaced, everybody is back, or named; and the next apply finishes. */

vi.setConfig({ testTimeout: 900_000 });

interface Fault extends Obstacles {
  readonly told: string;
  /** What the error has to say. */
  readonly cause: RegExp;
}

/** Every request and every command, before and after its effect; the engine whose turn one is not has the other. */
function faultsOf({ writes, ipWrites }: Outcome): readonly Fault[] {
  const engine = (what: string, index: number): readonly Fault[] => {
    const told = `request ${String(index + 1)} (${what}), seed ${String(seed)}`;
    return inTurn(index, [
      { told: `${told}, refused`, cause: new RegExp(INJECTED), engine: atWrite(index + 1, refuse) },
      { told: `${told}, answer lost`, cause: /went away during/, engine: atWrite(index + 1, loseAnswer) },
    ]);
  };
  const ip = (what: string, index: number): readonly Fault[] =>
    inTurn(index, ['before', 'after'] as const).map((when) => ({
      told: `${what}, failed ${when} its effect`,
      cause: new RegExp(INJECTED_BY_IP),
      ip: { write: index + 1, when, how: 'fails' },
    }));
  return shuffled(shared([...writes.flatMap(engine), ...ipWrites.flatMap(ip)]));
}

/** Now the one first, now the other: every other one of all is then one of each two. */
function inTurn<T>(index: number, [one, other]: readonly [T, T]): readonly T[] {
  return index % 2 === 0 ? [one, other] : [other, one];
}

// Each alone, since each fault takes two applies: the two of them in one apply are in replace-kills.test.ts.
describe.each(['back', 'lan'] as const)('the network %s', (network) => {
  let bench: ReplaceBench;
  let whole: Outcome;

  beforeAll(async () => {
    bench = await openReplaceBench([network]);
    whole = await bench.attempt();
    expect(whole.exitCode, whole.stderr).toBe(0);
    await bench.converge('nothing failed');
  });

  afterAll(() => bench[Symbol.asyncDispose]());

  test('one request or command fails: everybody is where he belongs at once', async () => {
    for (const { told, cause, ...obstacles } of faultsOf(whole)) {
      const { exitCode, stdout, stderr } = await bench.attempt(obstacles);
      const said = `${told}\n${stdout}\n${stderr}`;
      expect(await bench.missing(), said).toEqual([]);
      if (exitCode === 0) {
        // It found out that what it asked for is done.
        expect(stderr, said).toBe('');
        await bench.expectWhole(said);
        continue;
      }
      // 69: the engine went away before anything was begun, or after all was done.
      expect([1, 69], said).toContain(exitCode);
      expect(stderr, said).toMatch(/^netctl: \S/m);
      expect(stderr, said).toMatch(cause);
      expect(stderr, said).not.toContain('NOT_RECOVERED');
      if (!/the journal in the engine|Nothing was changed/.test(stderr)) {
        expect(stderr, said).toMatch(
          /\d+ of \d+ steps are done; once that is mended, the same command goes on from here/,
        );
      }
      await bench.converge(said);
    }
  });

  if (network === 'back')
    test('from one request on everything is refused: whoever is off is named, and kept in the journal', async () => {
      // One that takes the second off, one that removes the network, one that makes it, one that puts the second on.
      const [, second = 0] = indexesOf(/disconnect$/);
      const [removal = 0] = indexesOf(/^DELETE \S+$/);
      const [creation = 0] = indexesOf(/create$/);
      const [, back = 0] = indexesOf(/\/connect$/);
      for (const index of [second, removal, creation, back]) {
        const told = `all from request ${String(index + 1)} on`;
        const { exitCode, stdout, stderr } = await bench.attempt({ engine: fromWrite(index + 1, refuse) });
        const said = `${told}\n${stdout}\n${stderr}`;
        expect(exitCode, said).toBe(1);
        expect(stderr, said).toContain(INJECTED);
        const missing = await bench.missing();
        expect(missing, said).not.toEqual([]);
        for (const name of missing)
          expect(stderr, said).toMatch(new RegExp(`^error: .*\\b${name}\\b.*NOT_RECOVERED`, 'm'));
        expect(await bench.kept(), said).toEqual(missing);
        await bench.converge(said);
      }
    });

  function indexesOf(pattern: RegExp): readonly number[] {
    return [...whole.writes.entries()].flatMap(([index, what]) => (pattern.test(what) ? [index] : []));
  }
});
