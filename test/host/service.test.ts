import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serviceManager } from '../../packages/cli/src/watch/service.js';
import type { ServiceInput } from '../../packages/cli/src/watch/service.js';
import { repository } from '../integration/support/netctl.js';
import { until } from '../integration/support/until.js';
import { type Datagrams, receiveDatagrams } from '../support/datagrams.js';

/* What a service manager is told, by a real datagram socket. */

const run = promisify(execFile);

let folder: string;
let manager: Datagrams;
let failures: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-service-'));
  manager = await receiveDatagrams(join(folder, 'notify'));
  failures = [];
});
afterEach(async () => {
  await manager[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function started(env: NodeJS.ProcessEnv = {}, isAlive: ServiceInput['isAlive'] = () => true) {
  const service = serviceManager({
    env: { PATH: process.env['PATH'], NOTIFY_SOCKET: join(folder, 'notify'), ...env },
    isAlive,
    onFailure: (message) => failures.push(message),
  });
  if (service === undefined) throw new Error('nobody is to be told');
  return service;
}

/** But for what systemd-notify sends itself to know that all has come. */
const said = (): readonly string[] => manager.messages.filter((text) => !text.startsWith('BARRIER='));
const heard = (count: number): Promise<unknown> =>
  until(`${count} messages`, () => Promise.resolve(said().length >= count));

test('ready with the first round that did what could be done, and again after each reload', async () => {
  const service = started();
  service.status('no engine\nyet');
  service.roundOver(false);
  service.roundOver(true);
  service.roundOver(true);
  service.status('as the spec says');
  service.status('as the spec says');
  service.reloading();
  service.roundOver(false);
  await service.stopping();
  expect(said()).toEqual([
    'STATUS=no engine yet',
    'READY=1',
    'STATUS=as the spec says',
    expect.stringMatching(/^RELOADING=1 MONOTONIC_USEC=\d+$/),
    'READY=1',
    'STOPPING=1',
  ]);
  expect(failures).toEqual([]);
});

test('the watchdog hears of it as long as it is alive, and no longer', async () => {
  let alive = true;
  const service = started({ WATCHDOG_USEC: '100000', WATCHDOG_PID: String(process.pid) }, () => alive);
  await heard(3);
  alive = false;
  await service.stopping();
  const before = said().length;
  expect(said()).toEqual([...Array.from({ length: before - 1 }, () => 'WATCHDOG=1'), 'STOPPING=1']);
});

test('a hung round is one that the watchdog does not hear of', async () => {
  let asked = 0;
  const service = started({ WATCHDOG_USEC: '20000' }, () => {
    asked += 1;
    return false;
  });
  await until('it was asked', () => Promise.resolve(asked > 2));
  await service.stopping();
  expect(said()).toEqual(['STOPPING=1']);
});

test('a watchdog that wants to hear another process is not told', async () => {
  const service = started({ WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' }, () => {
    throw new Error('asked');
  });
  await service.stopping();
  expect(said()).toEqual(['STOPPING=1']);
});

test('who was not started as a service tells nobody, and who cannot tell says so once', async () => {
  expect(serviceManager({ env: {}, isAlive: () => true, onFailure: () => undefined })).toBeUndefined();
  const service = started({ PATH: folder });
  service.status('one');
  service.status('two');
  await service.stopping();
  expect(failures).toEqual([expect.stringContaining('systemd-notify')]);
});

test('the unit in examples is one that systemd takes', async () => {
  // Only what is wrong with the unit itself: on this machine there may be neither a netctl nor a docker.service.
  const unit = join(repository, 'examples/netctl-watch.service');
  const { stderr } = await run('systemd-analyze', ['verify', '--recursive-errors=no', '--man=no', unit]).catch(
    (error: unknown) => error as { stderr: string },
  );
  expect(stderr.split('\n').filter((line) => line !== '' && !line.includes('netctl is not executable'))).toEqual([]);
});
