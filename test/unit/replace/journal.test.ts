import { describe, expect, test } from 'vitest';
import { decodeJournal, encodeJournal, readCopies } from '../../../packages/core/src/apply/journal.js';
import type { Journal } from '../../../packages/core/src/apply/journal.js';

const journal = (stack: string, startedAt: string): Journal => ({
  version: 1,
  stack,
  startedAt,
  owner: { host: 'box', machineId: 'm', bootId: 'b', netNamespace: 'n', pidNamespace: 'p', pid: 1, startTime: '2' },
  parked: [
    {
      host: 'local',
      network: 'network:lan',
      name: 'lan',
      networkId: '1'.repeat(64),
      endpoint: { container: 'a'.repeat(64), name: 'web', state: 'running', config: {}, has: {}, mode: 'lan' },
    },
  ],
  networks: [],
  links: [],
});
const early = encodeJournal(journal('home', '2026-01-01T00:00:00.000Z'));
const late = encodeJournal(journal('home', '2026-01-02T00:00:00.000Z'));
const theirs = encodeJournal(journal('theirs', '2025-01-01T00:00:00.000Z'));
const file = (text: string): { readonly where: string; readonly text: string } => ({ where: '/state/home.json', text });
const inEngine = (text: string, id = 'e'.repeat(64)): { readonly id: string; readonly text: string } => ({ id, text });

test('what is encoded is decoded', () => {
  expect(decodeJournal(late)).toEqual({ journal: journal('home', '2026-01-02T00:00:00.000Z') });
});

describe('a damaged text', () => {
  test.each([
    ['empty', ''],
    ['cut short', late.slice(0, -20)],
    ['cut within the first line', late.slice(0, 30)],
    ['changed', late.replace('"web"', '"wob"')],
    ['of something else', '{"version":1}'],
  ])('that is %s is not believed', (_what, text) => {
    expect(decodeJournal(text)).toMatchObject({ damaged: expect.stringMatching(/damaged|cut short/) as string });
  });
});

const startedAt = (...args: Parameters<typeof readCopies>): unknown => readCopies(...args)?.journal.startedAt;

test('one copy is enough', () => {
  expect(startedAt('home', file(early), [])).toBe('2026-01-01T00:00:00.000Z');
  expect(startedAt('home', file(''), [inEngine(early)])).toBe('2026-01-01T00:00:00.000Z');
  expect(startedAt('home', file(early), [inEngine('nothing')])).toBe('2026-01-01T00:00:00.000Z');
  expect(readCopies('home', undefined, [])).toBeUndefined();
});

test('of two runs the one in the engine counts, whatever the clocks say; of one run the file, which is cut down', () => {
  expect(startedAt('home', file(early), [inEngine(late)])).toBe('2026-01-02T00:00:00.000Z');
  expect(startedAt('home', file(late), [inEngine(early)])).toBe('2026-01-01T00:00:00.000Z');
  const settled = encodeJournal({ ...journal('home', '2026-01-02T00:00:00.000Z'), parked: [] });
  expect(readCopies('home', file(settled), [inEngine(late)])).toMatchObject({ journal: { parked: [] } });
});

test('what another stack left comes first, and its copy is not taken for one of ours', () => {
  const found = readCopies('home', file(late), [inEngine(early, '8'), inEngine(theirs, '9')]);
  expect(found).toMatchObject({ journal: { stack: 'theirs' }, copies: ['9'] });
  expect(found?.owners).toHaveLength(2);
});

test('a file whose copy in the engine is gone is no order, but for the moment in which that is changed', () => {
  expect(readCopies('home', file(late), [])).toMatchObject({ orphaned: true });
  const alone = encodeJournal({ ...journal('home', '2026-01-02T00:00:00.000Z'), alone: true });
  expect(readCopies('home', file(alone), [])).toMatchObject({ orphaned: false });
  const empty = encodeJournal({ ...journal('home', '2026-01-02T00:00:00.000Z'), parked: [] });
  expect(readCopies('home', file(empty), [])).toMatchObject({ orphaned: false });
});

test('without a whole copy all is refused, with what can still be read', () => {
  const read = (): unknown => readCopies('home', file(late.slice(0, -5)), [inEngine('netctl-journal 1 00\n{}')]);
  expect(read).toThrow(
    /the copy in the engine \(network netctl-journal, eeeeeeeeeeee\): .*; the copy \/state\/home\.json: /,
  );
  expect(read).toThrow(
    expect.objectContaining({ exit: 75, hint: expect.stringContaining('containers web') as string }),
  );
});

test('a version that is not known is not guessed at, though the other copy is whole', () => {
  const newer = late.replace('netctl-journal 1', 'netctl-journal 2');
  expect(() => readCopies('home', file(newer), [inEngine(late)])).toThrow(/version 2/);
  expect(() => readCopies('home', file(late), [inEngine(newer)])).toThrow(/version 2/);
});
