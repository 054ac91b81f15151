import { describe, expect, test } from 'vitest';

import type { Observed, Plan } from '../../../packages/core/src/model.js';
import { formatPlan, stepTitle } from '../../../packages/core/src/plan/format.js';
import { makePlan, stepsOf } from '../../../packages/core/src/plan/plan.js';
import type { PlanOptions } from '../../../packages/core/src/plan/plan.js';
import { loadText } from '../../support/memory/run.js';
import { after, cluster, hostOf, told } from './cluster.js';

const HEAD = 'name: home\nhosts: { node01: { docker: "unix:///1" }, node02: { docker: "unix:///2" } }\n';
const LAN = `networks:
  lan:
    driver: macvlan
    scope: swarm
    attachable: true
    parent: eth0
    subnet: 192.168.1.0/24
    gateway: 192.168.1.1
    ip_range: 192.168.1.192/26
    split: 28
    shim: true
    hosts: { node01: , node02: { parent: enp3s0 } }
`;
const WEB = 'containers: { one: { host: node01, networks: [lan] }, two: { host: node02, networks: [lan] } }\n';
const LINKS = { node01: 'eth0', node02: 'enp3s0' };
const CONTAINERS = { node01: ['one'], node02: ['two'] };

function planned(text: string, observed: Observed, options: PlanOptions = {}): Plan {
  return makePlan(loadText(text), observed, options);
}

function errors({ problems }: Plan): readonly string[] {
  return problems.flatMap(({ severity, code, host, path }) =>
    severity === 'error' ? [`${code} ${path} ${host ?? ''}`] : [],
  );
}

const bare = cluster(LINKS, CONTAINERS);
const made = after(bare, planned(HEAD + LAN + WEB, bare));

describe('a macvlan network of the swarm', () => {
  test('is a configuration on every node, each with its parent and slice, and then one network of it', () => {
    const plan = planned(HEAD + LAN + WEB, bare);
    expect(errors(plan)).toEqual([]);
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "node01:
      + link lan-shim       macvlan bridge on eth0, 192.168.1.207/32, routes 192.168.1.192/28
                            the host's own door into network lan
      + network lan-config  configuration on eth0, 192.168.1.0/24 range 192.168.1.192/28 gateway 192.168.1.1
                            it is not there yet
      + network lan         macvlan from lan-config
                            it is not there yet
      > container one       on lan
                            it is not on it yet
      node02:
      + link lan-shim       macvlan bridge on enp3s0, 192.168.1.223/32, routes 192.168.1.208/28
                            the host's own door into network lan
      + network lan-config  configuration on enp3s0, 192.168.1.0/24 range 192.168.1.208/28 gateway 192.168.1.1
                            it is not there yet
      > container two       on lan
                            it is not on it yet
      "
    `);
    expect(told(plan)).toMatchInlineSnapshot(`
      [
        "make link lan-shim on node01, make link lan-shim on node02",
        "make network lan-config on node01, make network lan-config on node02",
        "make network lan on node01",
        "put container one on network lan on node01, put container two on network lan on node02",
      ]
    `);
  });

  test('is then as it should be', () => {
    expect(formatPlan(planned(HEAD + LAN + WEB, made))).toBe('');
    for (const only of ['node01', 'node02']) expect(formatPlan(planned(HEAD + LAN + WEB, made, { only }))).toBe('');
  });

  test('goes before what it was made from, when all have left it', () => {
    const gone = planned(HEAD + LAN + WEB, made, { destroy: true });
    expect(told(gone)).toMatchInlineSnapshot(`
      [
        "take container one off network lan on node01, take container two off network lan on node02",
        "remove network lan on node01",
        "remove network lan-config on node01, remove network lan-config on node02",
        "remove link lan-shim on node01, remove link lan-shim on node02",
      ]
    `);
  });

  test('is waited for by each host also where it is planned for alone', () => {
    for (const only of ['node01', 'node02']) {
      const whole = stepsOf(planned(HEAD + LAN + WEB, bare)).filter(({ host }) => host === only);
      const alone = stepsOf(planned(HEAD + LAN + WEB, bare, { only }));
      expect(alone.filter(({ host }) => host === only)).toEqual(whole);
    }
  });
});

describe('when a node differs', () => {
  const other = LAN.replace('{ parent: enp3s0 }', '{ parent: enp3s0, ip_range: 192.168.1.64/28 }');
  const changed = after(bare, planned(HEAD + LAN, bare));

  test('its configuration is replaced, and the network with it', () => {
    const plan = planned(HEAD + other, changed);
    expect(errors(plan)).toEqual([]);
    expect(told(plan)).toEqual([
      'remove network lan on node01',
      'remove network lan-config on node02',
      'repair link lan-shim on node02',
      'make network lan-config on node02',
      'make network lan on node01',
    ]);
    expect(stepsOf(plan).find(({ ref, op }) => ref === 'network:lan' && op === 'network.remove')?.why).toContain(
      'its configuration lan-config on node02 is replaced: ip_range 192.168.1.208/28 → 192.168.1.64/28',
    );
  });

  test('all who are on it, on every node, are in the way, and with --recreate are moved', () => {
    const text = HEAD + other + WEB;
    expect(errors(planned(text, made))).toContain('IN_USE networks.lan node01');
    const moving = planned(text, withEndpoints(made), { recreate: true });
    expect(told(moving)).toEqual([
      'take container one off network lan on node01, take container two off network lan on node02',
      'remove network lan on node01',
      'remove network lan-config on node02',
      'repair link lan-shim on node02',
      'make network lan-config on node02',
      'make network lan on node01',
      'put container one on network lan on node01, put container two on network lan on node02',
    ]);
  });

  test('a configuration that is gone is made again, and nothing else', () => {
    const facts = hostOf(changed, 'node02');
    const networks = facts.networks.filter(({ name }) => name !== 'lan-config');
    const plan = planned(HEAD + LAN, new Map([...changed, ['node02', { ...facts, networks }]]));
    expect(told(plan)).toEqual(['make network lan-config on node02']);
  });
});

describe('two of them', () => {
  const second = LAN.replace('networks:\n  lan:', '  dmz:')
    .replaceAll('192.168.1', '192.168.2')
    .replaceAll('eth0', 'eth1')
    .replaceAll('enp3s0', 'enp4s0');
  const both = HEAD + LAN + second;
  const containers =
    'containers: { one: { host: node01, networks: [lan, dmz] }, two: { host: node02, networks: [lan, dmz] } }\n';
  const links = cluster({ node01: ['eth0', 'eth1'], node02: ['enp3s0', 'enp4s0'] }, CONTAINERS);
  const there = after(links, planned(both + containers, links));

  test('are made, replaced with all who are on them, and removed, and no host waits for itself', () => {
    expect(formatPlan(planned(both + containers, there))).toBe('');
    const wider = both.replaceAll('split: 28', 'split: 27').replaceAll(/\.192\/26/g, '.128/25');
    const replaced = planned(wider + containers, withEndpoints(there), { recreate: true });
    const steps = stepsOf(replaced);
    const order = (title: string): number =>
      replaced.stages.findIndex((stage) => stage.some((one) => stepTitle(one) === title));
    expect(steps.filter(({ op }) => op === 'network.remove')).toHaveLength(6);
    for (const name of ['lan', 'dmz']) {
      const off = ['one', 'two'].map((who, index) =>
        order(`take container ${who} off network ${name} on node0${String(index + 1)}`),
      );
      const on = ['one', 'two'].map((who, index) =>
        order(`put container ${who} on network ${name} on node0${String(index + 1)}`),
      );
      const gone = order(`remove network ${name} on node01`);
      const back = order(`make network ${name} on node01`);
      expect(Math.max(...off)).toBeLessThan(gone);
      expect(gone).toBeLessThan(back);
      expect(back).toBeLessThan(Math.min(...on));
      for (const node of ['node01', 'node02']) {
        expect(gone).toBeLessThan(order(`remove network ${name}-config on ${node}`));
        expect(order(`make network ${name}-config on ${node}`)).toBeLessThan(back);
      }
    }
    for (const options of [{ destroy: true }, {}]) {
      expect(() => planned(options.destroy === true ? both : HEAD, there, options)).not.toThrow();
    }
  });

  test('one goes while the other is replaced and a third is made', () => {
    const third = second.replace('  dmz:', '  new:');
    const next = HEAD + LAN.replace('split: 28', 'split: 29') + third;
    const plan = planned(next + WEB, withEndpoints(there), { recreate: true });
    expect(stepsOf(plan).map(stepTitle)).toContain('remove network dmz-config on node02');
    expect(stepsOf(plan).map(stepTitle)).toContain('make network new on node01');
  });
});

describe('the nodes that it is on', () => {
  const three = { ...LINKS, node03: 'eth0' };
  const head = HEAD.replace(' }\n', ', node03: { docker: "unix:///3" } }\n');

  test('one more gets its configuration before anybody there is put on it, and the network stays', () => {
    const nodes = cluster(three, { ...CONTAINERS, node03: ['three'] });
    const before = after(nodes, planned(head + LAN, nodes));
    const more = LAN.replace('enp3s0 } }', 'enp3s0 }, node03: }');
    const plan = planned(`${head}${more}containers: { three: { host: node03, networks: [lan] } }\n`, before);
    expect(told(plan)).toEqual([
      'make link lan-shim on node03',
      'make network lan-config on node03',
      'put container three on network lan on node03',
    ]);
  });

  test('one less loses its configuration when all have left it there, and the network stays', () => {
    const only = LAN.replace(', node02: { parent: enp3s0 }', '');
    const plan = planned(HEAD + only + WEB.replace(/, two.*/, ' }'), made);
    expect(errors(plan)).toEqual([]);
    expect(told(plan)).toEqual([
      'take container two off network lan on node02',
      'remove network lan-config on node02',
      'remove link lan-shim on node02',
    ]);
    const theirs = new Map([...made, ['node02', { ...hostOf(made, 'node02'), places: [] }]]);
    expect(errors(planned(HEAD + only, theirs))).toEqual(['IN_USE networks node02']);
  });

  test('need not be the one by which it is made', () => {
    const nodes = cluster(three);
    const text = head + LAN.replace('{ node01: , node02', '{ node03: , node02');
    const plan = planned(text, nodes);
    expect(told(plan).at(-1)).toBe('make network lan on node01');
    const there = after(nodes, plan);
    expect(formatPlan(planned(text, there))).toBe('');
    expect(told(planned(text, there, { destroy: true }))).toEqual([
      'remove network lan on node01',
      'remove network lan-config on node02, remove network lan-config on node03',
      'remove link lan-shim on node02, remove link lan-shim on node03',
    ]);
    // Where nobody of ours has its configuration it is somebody else's.
    const stranger = new Map([...nodes, ['node01', hostOf(there, 'node01')]]);
    expect(errors(planned(text, stranger))).toContain('NAME_TAKEN networks.lan node01');
  });
});

test('a configuration that the spec has by itself is as it was', () => {
  const text = `${HEAD}networks:
  conf: { driver: macvlan, config_only: true, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/28 , hosts: { node01: , node02: { parent: enp3s0, ip_range: 192.168.1.208/28 } } }
  lan: { driver: macvlan, scope: swarm, attachable: true, config_from: conf }
`;
  const plan = planned(text, bare);
  expect(told(plan)).toEqual([
    'make network conf on node01, make network conf on node02',
    'make network lan on node01',
  ]);
  expect(formatPlan(planned(text, after(bare, plan)))).toBe('');
});

test('a node that is no host of the file is named, since nobody makes a configuration there', () => {
  const three = after(cluster({ ...LINKS, node03: 'eth0' }), planned(HEAD + LAN, cluster(LINKS)));
  const hosts = new Map([...three].filter(([host]) => host !== 'node03'));
  const said = (text: string, observed: Observed): readonly string[] =>
    planned(text, observed).problems.flatMap(({ code, message }) => (code === 'SWARM_LAN_NODES' ? [message] : []));
  expect(said(HEAD + LAN, hosts)).toEqual([
    'the node node03 of the swarm cannot run what is on it: it is none of the hosts, and so without the configuration',
  ]);
  expect(said(HEAD + LAN, made)).toEqual([]);
  // One that is left out on purpose, and what nobody can tell while a host is away.
  const third = HEAD.replace('} }', '}, node03: { docker: "unix:///3" } }');
  expect(said(third + LAN, three)).toEqual([]);
  expect(said(third + LAN, hosts)).toEqual([]);
  expect(planned(HEAD + LAN, hosts, { destroy: true }).problems).toEqual([]);
});

test('engine 28.0.0 is refused on every node, and only where something is to be made', () => {
  const broken = cluster(LINKS, {}, '28.0.0');
  expect(errors(planned(HEAD + LAN, broken))).toEqual([
    'ENGINE_TOO_OLD networks.lan.scope node01',
    'ENGINE_TOO_OLD networks.lan.scope node02',
  ]);
  expect(errors(planned(HEAD + LAN, after(broken, planned(HEAD + LAN, broken))))).toEqual([]);
});

test('ipvlan is no other', () => {
  const plan = planned(HEAD + LAN.replace('macvlan', 'ipvlan'), bare);
  expect(errors(plan)).toEqual([]);
  expect(told(plan).at(-1)).toBe('make network lan on node01');
  expect(formatPlan(plan)).toContain('ipvlan from lan-config');
});

/** With what is read of those who are moved. */
function withEndpoints(observed: Observed): Observed {
  return new Map(
    [...observed].map(([host, facts]) => [
      host,
      {
        ...facts,
        networks: facts.networks.map((found) => ({
          ...found,
          endpoints: (facts.places ?? []).flatMap(({ networkId, endpoint }) =>
            networkId === found.id ? [endpoint] : [],
          ),
        })),
      },
    ]),
  );
}
