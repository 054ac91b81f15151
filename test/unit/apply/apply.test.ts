import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ApplyOptions, Report } from '../../../packages/core/src/apply/options.js';
import type { ApplyEvent } from '../../../packages/core/src/apply/events.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { LinkFact } from '../../../packages/core/src/links.js';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { failure } from '../../support/failure.js';
import { addLink, kernel, memoryHost, remove } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText, loadText, planText } from '../../support/memory/run.js';

const pauses = vi.hoisted(() => ({ count: 0, during: (): void => undefined }));
// A second look costs a second; here it costs nothing, and is counted.
vi.mock('node:timers/promises', () => ({
  setTimeout: (_ms: number, _value: unknown, options: { signal?: AbortSignal } = {}) => {
    pauses.count += 1;
    pauses.during();
    return options.signal?.aborted === true ? Promise.reject(new Error('AbortError')) : Promise.resolve();
  },
}));

const WEB = 'name: home\nnetworks:\n  web: { subnet: 10.5.0.0/24 }\n';
const WEB_INTERNAL = 'name: home\nnetworks:\n  web: { subnet: 10.5.0.0/24, internal: true }\n';
const LAN = `name: home
networks:
  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true }
`;

let host: MemoryHost;
let stateDir: string;
beforeEach(() => {
  host = memoryHost();
  stateDir = mkdtempSync(join(tmpdir(), 'netctl-apply-'));
  pauses.count = 0;
  pauses.during = () => undefined;
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const run = (text: string, options: ApplyOptions = {}): Promise<Report> =>
  applyText(host, text, { stateDir, ...options });
const titles = (steps: Report['done']): readonly string[] => steps.map(stepTitle);
const saved = (): readonly string[] => {
  const folder = join(stateDir, 'netctl', host.world.engine.id);
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
};

describe('refusals, which change nothing', () => {
  afterEach(() => {
    expect(host.faults.writes).toBe(0);
    expect(saved()).toEqual([]);
  });

  test('REFUSED names every problem', async () => {
    const text = `${LAN.replace('eth0', 'eno1')}  other: { external: true }\n`;
    const error = await failure(run(text));
    expect([error.code, error.exit]).toEqual(['REFUSED', 3]);
    expect(error.problems.map(({ code }) => code)).toEqual(['NETWORK_MISSING', 'PARENT_MISSING']);
  });

  test('PERMISSION has an exit status of its own, but not together with anything else', async () => {
    host.world.mayChange = false;
    expect(await failure(run(LAN))).toMatchObject({ code: 'PERMISSION', exit: 77 });
    expect(await failure(run(`${LAN}  other: { external: true }\n`))).toMatchObject({ code: 'REFUSED', exit: 3 });
  });

  test('NEEDS_YES for a disruptive step', async () => {
    await run(WEB);
    host.faults.arm();
    const error = await failure(run(WEB_INTERNAL, { allowDisruptive: false }));
    expect([error.code, error.exit]).toEqual(['NEEDS_YES', 3]);
    expect(error.message).toContain('this would replace network web');
  });

  test('strict makes warnings stop', async () => {
    kernel.setDown(host.world, 'eth0');
    const text = LAN.replace(', shim: true', '');
    expect(await failure(run(text, { strict: true }))).toMatchObject({
      code: 'REFUSED',
      problems: [{ code: 'PARENT_DOWN' }],
    });
  });

  test('another plan than the one that was agreed to', async () => {
    const approved = await planText(host, WEB);
    expect(await failure(run(WEB_INTERNAL, { approved }))).toMatchObject({ code: 'REFUSED', exit: 3 });
  });

  test('a signal that was given before', async () => {
    const reason = new NetctlError('INTERRUPTED', 'stop');
    await expect(run(WEB, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('what is done', () => {
  test('the report and the events tell it, and a second run does nothing', async () => {
    const events: ApplyEvent[] = [];
    const report = await run(LAN, { onEvent: (event) => events.push(event), allowDisruptive: false });
    expect(titles(report.done)).toEqual(['make link lan-shim', 'make network lan']);
    expect(report.left).toEqual([]);
    expect(events.map((one) => (one.event === 'step' ? `${stepTitle(one.step)} ${one.state}` : one.event))).toEqual([
      'plan',
      'asked',
      'make link lan-shim started',
      'make link lan-shim done',
      'make network lan started',
      'make network lan done',
    ]);
    host.faults.arm();
    expect((await run(LAN)).done).toEqual([]);
    expect(host.faults.writes).toBe(0);
    expect(pauses.count).toBe(0);
  });

  test('the plan that was agreed to', async () => {
    const approved = await planText(host, WEB);
    expect((await run(WEB, { approved })).done).toHaveLength(1);
  });

  test('a warning does not stop without strict', async () => {
    kernel.setDown(host.world, 'eth0');
    const report = await run(LAN.replace(', shim: true', ''));
    expect(report.problems.map(({ code }) => code)).toEqual(['PARENT_DOWN']);
    expect(report.done).toHaveLength(1);
  });
});

describe('a link that somebody makes anew under its name between plan and step', () => {
  /** At the moment when the plan is told. */
  const meanwhile = (): ApplyOptions => ({
    onEvent: ({ event }) => {
      if (event !== 'plan') return;
      kernel.removeLink(host.world, 'lan-shim');
      addLink(host.world, { name: 'lan-shim', kind: 'dummy', mtu: 1200, up: false });
    },
  });
  const theirs = { kind: 'dummy', mtu: 1200, up: false, addresses: [] };
  const shim = (): LinkFact | undefined => host.world.links.find(({ name }) => name === 'lan-shim');

  test('is not repaired in place of ours, and then stands against the plan', async () => {
    await run(LAN);
    kernel.changeLink(host.world, 'lan-shim', { mtu: 1300 });
    const error = await failure(run(LAN, meanwhile()));
    expect(error).toMatchObject({ code: 'STEP_FAILED', step: 'repair link lan-shim' });
    expect(error.message).toContain('lan-shim is another link now');
    expect(shim()).toMatchObject(theirs);
    expect(await failure(run(LAN))).toMatchObject({ code: 'REFUSED', problems: [{ code: 'LINK_TAKEN' }] });
  });

  test('is not the parent of ours', async () => {
    const vlan = 'name: home\nvlans:\n  lan-shim: { parent: eth0, id: 30 }\n';
    await run(vlan);
    const more = `${vlan}  upper: { parent: lan-shim, id: 31 }\n`;
    const error = await failure(run(more, meanwhile()));
    expect(error).toMatchObject({ code: 'STEP_FAILED', step: 'make link upper' });
    expect(error.message).toContain('lan-shim is another link now');
    expect(shim()).toMatchObject(theirs);
  });

  test('is not removed in place of ours', async () => {
    await run(LAN);
    const error = await failure(run(LAN, { ...meanwhile(), destroy: true }));
    expect(error).toMatchObject({ code: 'STEP_FAILED', step: 'remove link lan-shim' });
    expect(shim()).toMatchObject(theirs);
  });
});

describe('additive', () => {
  test('leaves replacements out, and does the rest', async () => {
    await run(WEB);
    const more = `${WEB_INTERNAL}  app: { subnet: 10.6.0.0/24 }\n`;
    const report = await run(more, { additive: true, allowDisruptive: false });
    expect(titles(report.done)).toEqual(['make network app']);
    expect(titles(report.left)).toEqual(['remove network web', 'make network web']);
    expect(saved()).toEqual([]);
  });

  test('leaves out what would stand on a link that stays as it was', async () => {
    const trunk = (id: number): string => `name: home\nvlans: { trunk: { parent: eth0, id: ${id} } }\n`;
    await run(trunk(30));
    const more = `${trunk(31)}networks:\n  iot: { driver: macvlan, parent: trunk, subnet: 10.7.0.0/24, gateway: 10.7.0.1, ip_range: 10.7.0.128/25, shim: true }\n  web: {}\n`;
    const report = await run(more, { additive: true, allowDisruptive: false });
    expect(titles(report.done)).toEqual(['make network web']);
    expect(titles(report.left)).toEqual([
      'remove link trunk',
      'make link trunk',
      'make link iot-shim',
      'make network iot',
    ]);
  });

  test('leaves out what somebody holds, instead of refusing everything for it', async () => {
    await run(WEB);
    host.world.containers.push({ name: 'db', state: 'running', networks: { web: {} } });
    const more = 'name: home\nnetworks:\n  app: { subnet: 10.6.0.0/24 }\n';
    expect((await failure(run(more))).code).toBe('REFUSED');
    const report = await run(more, { additive: true, allowDisruptive: false });
    expect(titles(report.done)).toEqual(['make network app']);
    expect(titles(report.left)).toEqual(['remove network web']);
    expect(report.problems.map(({ code }) => code)).toEqual(['IN_USE']);
  });

  test('has nothing to leave out of a plan that disrupts nobody', async () => {
    expect((await run(WEB, { additive: true, allowDisruptive: false })).left).toEqual([]);
  });
});

describe('the saved plan', () => {
  test('is there while steps are run, says what they are, and goes when nothing is left', async () => {
    const seen: string[] = [];
    await run(WEB, {
      onEvent: (event) => {
        if (event.event === 'step') seen.push(...saved().map((file) => readFileSync(file, 'utf8')));
      },
    });
    const [head = '', body = ''] = (seen[0] ?? '').split('\n');
    expect(head).toMatch(/^netctl-journal 1 [0-9a-f]{64}$/);
    expect(JSON.parse(body)).toMatchObject({ version: 1, stack: 'home', owner: { pid: process.pid } });
    expect(saved()).toEqual([]);
  });

  test('is left behind by a failure, told by the next run, and dropped by it', async () => {
    host.faults.arm({ write: 3, when: 'before', how: new NetctlError('ENGINE_ERROR', 'no', { hint: 'Do this.' }) });
    const error = await failure(run(WEB));
    expect(error).toMatchObject({ code: 'STEP_FAILED', exit: 1, step: 'make network web' });
    expect(error.hint).toBe('Do this. 0 of 1 steps are done; once that is mended, the same command goes on from here.');
    expect(saved()).toHaveLength(1);
    const events: ApplyEvent[] = [];
    await run(WEB, { onEvent: (event) => events.push(event) });
    expect(events[0]).toMatchObject({ event: 'unfinished' });
    expect(saved()).toEqual([]);
  });

  test('goes when the next run finds nothing to do', async () => {
    host.faults.arm({ write: 3, when: 'after', how: new Error('the answer was lost') });
    await failure(run(WEB));
    expect(saved()).toHaveLength(1);
    expect((await run(WEB)).done).toEqual([]);
    expect(saved()).toEqual([]);
  });

  test('stops everything when it cannot be read, and says where it is', async () => {
    host.faults.arm({ write: 3, when: 'before', how: new Error('no') });
    await failure(run(WEB));
    for (const file of saved()) writeFileSync(file, '{"version":1,');
    const error = await failure(run(WEB));
    expect(error).toMatchObject({ code: 'JOURNAL_UNREADABLE', exit: 75 });
    expect(error.message).toContain(saved()[0]);
    for (const file of saved()) rmSync(file);
    expect((await run(WEB)).done).toHaveLength(1);
    expect(saved()).toEqual([]);
  });

  test('is not written by a plan without steps', async () => {
    await run('name: home\n');
    expect(existsSync(join(stateDir, 'netctl'))).toBe(false);
  });
});

describe('verification', () => {
  const undo = (): void => {
    const web = host.world.networks.find(({ Name }) => Name === 'web');
    if (web !== undefined) remove(host.world, web);
  };

  test('looks five times, then says what is left', async () => {
    const error = await failure(
      run(WEB, {
        onEvent: (event) => {
          if (event.event === 'step' && event.state === 'done') undo();
        },
      }),
    );
    expect(error).toMatchObject({ code: 'VERIFY_FAILED', exit: 1 });
    expect(error.message).toContain('make network web');
    expect(pauses.count).toBe(4);
    expect(saved()).toHaveLength(1);
  });

  test('is content when the host comes round', async () => {
    const stray = host.world.networks;
    let made = stray;
    pauses.during = () => {
      if (pauses.count === 3) host.world.networks = made;
    };
    await run(WEB, {
      onEvent: (event) => {
        if (event.event !== 'step' || event.state !== 'done') return;
        made = host.world.networks;
        host.world.networks = made.filter(({ Name }) => Name !== 'web');
      },
    });
    expect(pauses.count).toBe(3);
    expect(saved()).toEqual([]);
  });

  test('is stopped by the signal, with its own reason', async () => {
    const controller = new AbortController();
    const reason = new NetctlError('TERMINATED', 'stop');
    pauses.during = () => controller.abort(reason);
    const work = run(WEB, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.event === 'step' && event.state === 'done') undo();
      },
    });
    await expect(work).rejects.toBe(reason);
  });
});

test('a signal between two steps: what had begun is finished, nothing more is begun', async () => {
  const controller = new AbortController();
  const reason = new NetctlError('INTERRUPTED', 'stop');
  const work = run(LAN, {
    signal: controller.signal,
    onEvent: (event) => {
      if (event.event === 'step' && event.state === 'started') controller.abort(reason);
    },
  });
  await expect(work).rejects.toMatchObject({ code: 'INTERRUPTED', message: 'stop: 1 of 2 steps were done' });
  const shim = host.world.links.find(({ name }) => name === 'lan-shim');
  expect(shim).toMatchObject({ up: true, alias: 'netctl:home/link:lan-shim' });
  expect(host.world.networks.map(({ Name }) => Name)).not.toContain('lan');
  expect(saved()).toHaveLength(1);
});

test('destroy is apply of nothing, and needs a yes like any removal', async () => {
  await run(LAN);
  expect(await failure(run(LAN, { destroy: true, allowDisruptive: false }))).toMatchObject({ code: 'NEEDS_YES' });
  expect(titles((await run(LAN, { destroy: true })).done)).toEqual(['remove network lan', 'remove link lan-shim']);
});

test('the links are asked for no module when there is nothing to make', async () => {
  await run(LAN);
  const probe = vi.spyOn(host.links, 'probe');
  await planText(host, LAN);
  expect(probe).not.toHaveBeenCalled();
  await planText(host, LAN, { destroy: true });
  expect(probe).not.toHaveBeenCalled();
  expect(loadText(LAN).problems).toEqual([]);
});
