import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { status } from '../../../packages/core/src/apply/plan.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { formatPlan } from '../../../packages/core/src/plan/format.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { connect } from '../../support/memory/containers.js';
import type { MemoryContainer, MemoryHost } from '../../support/memory/index.js';
import { applyText, loadText, planText, stateDir } from '../../support/memory/run.js';
import { host, NETWORKS, PEOPLE, place, withContainers } from './host.js';

const MARK = { 'io.netctl.stack': 'home' };
const PRINTER = withContainers(
  `  printer: { networks: { lan: { ipv4_address: 10.5.0.20, aliases: [lp, ink], link_local_ips: [169.254.7.7], driver_opts: { a: 1 } } } }\n`,
);
const whole = {
  ip: '10.5.0.20',
  IPAMConfig: { IPv4Address: '10.5.0.20', LinkLocalIPs: ['169.254.7.7'] },
  Aliases: ['lp', 'ink'],
  DriverOpts: { a: '1', ...MARK },
};

const refused = new NetctlError('ENGINE_ERROR', 'Address already in use');

/** What is planned, and what is said, by code. */
async function planned(on: MemoryHost, text: string, options = {}): Promise<readonly string[]> {
  const plan = await planText(on, text, options);
  return [
    ...stepsOf(plan).map(({ op, ref }) => `${op} ${ref}`),
    ...plan.problems.map(({ severity, code, path }) => `${severity} ${code} ${path}`),
  ];
}

const settled = async (on: MemoryHost, text: string): Promise<void> => {
  expect(stepsOf(await planText(on, text))).toEqual([]);
};

/** Somebody connects a container by hand. */
function byHand({ world }: MemoryHost, name: string, to: string, config = {}): void {
  const network = world.networks.find(({ Name }) => Name === to);
  if (network === undefined) throw new Error(to);
  connect(world, network, { Container: `id-of-${name}`, EndpointConfig: config });
}

describe('attaching', () => {
  test('a container is put on a network with all that was asked for, and stays where it was', async () => {
    const on = await host();
    expect(formatPlan(await planText(on, PRINTER))).toMatchInlineSnapshot(`
      "> container printer  on lan, 10.5.0.20 as asked, aliases lp ink
                           it is not on it yet
      "
    `);
    const { done, moved } = await applyText(on, PRINTER, { allowDisruptive: false });
    expect(done.map(({ op }) => op)).toEqual(['endpoint.attach']);
    expect(moved).toEqual([]);
    expect(place(on, 'printer', 'lan')).toEqual(whole);
    expect(place(on, 'printer', 'theirs')).toEqual({ ip: '10.200.0.2' });
    await settled(on, PRINTER);
  });

  test('in the same apply that makes the network', async () => {
    const on = await host();
    const text = `${PRINTER}  mail: { networks: { new: { ipv4_address: 10.9.0.9 } } }\n`.replace(
      'networks:\n',
      'networks:\n  new: { subnet: 10.9.0.0/24, ip_range: 10.9.0.128/25 }\n',
    );
    expect(await planned(on, text)).toEqual([
      'network.create network:new',
      'endpoint.attach endpoint:lan/printer',
      'endpoint.attach endpoint:new/mail',
    ]);
    await applyText(on, text, { allowDisruptive: false });
    expect(place(on, 'mail', 'new')).toMatchObject({ IPAMConfig: { IPv4Address: '10.9.0.9' } });
    await settled(on, text);
  });

  test.each(['mail', 'fresh'])('%s, which does not run, is not started by it', async (name) => {
    const on = await host();
    const text = withContainers(`  ${name}: { networks: { lan: { ipv4_address: 10.5.0.21, aliases: [x] } } }\n`);
    await applyText(on, text);
    expect(on.world.containers.find((one) => one.name === name)?.state).toBe(name === 'mail' ? 'exited' : 'created');
    expect(place(on, name, 'lan')).toMatchObject({ IPAMConfig: { IPv4Address: '10.5.0.21' }, Aliases: ['x'] });
    await settled(on, text);
  });

  test('by the beginning of an id, and by a label', async () => {
    const on = await host(PEOPLE.map((one) => (one.name === 'printer' ? { ...one, id: 'abc'.repeat(21) + 'a' } : one)));
    const text = withContainers(
      '  abcabca: { networks: [lan] }\n  cams: { select: { label: service=cam }, networks: { web: { aliases: [cam] } } }\n',
    );
    await applyText(on, text);
    expect(place(on, 'printer', 'lan')).toMatchObject({ DriverOpts: MARK });
    for (const name of ['cam1', 'cam2'])
      expect(place(on, name, 'web')).toMatchObject({ Aliases: ['cam'], DriverOpts: MARK });
    await settled(on, text);
  });

  test('where somebody attached it already, as it is to be, there is nothing to do', async () => {
    const on = await host();
    byHand(on, 'printer', 'lan', {
      Aliases: ['more', 'lp', 'ink'],
      IPAMConfig: { IPv4Address: '10.5.0.20', LinkLocalIPs: ['169.254.7.7'] },
      DriverOpts: { a: '1' },
    });
    await settled(on, PRINTER);
  });

  test('an address that fails leaves the container without a trace of it', async () => {
    const on = await host();
    on.faults.arm({ write: 1, when: 'before', how: refused });
    await expect(applyText(on, PRINTER)).rejects.toMatchObject({ code: 'STEP_FAILED' });
    expect(place(on, 'printer', 'lan')).toBeUndefined();
    on.faults.arm();
    await applyText(on, PRINTER);
    expect(place(on, 'printer', 'lan')).toEqual(whole);
  });
});

describe('repairing', () => {
  const wrong = { IPAMConfig: { IPv4Address: '10.5.0.20', LinkLocalIPs: ['169.254.7.7'] }, Aliases: ['old'] };

  test('a wrong alias is shown, asked for, and put right; what somebody else gave it stays', async () => {
    const on = await host();
    byHand(on, 'printer', 'lan', wrong);
    const plan = await planText(on, PRINTER);
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "< container printer  off lan, 10.5.0.20 as asked, aliases old
                           alias lp is missing, alias ink is missing, option a 1 is missing
      > container printer  on lan, 10.5.0.20 as asked, aliases old lp ink
                           as the spec says
      "
    `);
    await expect(applyText(on, PRINTER, { allowDisruptive: false })).rejects.toMatchObject({ code: 'NEEDS_YES' });
    expect(place(on, 'printer', 'lan')).toMatchObject({ Aliases: ['old'] });
    const { moved } = await applyText(on, PRINTER);
    expect(moved).toMatchObject([{ name: 'printer', network: 'lan', result: 'restored', changes: [] }]);
    expect(place(on, 'printer', 'lan')).toEqual({
      ip: '10.5.0.20',
      IPAMConfig: { IPv4Address: '10.5.0.20', LinkLocalIPs: ['169.254.7.7'] },
      Aliases: ['old', 'lp', 'ink'],
      DriverOpts: { a: '1' },
    });
    await settled(on, PRINTER);
  });

  test('what netctl gave it and the spec no longer asks for goes', async () => {
    const on = await host();
    await applyText(on, PRINTER);
    const less = withContainers('  printer: { networks: { lan: { ipv4_address: 10.5.0.21, aliases: [lp] } } }\n');
    const steps = stepsOf(await planText(on, less));
    expect(steps[0]?.why).toBe(
      'address 10.5.0.20 → 10.5.0.21, link-local address 169.254.7.7 is not wanted, alias ink is not wanted, option a 1 is not wanted',
    );
    const { moved } = await applyText(on, less);
    expect(moved).toMatchObject([{ changes: ['address 10.5.0.20 → 10.5.0.21'] }]);
    expect(place(on, 'printer', 'lan')).toEqual({
      ip: '10.5.0.21',
      IPAMConfig: { IPv4Address: '10.5.0.21' },
      Aliases: ['lp'],
      DriverOpts: MARK,
    });
    await settled(on, less);
  });

  test('where the new address is refused, the old place comes back', async () => {
    const on = await host();
    await applyText(on, PRINTER);
    const text = PRINTER.replace('10.5.0.20', '10.5.0.21');
    on.faults.arm({ write: 2, when: 'before', how: refused });
    await expect(applyText(on, text)).rejects.toMatchObject({ code: 'STEP_FAILED' });
    expect(place(on, 'printer', 'lan')).toEqual(whole);
    on.faults.arm();
    await applyText(on, text);
    expect(place(on, 'printer', 'lan')).toMatchObject({ ip: '10.5.0.21' });
  });

  test.each(['the engine alone', 'both its places'])('cut short, and its journal gone from %s', async (where) => {
    const on = await host();
    await applyText(on, PRINTER);
    const text = PRINTER.replace('[lp, ink]', '[lp, toner]');
    on.faults.arm({ write: 1, when: 'after', how: 'crash' });
    await expect(applyText(on, text)).rejects.toThrow();
    on.faults.arm();
    expect(place(on, 'printer', 'lan')).toBeUndefined();
    on.world.networks = on.world.networks.filter(({ Name }) => Name !== 'netctl-journal');
    const kept = join(stateDir, 'netctl', on.world.engine.id);
    if (where === 'the engine alone') {
      // Somebody may have given up; nobody but a person knows.
      await expect(applyText(on, text)).rejects.toMatchObject({ code: 'UNFINISHED' });
      await applyText(on, text, { resume: true });
    } else {
      await rm(kept, { recursive: true });
      // Nothing tells that it was there; the spec still wants it there.
      expect(await planned(on, text)).toEqual(['endpoint.attach endpoint:lan/printer']);
      await applyText(on, text);
    }
    expect(place(on, 'printer', 'lan')).toEqual({ ...whole, Aliases: ['lp', 'toner'] });
    await settled(on, text);
  });

  test('on a network of somebody else that is gone by then, makes no such network', async () => {
    const people: readonly MemoryContainer[] = [
      { name: 'nas', state: 'running', mode: 'lan', networks: { lan: { ip: '10.5.0.130' } } },
    ];
    const on = await host(people);
    const text = (alias: string): string =>
      withContainers(`  nas: { networks: { theirs: { aliases: [${alias}] } } }\n`);
    await applyText(on, text('a'));
    on.faults.arm({ write: 1, when: 'after', how: 'crash' });
    await expect(applyText(on, text('b'))).rejects.toThrow();
    on.faults.arm();
    expect(place(on, 'nas', 'theirs')).toBeUndefined();
    on.world.networks = on.world.networks.filter(({ Name }) => Name !== 'theirs');
    await expect(applyText(on, text('b'))).rejects.toMatchObject({ code: 'REFUSED' });
    expect(on.world.networks.some(({ Name }) => Name === 'theirs')).toBe(false);
    expect(place(on, 'nas', 'lan')).toBeDefined();
  });

  test.each([
    ['', { recreate: false }],
    [' with their network', { recreate: true }],
  ])(
    'those who asked for no address%s keep the ones that they have, and newcomers come after them',
    async (_how, options) => {
      const on = await host();
      await applyText(on, withContainers('  cams: { select: { label: service }, networks: [lan] }\n'));
      const before = ['cam1', 'cam2'].map(
        (name) => on.world.containers.find((one) => one.name === name)?.networks['lan']?.ip,
      );
      expect(before).toEqual(['10.5.0.129', '10.5.0.130']);
      const others = withContainers(
        '  printer: { networks: [lan] }\n  cam2: { networks: { lan: { aliases: [b] } } }\n  cam1: { networks: { lan: { aliases: [a] } } }\n',
      );
      const text = options.recreate ? others.replace('lan: { subnet', 'lan: { labels: { tier: web }, subnet') : others;
      const { stages } = await planText(on, text, options);
      const attached = stages.filter((steps) => steps.some(({ op }) => op === 'endpoint.attach'));
      expect(attached.map(({ length }) => length)).toEqual([1, 1, 1]);
      await applyText(on, text, options);
      expect(place(on, 'cam1', 'lan')).toMatchObject({ ip: '10.5.0.129', Aliases: ['a'] });
      expect(place(on, 'cam2', 'lan')).toMatchObject({ ip: '10.5.0.130', Aliases: ['b'] });
      expect(place(on, 'printer', 'lan')).toMatchObject({ ip: '10.5.0.131' });
      await settled(on, text);
    },
  );

  test('is left out by --additive', async () => {
    const on = await host();
    byHand(on, 'printer', 'lan', wrong);
    const text = `${PRINTER}  mail: { networks: [web] }\n`;
    const { done, left } = await applyText(on, text, { allowDisruptive: false, additive: true });
    expect(done.map(({ ref }) => ref)).toEqual(['endpoint:web/mail']);
    expect(left.map(({ op }) => op)).toEqual(['endpoint.park', 'endpoint.attach']);
    expect(place(on, 'printer', 'lan')).toMatchObject({ Aliases: ['old'] });
  });
});

describe('detaching', () => {
  test('what the spec no longer has, if netctl made it: asked for', async () => {
    const on = await host();
    await applyText(on, `${PRINTER}  mail: { networks: [lan, web] }\n`);
    byHand(on, 'cam1', 'lan');
    expect(await planned(on, NETWORKS)).toEqual([
      'endpoint.detach endpoint:lan/mail',
      'endpoint.detach endpoint:web/mail',
      'endpoint.detach endpoint:lan/printer',
    ]);
    await expect(applyText(on, NETWORKS, { allowDisruptive: false })).rejects.toMatchObject({ code: 'NEEDS_YES' });
    await applyText(on, NETWORKS);
    for (const [name, network] of [
      ['printer', 'lan'],
      ['mail', 'lan'],
      ['mail', 'web'],
    ] as const)
      expect(place(on, name, network)).toBeUndefined();
    expect(place(on, 'cam1', 'lan')).toBeDefined();
    expect(place(on, 'printer', 'theirs')).toBeDefined();
    await settled(on, NETWORKS);
  });

  const nas: MemoryContainer = {
    name: 'nas',
    state: 'running',
    mode: 'lan',
    networks: { lan: { ip: '10.5.0.130' } },
  };

  test('from a network that the spec no longer names, with the last of its containers', async () => {
    const on = await host([...PEOPLE, nas]);
    const text = 'name: guests\nnetworks: { theirs: { external: true } }\n';
    await applyText(on, `${text}containers: { nas: { networks: { theirs: { ipv4_address: 10.200.0.200 } } } }\n`);
    expect(place(on, 'nas', 'theirs')).toMatchObject({ DriverOpts: { 'io.netctl.stack': 'guests' } });
    const without = 'name: guests\nnetworks: { bridge: { external: true } }\n';
    expect(await planned(on, without)).toEqual(['endpoint.detach endpoint:theirs/nas']);
    const items = (await status(loadText(without), on)).items.map(({ ref, state }) => `${state} ${ref}`);
    expect(items).toContain('unwanted endpoint:theirs/nas');
    await applyText(on, without);
    expect(place(on, 'nas', 'theirs')).toBeUndefined();
    expect(place(on, 'nas', 'lan')).toBeDefined();
    await settled(on, without);
  });

  test('from a network of somebody else too', async () => {
    const on = await host([...PEOPLE, nas]);
    await applyText(on, withContainers('  nas: { networks: { theirs: { ipv4_address: 10.200.0.200 } } }\n'));
    expect(place(on, 'nas', 'theirs')).toMatchObject({ ip: '10.200.0.200', DriverOpts: MARK });
    const without = withContainers('  printer: { networks: [lan] }\n').replace('  theirs: { external: true }\n', '');
    expect(await planned(on, without)).toEqual([
      'endpoint.attach endpoint:lan/printer',
      'endpoint.detach endpoint:theirs/nas',
    ]);
    await applyText(on, without);
    expect(place(on, 'nas', 'theirs')).toBeUndefined();
    expect(place(on, 'nas', 'lan')).toBeDefined();
  });

  test('never from the network that the container was made on, where netctl put it back', async () => {
    const on = await host(PEOPLE.map((one) => (one.name === 'cam1' ? { ...one, mode: 'lan' } : one)));
    await applyText(on, withContainers('  cam1: { networks: { lan: { aliases: [eye] } } }\n'));
    expect(place(on, 'cam1', 'lan')).toMatchObject({ Aliases: ['eye'] });
    await settled(on, NETWORKS);
  });

  test('before its network goes, which then nobody holds', async () => {
    const on = await host();
    await applyText(on, PRINTER);
    const text = NETWORKS.replace(/ {2}lan: .*\n/, '');
    expect(await planned(on, text)).toEqual(['endpoint.detach endpoint:lan/printer', 'network.remove network:lan']);
    await applyText(on, text);
    expect(on.world.networks.some(({ Name }) => Name === 'lan')).toBe(false);
  });

  test('all of it on destroy', async () => {
    const on = await host();
    const before = structuredClone(on.world.containers);
    await applyText(on, `${PRINTER}  mail: { networks: [web] }\n`);
    await applyText(on, PRINTER, { destroy: true });
    expect(on.world.containers).toEqual(before);
    expect(on.world.networks.map(({ Name }) => Name).sort()).toEqual(['bridge', 'host', 'none', 'theirs']);
  });

  test('not by destroy, where somebody else is on the network too', async () => {
    const on = await host();
    await applyText(on, PRINTER);
    byHand(on, 'cam1', 'lan');
    await expect(applyText(on, PRINTER, { destroy: true })).rejects.toMatchObject({ code: 'REFUSED' });
    expect(place(on, 'printer', 'lan')).toEqual(whole);
  });
});

describe('addresses that change hands', () => {
  const statics = (entries: Readonly<Record<string, string>>, network = 'lan'): string =>
    Object.entries(entries)
      .map(([name, address]) => `  ${name}: { networks: { ${network}: { ipv4_address: ${address} } } }\n`)
      .join('');
  const ips = (on: MemoryHost, ...names: readonly string[]): readonly unknown[] =>
    names.map((name) => (place(on, name, 'lan') as { ip?: string } | undefined)?.ip);
  const order = async (on: MemoryHost, text: string, options = {}): Promise<readonly (readonly string[])[]> =>
    (await planText(on, text, options)).stages.map((stage) => stage.map(({ op, ref }) => `${op} ${ref}`).sort());

  test('from one who leaves to one who comes', async () => {
    const on = await host();
    await applyText(on, PRINTER);
    const text = PRINTER.replace('printer', 'cam1');
    expect(await order(on, text)).toEqual([
      ['endpoint.detach endpoint:lan/printer'],
      ['endpoint.attach endpoint:lan/cam1'],
    ]);
    await applyText(on, text);
    expect(place(on, 'printer', 'lan')).toBeUndefined();
    expect(place(on, 'cam1', 'lan')).toMatchObject({ ip: '10.5.0.20' });
  });

  test('two change places: all leave before any comes', async () => {
    const on = await host();
    await applyText(on, withContainers(statics({ printer: '10.5.0.20', cam1: '10.5.0.21' })));
    const text = withContainers(statics({ printer: '10.5.0.21', cam1: '10.5.0.20' }));
    expect(await order(on, text)).toEqual([
      ['endpoint.park endpoint:lan/cam1', 'endpoint.park endpoint:lan/printer'],
      ['endpoint.attach endpoint:lan/cam1', 'endpoint.attach endpoint:lan/printer'],
    ]);
    await applyText(on, text);
    expect(ips(on, 'printer', 'cam1')).toEqual(['10.5.0.21', '10.5.0.20']);
    await settled(on, text);
  });

  test('along a row: each comes when the one before has left, and nobody waits for more', async () => {
    const on = await host();
    await applyText(on, withContainers(statics({ printer: '10.5.0.20', cam1: '10.5.0.21' })));
    const text = withContainers(statics({ printer: '10.5.0.22', cam1: '10.5.0.20', cam2: '10.5.0.21' }));
    await applyText(on, text);
    expect(ips(on, 'printer', 'cam1', 'cam2')).toEqual(['10.5.0.22', '10.5.0.20', '10.5.0.21']);
    await settled(on, text);
  });

  test('with their network', async () => {
    const on = await host();
    await applyText(on, withContainers(statics({ printer: '10.5.0.20', cam1: '10.5.0.21' })));
    const swapped = withContainers(statics({ printer: '10.5.0.21', cam1: '10.5.0.20' }));
    const text = swapped.replace('lan: { subnet', 'lan: { labels: { tier: web }, subnet');
    await applyText(on, text, { recreate: true });
    expect(ips(on, 'printer', 'cam1')).toEqual(['10.5.0.21', '10.5.0.20']);
    await settled(on, text);
  });

  test('not from one who stays, or who may get the same again', async () => {
    const on = await host();
    await applyText(on, withContainers(statics({ printer: '10.5.0.20' })));
    byHand(on, 'cam1', 'lan', { Aliases: ['eye'] });
    const [taken] = ips(on, 'cam1');
    const other = (address: string): string =>
      `name: other\nnetworks: { lan: { external: true } }\ncontainers:\n  cam1: { networks: { lan: { aliases: [b] } } }\n  cam2: { networks: { lan: { ipv4_address: ${address} } } }\n`;
    expect(await planned(on, other('10.5.0.20'))).toContain('error ADDRESS_TAKEN containers.cam2.networks.lan');
    // It is taken off for an alias, and has asked for no address.
    expect(await planned(on, other(String(taken)))).toContain('error ADDRESS_TAKEN containers.cam2.networks.lan');
  });

  test('--additive leaves whom nobody makes room for', async () => {
    const on = await host();
    await applyText(on, withContainers(statics({ printer: '10.5.0.20', cam1: '10.5.0.21' })));
    const text = withContainers(
      statics({ printer: '10.5.0.22', cam2: '10.5.0.21', mail: '10.5.0.20', fresh: '10.5.0.30' }),
    );
    const { done } = await applyText(on, text, { allowDisruptive: false, additive: true });
    expect(done.map(({ ref }) => ref)).toEqual(['endpoint:lan/fresh']);
    expect(ips(on, 'printer', 'cam1', 'cam2')).toEqual(['10.5.0.20', '10.5.0.21', undefined]);
  });

  describe('between networks of one segment', () => {
    const lans = (containers: string): string => `name: home
networks:
  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27 }
  lan2: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, ip_range: 192.168.1.224/27 }
containers:
${containers}`;
    const start = async (containers: string): Promise<MemoryHost> => {
      const on = await host();
      await applyText(on, lans('  nobody: { networks: [lan] }\n'));
      await applyText(on, lans(containers));
      return on;
    };

    test('with its container', async () => {
      const on = await start(statics({ printer: '192.168.1.180' }));
      const text = lans(statics({ printer: '192.168.1.180' }, 'lan2'));
      expect(await order(on, text)).toEqual([
        ['endpoint.detach endpoint:lan/printer'],
        ['endpoint.attach endpoint:lan2/printer'],
      ]);
      await applyText(on, text);
      expect(place(on, 'printer', 'lan')).toBeUndefined();
      expect(place(on, 'printer', 'lan2')).toMatchObject({ ip: '192.168.1.180' });
      await settled(on, text);
    });

    test('two change places', async () => {
      const on = await start(statics({ printer: '192.168.1.180' }) + statics({ cam1: '192.168.1.181' }, 'lan2'));
      const text = lans(statics({ printer: '192.168.1.181' }) + statics({ cam1: '192.168.1.180' }, 'lan2'));
      await applyText(on, text);
      expect(place(on, 'printer', 'lan')).toMatchObject({ ip: '192.168.1.181' });
      expect(place(on, 'cam1', 'lan2')).toMatchObject({ ip: '192.168.1.180' });
      await settled(on, text);
    });

    test('one of the host itself is refused', async () => {
      const on = await start('  nobody: { networks: [lan] }\n');
      const { problems } = await planText(on, lans(statics({ printer: '192.168.1.10' })));
      expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
        {
          code: 'ADDRESS_TAKEN',
          path: 'containers.printer.networks.lan',
          message: "the address 192.168.1.10 of printer is that of the host's own link eth0",
        },
      ]);
    });

    test('one that somebody else has on the other is refused', async () => {
      const on = await start(statics({ printer: '192.168.1.180' }));
      byHand(on, 'cam1', 'lan2', { IPAMConfig: { IPv4Address: '192.168.1.181' } });
      expect(await planned(on, lans(statics({ printer: '192.168.1.181' })))).toContain(
        'error ADDRESS_TAKEN containers.printer.networks.lan',
      );
    });
  });
});

describe('with --recreate', () => {
  const labelled = PRINTER.replace('lan: { subnet', 'lan: { labels: { tier: web }, subnet');

  test('attachments survive', async () => {
    const on = await host();
    await applyText(on, PRINTER);
    byHand(on, 'cam1', 'lan', { Aliases: ['eye'] });
    await expect(applyText(on, labelled)).rejects.toMatchObject({ code: 'REFUSED' });
    await applyText(on, labelled, { recreate: true });
    expect(place(on, 'printer', 'lan')).toEqual(whole);
    expect(place(on, 'cam1', 'lan')).toMatchObject({ Aliases: ['eye'] });
    await settled(on, labelled);
  });

  test('and are changed, added and dropped on the way', async () => {
    const on = await host();
    await applyText(on, `${PRINTER}  mail: { networks: [lan] }\n`);
    const text = `${labelled.replace('[lp, ink]', '[lp]').replace('10.5.0.20', '10.5.0.22')}  cam1: { networks: [lan] }\n`;
    expect(await planned(on, text, { recreate: true })).toEqual([
      'endpoint.detach endpoint:lan/mail',
      'endpoint.park endpoint:lan/printer',
      'network.remove network:lan',
      'network.create network:lan',
      'endpoint.attach endpoint:lan/printer',
      'endpoint.attach endpoint:lan/cam1',
    ]);
    await applyText(on, text, { recreate: true });
    expect(place(on, 'printer', 'lan')).toMatchObject({ ip: '10.5.0.22', Aliases: ['lp'] });
    expect(place(on, 'cam1', 'lan')).toMatchObject({ DriverOpts: MARK });
    expect(place(on, 'mail', 'lan')).toBeUndefined();
    await settled(on, text);
  });

  test('a dynamic address that was pinned by --keep-dynamic is no reason to repair', async () => {
    const on = await host();
    const text = withContainers('  printer: { networks: [lan] }\n');
    await applyText(on, text);
    const changed = text.replace('lan: { subnet', 'lan: { labels: { tier: web }, subnet');
    await applyText(on, changed, { recreate: true, keepDynamic: true });
    expect(place(on, 'printer', 'lan')).toMatchObject({ IPAMConfig: { IPv4Address: '10.5.0.129' } });
    await settled(on, changed);
  });
});

describe('what stands against it', () => {
  const one = (body: string, name = 'printer'): string => withContainers(`  ${name}: ${body}\n`);
  const at = (name: string, network = 'lan'): string => `containers.${name}.networks.${network}`;

  test('a container that is not there is a note, and --strict makes it an error', async () => {
    const on = await host();
    const text = one('{ networks: [lan] }', 'nobody');
    expect(await planned(on, text)).toEqual(['note CONTAINER_MISSING containers.nobody']);
    expect(await applyText(on, text)).toMatchObject({ done: [] });
    await expect(applyText(on, text, { strict: true })).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await planned(on, one('{ select: { label: x }, networks: [lan] }', 'any'))).toEqual([
      'note CONTAINER_MISSING containers.any',
    ]);
  });

  test.each([
    ['host', { mode: 'host', networks: { host: {} } }, 'it has no network of its own, but that of the host'],
    ['container:abc', { mode: 'container:abc', networks: {} }, 'it has the network of another container'],
    ['none', { mode: 'none', networks: { none: {} } }, 'it is on none, and an engine lets nobody be on that and on'],
  ])('the mode %s', async (mode, change, reason) => {
    const on = await host(PEOPLE.map((person) => (person.name === 'printer' ? { ...person, ...change } : person)));
    const { problems } = await planText(on, one('{ networks: [lan] }'));
    expect(problems).toMatchObject([{ severity: 'error', code: 'ENDPOINT_MODE', path: at('printer') }]);
    expect(problems[0]?.message).toContain(`the container printer has the network mode ${mode}: ${reason}`);
    expect(problems[0]).toMatchObject({ line: 7, column: 14, hint: expect.stringMatching(/\.$|printer$/) as string });
    await expect(applyText(on, one('{ networks: [lan] }'))).rejects.toMatchObject({ code: 'REFUSED' });
  });

  test('the beginning of several ids, and of none', async () => {
    const ids = new Map([
      ['cam1', 'abc1'.repeat(16)],
      ['cam2', 'abc2'.repeat(16)],
      ['printer', 'abc1ff'.padEnd(64, '0')],
    ]);
    const on = await host(PEOPLE.map((person) => ({ ...person, id: ids.get(person.name) ?? `id-of-${person.name}` })));
    const problemsOf = async (key: string) => (await planText(on, one('{ networks: [lan] }', key))).problems;
    expect(await problemsOf('abc')).toMatchObject([
      {
        severity: 'error',
        code: 'CONTAINER_AMBIGUOUS',
        path: 'containers.abc',
        message: '"abc" is the beginning of several ids: cam1, cam2 and printer',
        hint: 'Write the name.',
      },
    ]);
    expect(await problemsOf('abc1')).toMatchObject([{ code: 'CONTAINER_AMBIGUOUS' }]);
    expect(await problemsOf('abcd')).toMatchObject([{ severity: 'note', code: 'CONTAINER_MISSING' }]);
    expect(await problemsOf('abc2')).toEqual([]);
    expect(await problemsOf('abc1f')).toEqual([]);
  });

  test('a name that reads like the beginning of an id is a name first', async () => {
    const on = await host([
      ...PEOPLE,
      { name: 'abc', state: 'running', mode: 'theirs', networks: { theirs: {} } },
      { id: 'abc'.padEnd(64, '0'), name: 'other', state: 'running', mode: 'theirs', networks: { theirs: {} } },
    ]);
    await applyText(on, one('{ networks: [lan] }', 'abc'));
    expect(place(on, 'abc', 'lan')).toBeDefined();
    expect(place(on, 'other', 'lan')).toBeUndefined();
  });

  test('a label that nobody has is a note, and one that several have means them all', async () => {
    const on = await host();
    const text = one('{ select: { label: service=dog }, networks: [lan] }', 'dogs');
    const { problems } = await planText(on, text);
    expect(problems).toMatchObject([{ severity: 'note', message: 'no container has the label service=dog yet' }]);
    await expect(applyText(on, text, { strict: true })).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await planned(on, text.replace('dog }', 'cam }'))).toEqual([
      'endpoint.attach endpoint:lan/cam1',
      'endpoint.attach endpoint:lan/cam2',
    ]);
  });

  test('the mode none is no matter once it is off that', async () => {
    const on = await host(
      PEOPLE.map((person) => (person.name === 'printer' ? { ...person, mode: 'none', networks: {} } : person)),
    );
    await applyText(on, one('{ networks: [lan] }'));
    await settled(on, one('{ networks: [lan] }'));
  });

  test.each([
    ['ipv4_address: 10.5.0.20', 'ipv4_address'],
    ['mac: 02:00:00:00:00:01', 'mac'],
    ['link_local_ips: [169.254.7.7]', 'link_local_ips'],
  ])('several containers cannot have one %s', async (body, key) => {
    const on = await host();
    const text = one(`{ select: { label: service }, networks: { lan: { ${body} } } }`, 'cams');
    expect(await planned(on, text)).toContain(`error STATIC_FOR_SEVERAL ${at('cams')}.${key}`);
  });

  test('one container under two names', async () => {
    const text = `${one('{ networks: [lan] }')}  cams: { select: { label: kind=printer }, networks: [lan] }\n`;
    const labelled = PEOPLE.map((person) =>
      person.name === 'printer' ? { ...person, labels: { kind: 'printer' } } : person,
    );
    expect(await planned(await host(labelled), text)).toContain(`error CONTAINER_TWICE ${at('cams')}`);
  });

  test('an address that somebody else has', async () => {
    const on = await host();
    byHand(on, 'cam1', 'lan', { IPAMConfig: { IPv4Address: '10.5.0.20' } });
    expect(await planned(on, PRINTER)).toContain(`error ADDRESS_TAKEN ${at('printer')}`);
  });

  test.each([
    ['10.200.0.200', undefined],
    ['10.200.0.20', 'warning STATIC_IN_RANGE'],
    ['10.200.0.1', 'error ADDRESS_TWICE'],
    ['10.201.0.1', 'error OUTSIDE_SUBNET'],
  ])('on a network of somebody else, %s', async (address, expected) => {
    const people: readonly MemoryContainer[] = [
      { name: 'nas', state: 'running', mode: 'lan', networks: { lan: { ip: '10.5.0.130' } } },
    ];
    const problems = (
      await planned(await host(people), one(`{ networks: { theirs: { ipv4_address: ${address} } } }`, 'nas'))
    ).slice(1);
    expect(problems).toEqual(expected === undefined ? [] : [`${expected} ${at('nas', 'theirs')}`]);
  });

  test('on a network of another stack', async () => {
    const on = await host();
    const other = (address: string): string =>
      `name: other\nnetworks: { lan: { external: true } }\ncontainers: { printer: { networks: { lan: { ipv4_address: ${address} } } } }\n`;
    expect(await planned(on, other('10.6.0.9'))).toContain(`error OUTSIDE_SUBNET ${at('printer')}`);
    await applyText(on, other('10.5.0.9'));
    expect(place(on, 'printer', 'lan')).toMatchObject({ DriverOpts: { 'io.netctl.stack': 'other' } });
    // It is another stack's, and holds the network.
    await settled(on, NETWORKS);
    await expect(applyText(on, NETWORKS, { destroy: true })).rejects.toMatchObject({ code: 'REFUSED' });
    await applyText(on, other('10.5.0.9'), { destroy: true });
    expect(place(on, 'printer', 'lan')).toBeUndefined();
  });

  test.each([
    ['gw_priority: 5', '27.5.1', '1.47'],
    ['default_route: true', '28.5.2', '1.47'],
    ['interface_name: lan0', '27.5.1', '1.47'],
    ['driver_opts: { com.docker.network.endpoint.sysctls: net.ipv4.conf.IFNAME.log_martians=1 }', '26.1.5', '1.45'],
  ])('%s on engine %s', async (body, version, apiVersion) => {
    const text = one(`{ networks: { lan: { ${body} } } }`);
    expect(await planned(await host(PEOPLE, { engine: { version, apiVersion } }), text)).toContain(
      `error ENGINE_TOO_OLD ${at('printer')}`,
    );
    const on = await host();
    await applyText(on, text);
    await settled(on, text);
  });

  test('a container that ends and starts again all the time is told of, and left alone', async () => {
    const on = await host([
      { name: 'printer', state: 'restarting', policy: 'always', mode: 'theirs', networks: { theirs: {} } },
    ]);
    expect(await planned(on, one('{ networks: [lan] }'))).toEqual([`warning CONTAINER_RESTARTING ${at('printer')}`]);
  });
});

describe('MAC', () => {
  const text = (mac: string): string => withContainers(`  printer: { networks: { lan: { mac: "${mac}" } } }\n`);

  test('is refused before, where the engine ignores it, or given up on request', async () => {
    const on = await host();
    expect(await planned(on, text('02:00:00:00:00:07'))).toContain('error MAC_IGNORED containers.printer.networks.lan');
    await expect(applyText(on, text('stable'))).rejects.toMatchObject({ code: 'REFUSED' });
    expect(place(on, 'printer', 'lan')).toBeUndefined();
    await applyText(on, text('stable'), { acceptLoss: ['mac'] });
    expect(place(on, 'printer', 'lan')).toMatchObject({ DriverOpts: MARK });
    expect(await planned(on, text('stable'), { acceptLoss: ['mac'] })).toEqual([]);
  });

  test('is no matter where the container has it already', async () => {
    const mac = '02:00:00:00:00:07';
    const on = await host([
      { name: 'printer', state: 'running', mode: 'lan', mac, networks: { lan: { ip: '10.5.0.130', mac } } },
    ]);
    expect(await planned(on, text('02-00-00-00-00-07'))).toEqual([]);
    expect(await planned(on, text('02:00:00:00:00:08'))).toContain('error MAC_IGNORED containers.printer.networks.lan');
  });

  test('stable is one that follows from the name, and is asked of an engine that can', async () => {
    const on = await host(PEOPLE, { engine: { version: '29.4.0', apiVersion: '1.54' } });
    const steps = stepsOf(await planText(on, `${text('stable')}  cam1: { networks: { lan: { mac: stable } } }\n`));
    const macs = steps.flatMap((step) => (step.op === 'endpoint.attach' ? [step.endpoint.config.mac] : []));
    expect(macs).toEqual([
      expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/),
      expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/),
    ]);
    expect(new Set(macs).size).toBe(2);
    expect(stepsOf(await planText(on, text('stable')))).toMatchObject([{ endpoint: { config: { mac: macs[0] } } }]);
  });
});

test('status tells of each container of the spec, and of those that are to leave', async () => {
  const on = await host();
  const items = async (text: string): Promise<readonly unknown[]> =>
    (await status(loadText(text), on)).items
      .filter(({ ref }) => ref.startsWith('endpoint:'))
      .map(({ state, name, description, why }) => [state, name, description, ...(why === undefined ? [] : [why])]);
  const wish = 'on lan, 10.5.0.20, aliases lp ink';
  expect(await items(PRINTER)).toEqual([['missing', 'printer', wish, 'it is not on it yet']]);
  await applyText(on, PRINTER);
  expect(await items(PRINTER)).toEqual([['ok', 'printer', wish]]);
  expect(await items(PRINTER.replace('ink', 'toner'))).toEqual([
    ['drifted', 'printer', 'on lan, 10.5.0.20, aliases lp toner', 'alias toner is missing, alias ink is not wanted'],
  ]);
  expect(await items(NETWORKS)).toEqual([
    ['unwanted', 'printer', 'on lan, 10.5.0.20 as asked, aliases lp ink', 'the spec of home no longer wants it there'],
  ]);
  byHand(on, 'cam1', 'web', { IPAMConfig: { IPv4Address: '10.6.0.9' } });
  const [item] = await items(withContainers('  printer: { networks: { web: { ipv4_address: 10.6.0.9 } } }\n'));
  expect(item).toMatchObject(['blocked', 'printer', 'on web, 10.6.0.9', expect.stringContaining('cam1')]);
});
