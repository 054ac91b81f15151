import { beforeEach, describe, expect, test } from 'vitest';
import type { ApplyOptions, Report } from '../../../packages/core/src/apply/options.js';
import type { ApplyEvent } from '../../../packages/core/src/apply/events.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { Segment } from '../../../packages/core/src/links.js';
import { addLink, kernel, memoryHost } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';

const network = (more: string): string =>
  `{ driver: macvlan, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, ${more} }`;
const LAN = `name: home\nnetworks:\n  lan: ${network('parent: eth0, shim: true')}\n`;
const MAC = '02:00:5e:00:00:07';

let host: MemoryHost;
let questions: { readonly segment: Segment; readonly addresses: readonly string[] }[];
beforeEach(() => {
  host = memoryHost();
  questions = [];
  const { links } = host;
  const ask = links.ask.bind(links);
  links.ask = async (segment, addresses, signal) => {
    // Nothing is written before the answers are there, the journal in the engine included.
    expect(host.faults.writes).toBe(0);
    questions.push({ segment, addresses });
    return ask(segment, addresses, signal);
  };
});

const asked = (): readonly string[] =>
  questions.map(({ segment: { link, vlans }, addresses }) => `${[link, ...vlans].join('/')}: ${addresses.join(' ')}`);

async function refusal(text: string, options: ApplyOptions = {}): Promise<NetctlError> {
  const error: unknown = await applyText(host, text, options).catch((reason: unknown) => reason);
  if (error instanceof NetctlError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

describe('an address that somebody has', () => {
  beforeEach(() => {
    host.world.neighbours.push({ link: 'eth0', address: '192.168.1.223', mac: MAC });
  });

  test('is refused with his MAC, its place in the spec and the cure, and nothing is written', async () => {
    const error = await refusal(LAN);
    expect([error.code, error.exit]).toEqual(['REFUSED', 3]);
    expect(error.message).toBe('Refused, nothing was changed: 1 problem');
    expect(error.problems).toEqual([
      {
        code: 'ADDRESS_ANSWERED',
        severity: 'error',
        path: 'networks.lan.shim',
        message: `192.168.1.223 is somebody's: ${MAC} answers for it on eth0`,
        hint: 'Choose another address, or say --no-probe to take it all the same.',
        line: 3,
        column: expect.any(Number) as number,
      },
    ]);
    expect(host.faults.writes).toBe(0);
  });

  test('is taken all the same without a probe', async () => {
    const report = await applyText(host, LAN, { probe: false });
    expect([report.done.length, report.asked, asked()]).toEqual([2, [], []]);
  });

  test('does not matter on another wire', async () => {
    addLink(host.world, { name: 'eth1' });
    await applyText(host, LAN.replace('eth0', 'eth1'));
    expect(asked()).toEqual(['eth1: 192.168.1.223']);
  });

  test('every one of them is named', async () => {
    host.world.neighbours.push({ link: 'eth0', address: 'fd00::1ff', mac: MAC });
    const pools = [
      'subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27',
      'subnet: "fd00::/64", gateway: "fd00::1", ip_range: "fd00::100/120"',
    ];
    const ipam = `enable_ipv6: true, ipam: { config: [${pools.map((pool) => `{ ${pool} }`).join(', ')}] }`;
    expect((await refusal(LAN.replace(pools[0] ?? '', ipam))).problems.map(({ message }) => message)).toEqual(
      ['192.168.1.223', 'fd00::1ff'].map((address) => `${address} is somebody's: ${MAC} answers for it on eth0`),
    );
  });
});

describe('what is asked', () => {
  test('is told, and a second apply asks nothing', async () => {
    const events: ApplyEvent[] = [];
    const told = { host: 'local', where: 'eth0', free: ['192.168.1.223'], unasked: [], notes: [] };
    const report: Report = await applyText(host, LAN, { onEvent: (event) => events.push(event) });
    expect(report.asked).toEqual([told]);
    expect(events.slice(0, 2)).toMatchObject([{ event: 'plan' }, { event: 'asked', ...told }]);
    questions = [];
    host.faults.arm();
    expect((await applyText(host, LAN)).asked).toEqual([]);
    expect(asked()).toEqual([]);
  });

  test('an address that a shim is given later, and not those that it has', async () => {
    await applyText(host, LAN);
    questions = [];
    host.faults.arm();
    host.world.neighbours.push({ link: 'eth0', address: '192.168.1.222', mac: MAC });
    const error = await refusal(LAN.replace('shim: true', 'shim: { address: 192.168.1.222 }'));
    expect(error.problems.map(({ code }) => code)).toEqual(['ADDRESS_ANSWERED']);
    expect(asked()).toEqual(['eth0: 192.168.1.222']);
  });

  test('not what a shim has that is made again', async () => {
    await applyText(host, LAN);
    questions = [];
    host.faults.arm();
    await applyText(host, LAN.replace('parent: eth0', 'parent: eth0, mode: vepa'));
    expect(host.world.links.find(({ name }) => name === 'lan-shim')).toMatchObject({ mode: 'vepa' });
    expect(asked()).toEqual([]);
  });

  test('nothing for a network without a shim, for layer 3, and when all goes', async () => {
    await applyText(host, LAN.replace(', shim: true', ''));
    await applyText(host, LAN.replace(', shim: true', ''), { destroy: true });
    host.faults.arm();
    await applyText(host, LAN.replace('macvlan', 'ipvlan').replace('parent: eth0', 'parent: eth0, mode: l3'));
    expect(asked()).toEqual([]);
  });
});

describe('an address that a container is to have', () => {
  const text = `${LAN.replace(', shim: true', '')}containers:\n  printer: { networks: { lan: { ipv4_address: 192.168.1.180 } } }\n`;
  beforeEach(() => {
    host.world.containers.push({ name: 'printer', state: 'running', networks: {} });
  });

  test('is asked for, on the network that the same apply makes, and not again once it has it', async () => {
    await applyText(host, text);
    expect(asked()).toEqual(['eth0: 192.168.1.180']);
    expect(host.world.containers[0]?.networks['lan']?.ip).toBe('192.168.1.180');
    await applyText(host, text);
    expect(asked()).toHaveLength(1);
  });

  test('is asked for on a network that is there', async () => {
    await applyText(host, LAN.replace(', shim: true', ''));
    host.faults.arm();
    await applyText(host, text);
    expect(asked()).toEqual(['eth0: 192.168.1.180']);
  });

  test('and is refused where somebody has it, with its place', async () => {
    host.world.neighbours.push({ link: 'eth0', address: '192.168.1.180', mac: MAC });
    const error = await refusal(text);
    expect(error.problems).toMatchObject([{ code: 'ADDRESS_ANSWERED', path: 'containers.printer.networks.lan' }]);
    expect(host.faults.writes).toBe(0);
  });

  test('is not asked for on a bridge', async () => {
    const bridge = 'name: home\nnetworks: { web: { subnet: 10.5.0.0/24, ip_range: 10.5.0.128/25 } }\n';
    await applyText(host, `${bridge}containers: { printer: { networks: { web: { ipv4_address: 10.5.0.9 } } } }\n`);
    expect(asked()).toEqual([]);
  });
});

describe('a VLAN that the same apply makes', () => {
  const VLAN = LAN.replace('parent: eth0', 'parent: eth0, vlan: 30');

  test('is asked on the link below, before anything is made', async () => {
    host.world.neighbours.push({ link: 'eth0', vlan: 30, address: '192.168.1.223', mac: MAC });
    expect((await refusal(VLAN)).problems).toMatchObject([
      { code: 'ADDRESS_ANSWERED', message: `192.168.1.223 is somebody's: ${MAC} answers for it on VLAN 30 on eth0` },
    ]);
    expect(host.faults.writes).toBe(0);
  });

  test('is another wire than the link below', async () => {
    host.world.neighbours.push({ link: 'eth0', address: '192.168.1.223', mac: MAC });
    expect((await applyText(host, VLAN)).asked).toMatchObject([{ where: 'VLAN 30 on eth0', free: ['192.168.1.223'] }]);
    expect(asked()).toEqual(['eth0/30: 192.168.1.223']);
  });

  test('on a VLAN that is made as well', async () => {
    const text = `${VLAN.replace('parent: eth0', 'parent: outer')}vlans: { outer: { parent: eth0, id: 7 } }\n`;
    expect((await applyText(host, text)).asked).toMatchObject([{ where: 'VLAN 30 on VLAN 7 on eth0' }]);
    expect(asked()).toEqual(['eth0/7/30: 192.168.1.223']);
  });

  test('one that is there already is asked itself', async () => {
    await applyText(host, VLAN.replace(', shim: true', ''));
    host.faults.arm();
    await applyText(host, VLAN);
    expect(asked()).toEqual(['eth0-v30: 192.168.1.223']);
  });

  test('one that goes for another of the same id is asked as long as it is there', async () => {
    const named = (name: string): string => `${VLAN}vlans: { ${name}: { parent: eth0, id: 30 } }\n`;
    await applyText(host, named('old'));
    questions = [];
    host.faults.arm();
    await applyText(host, named('new').replace('shim: true', 'shim: { address: 192.168.1.222 }'));
    expect(asked()).toEqual(['old: 192.168.1.222']);
  });
});

describe('where nobody can be asked', () => {
  beforeEach(() => kernel.setDown(host.world, 'eth0'));

  test('that is a warning, and the apply goes on', async () => {
    const report = await applyText(host, LAN);
    expect(report.done).toHaveLength(2);
    expect(report.asked).toEqual([
      { host: 'local', where: 'eth0', free: [], unasked: ['192.168.1.223'], notes: ['eth0 is down'] },
    ]);
    expect(report.problems.find(({ code }) => code === 'ADDRESS_NOT_ASKED')).toMatchObject({
      severity: 'warning',
      path: 'networks.lan.shim',
      message: 'nobody on eth0 could be asked whether 192.168.1.223 is free: eth0 is down',
      line: 3,
    });
  });

  test('a strict apply is refused', async () => {
    addLink(host.world, { name: 'eth1' });
    host.links.ask = (_segment, addresses) =>
      Promise.resolve({ taken: [], unasked: addresses, notes: ['eth1 has no carrier'] });
    const error = await refusal(LAN.replace('eth0', 'eth1'), { strict: true });
    expect(error.problems.map(({ code }) => code)).toEqual(['ADDRESS_NOT_ASKED']);
    expect(host.faults.writes).toBe(0);
  });
});

test('an interrupt while it is asked changes nothing', async () => {
  const stop = new NetctlError('INTERRUPTED', 'stop');
  host.links.ask = () => Promise.reject(stop);
  expect(await refusal(LAN)).toBe(stop);
  expect(host.faults.writes).toBe(0);
});
