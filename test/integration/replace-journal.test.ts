import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { askEngine } from './support/engine-client.js';
import { expectText } from './support/failures.js';
import type { RunningNetctl } from './support/netctl.js';
import { openReplaceBench, type ReplaceBench } from './support/replace/bench.js';

/* The journal of an apply that was killed while everybody was off, and what becomes of its two copies since. */

const JOURNAL = 'netctl-journal';
const LABEL = 'io.netctl.journal';

let bench: ReplaceBench;

beforeAll(async () => {
  bench = await openReplaceBench();
});

afterAll(() => bench[Symbol.asyncDispose]());

/** Everybody is off the network `back`, which is gone, and netctl is dead. */
async function killedInTheMiddle(): Promise<void> {
  let running: RunningNetctl | undefined;
  await bench.attempt(
    {
      engine: async (call, outgoing, forward) => {
        if (call.aside || call.method !== 'DELETE' || call.number !== 1) return false;
        await forward();
        await running?.signal('SIGKILL');
        outgoing.destroy();
        return true;
      },
    },
    (attempt) => {
      running = attempt.running;
    },
  );
  expect(await bench.missing()).toEqual(['fixed', 'fresh', 'loop', 'loose', 'over']);
}

interface Kept {
  readonly Id: string;
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>>;
}

async function engineCopy(): Promise<Kept> {
  const networks = await askEngine<readonly Kept[]>(bench.host, 'GET', '/networks');
  const found = networks.find(({ Name }) => Name === JOURNAL);
  if (found === undefined) throw new Error('no copy of the journal in the engine');
  return found;
}

async function file(): Promise<string> {
  const [name = ''] = (await bench.desk.stateFiles()).filter((one) => one.endsWith('/home.json'));
  return join(bench.desk.stateFolder, name);
}

/** What becomes of one copy; undefined for one that is removed. */
type Harm = (text: string) => string | undefined;

async function harmFile(harm: Harm): Promise<void> {
  const path = await file();
  const text = harm(await readFile(path, 'utf8'));
  await (text === undefined ? rm(path) : writeFile(path, text));
}

/** No label of a network can be changed: it is made anew. */
async function harmEngineCopy(harm: Harm): Promise<void> {
  const { Id, Labels } = await engineCopy();
  const text = harm(Labels[LABEL] ?? '');
  await askEngine(bench.host, 'DELETE', `/networks/${Id}`);
  if (text === undefined) return;
  const body = { Name: JOURNAL, Driver: 'bridge', ConfigOnly: true, Labels: { ...Labels, [LABEL]: text } };
  await askEngine(bench.host, 'POST', '/networks/create', body);
}

const cutShort: Harm = (text) => text.slice(0, Math.floor(text.length * 0.8));
const empty: Harm = () => '';
const changed: Harm = (text) => text.replace('10.5.0.20', '10.5.0.21');
const removed: Harm = () => undefined;
const ofAnotherVersion: Harm = (text) => text.replace(/^netctl-journal 1 /, 'netctl-journal 2 ');

describe('one copy is enough', () => {
  const copies = { file: harmFile, 'copy in the engine': harmEngineCopy };
  const harms = { 'cut short': cutShort, empty, changed, removed };

  test.each<[keyof typeof copies, keyof typeof harms]>([
    ['file', 'cut short'],
    ['file', 'empty'],
    ['file', 'changed'],
    ['file', 'removed'],
    ['copy in the engine', 'cut short'],
    ['copy in the engine', 'changed'],
  ])('the %s is %s', async (copy, harm) => {
    await killedInTheMiddle();
    await copies[copy](harms[harm]);
    await bench.converge('the other copy');
  });
});

test('the copy in the engine is removed: it may have been finished elsewhere, so only --resume puts anybody back', async () => {
  await killedInTheMiddle();
  await harmEngineCopy(removed);
  expectText(await bench.desk.netctl(['apply', bench.next(), '--recreate', '--yes']), {
    exit: 75,
    code: 'UNFINISHED',
    cause: /its copy in the engine is gone, and these are off or stopped: .*fixed of network back/,
    cure: /say --resume/,
  });
  expect(await bench.missing()).toEqual(['fixed', 'fresh', 'loop', 'loose', 'over']);
  const resumed = await bench.desk.netctl(['apply', bench.next(), '--recreate', '--yes', '--resume']);
  expect(resumed.exitCode, resumed.stderr).toBe(0);
  await bench.expectWhole('resumed');
});

describe('nothing is guessed at', () => {
  let texts: { readonly file: string; readonly engine: string };

  beforeAll(async () => {
    await killedInTheMiddle();
    texts = { file: await readFile(await file(), 'utf8'), engine: (await engineCopy()).Labels[LABEL] ?? '' };
  });

  afterEach(async () => {
    await harmFile(() => texts.file);
    await harmEngineCopy(() => texts.engine);
  });

  /** Refused, and the host is as it was. */
  async function expectRefusal(cause: RegExp, cure: RegExp): Promise<void> {
    const before = [await bench.missing(), await bench.networks(), await bench.desk.stateFiles()];
    const args = ['apply', bench.next(), '--recreate', '--yes'];
    expectText(await bench.desk.netctl(args), { exit: 75, code: 'JOURNAL_UNREADABLE', cause, cure });
    expectText(await bench.desk.netctl([...args, '--resume']), { exit: 75, code: 'JOURNAL_UNREADABLE', cause, cure });
    expect([await bench.missing(), await bench.networks(), await bench.desk.stateFiles()]).toEqual(before);
  }

  const everybody = /containers (?=.*fixed)(?=.*fresh)(?=.*loop)(?=.*loose)(?=.*over).*, networks back/;

  test('both are damaged: where they are and what can be read of them is told', async () => {
    await harmFile(cutShort);
    await harmEngineCopy(changed);
    await expectRefusal(
      /in the engine \(network netctl-journal, [0-9a-f]{12}\): it was cut short or changed; the copy \S+\/home\.json: it was/,
      everybody,
    );
  });

  test('one is damaged, and there is no other', async () => {
    const path = await file();
    await harmFile(removed);
    await harmEngineCopy(changed);
    await expectRefusal(/in the engine .*cut short or changed/, everybody);
    await writeFile(path, '');
  });

  test.each([
    { where: 'file', harmCopy: harmFile },
    { where: 'copy in the engine', harmCopy: harmEngineCopy },
  ])('the $where is of another version', async ({ harmCopy }) => {
    await harmCopy(ofAnotherVersion);
    await expectRefusal(/it is of version 2, and this netctl knows version 1/, /Put back what is missing/);
  });

  afterAll(() => bench.converge('both copies are whole again'));
});

test('a disk that is full: refused before the first write', async () => {
  const { host, desk } = bench;
  const writes = async (): Promise<readonly string[]> => (await bench.attempt()).writes;
  await host.run('mkdir', ['-p', desk.stateFolder]);
  await host.run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', desk.stateFolder]);
  try {
    const filled = await host.run('dd', ['if=/dev/zero', `of=${desk.stateFolder}/full`, 'bs=4k'], { reject: false });
    expect(filled.stderr).toContain('No space left');
    const before = await bench.networks();
    expectText(await desk.netctl(['apply', bench.next(), '--recreate', '--yes']), {
      exit: 3,
      code: 'JOURNAL_UNWRITABLE',
      cause: /Nothing was changed: the plan cannot be kept under \S+: ENOSPC/,
      cure: /Make room there, or set XDG_STATE_HOME to a folder on another disk/,
    });
    expect(await writes()).toEqual([]);
    expect(await bench.networks()).toEqual(before);
    expect(await bench.missing()).toEqual([]);
  } finally {
    await host.run('umount', [desk.stateFolder]);
  }
  await bench.converge('there is room again');
});
