import { describe, expect, test } from 'vitest';
import { initSpec } from '../../../packages/core/src/init/init.js';
import { completed } from '../../../packages/core/src/init/defaults.js';
import { isKnown, nextQuestion } from '../../../packages/core/src/init/questions.js';
import type { Answers } from '../../../packages/core/src/init/answers.js';
import type { Survey } from '../../../packages/core/src/init/survey.js';
import { makePlan } from '../../../packages/core/src/plan/plan.js';
import { LOCAL } from '../../../packages/core/src/spec/hosts.js';
import { parseSpec } from '../../../packages/core/src/spec/load.js';
import type { Spec } from '../../../packages/core/src/spec/schema.js';
import { defaultBy, hostOf, link, network, plain } from './hosts.js';

/** What is written is valid without a word, and its plan refuses nothing; so it is with the networks of the comments. */
function written(survey: Survey, answers: Answers = {}): { readonly text: string; readonly spec: Spec } {
  const text = initSpec(survey, answers);
  const loaded = parseSpec({ bytes: text, file: 'spec', env: {} });
  expect(loaded.problems, text).toEqual([]);
  const engine = survey.facts.engine.version === '' ? { version: '28.5.2', apiVersion: '1.51' } : {};
  const facts = { ...survey.facts, engine: { ...survey.facts.engine, ...engine } };
  const errorsOf = (whole: typeof loaded) =>
    makePlan(whole, new Map([[LOCAL, facts]])).problems.filter(({ severity }) => severity === 'error');
  expect(errorsOf(loaded), text).toEqual([]);
  const more = parseSpec({ bytes: text.replace(/^# {3}/gm, '  '), file: 'more', env: {} });
  expect(errorsOf(more), text).toEqual([]);
  return { text, spec: loaded.spec };
}

/** Which questions somebody is asked who takes every default. */
function askedOf(survey: Survey): readonly string[] {
  const asked: string[] = [];
  let answers: Answers = {};
  for (let one = nextQuestion(survey, answers); one !== undefined; one = nextQuestion(survey, answers)) {
    if (!isKnown(one, survey, answers)) asked.push(one.id);
    answers = { ...answers, [one.id]: one.fallback };
  }
  expect(completed(survey, {})).toEqual(answers);
  return asked;
}

test('a host with one cable: the whole text', () => {
  const survey = hostOf({ ...plain, host: 'Box.example.org' });
  expect(askedOf(survey)).toEqual(['stack', 'link', 'dhcp', 'range', 'shim']);
  expect(written(survey).text).toBe(`# yaml-language-server: $schema=./netctl.schema.json
# For help in an editor: netctl schema > netctl.schema.json
# A first spec of Box.example.org (Docker Engine 28.5.2), as netctl init proposes it.
# What it would do: netctl plan. To have it done: netctl apply.

name: box # the stack: what the marks of netctl carry

networks:
  lan:
    driver: macvlan # each container has a MAC and an address of the LAN
    parent: eth0
    subnet: 192.168.1.0/24
    gateway: 192.168.1.1
    ip_range: 192.168.1.192/27 # what Docker hands out: keep the DHCP server of the LAN away from it
    shim: true # the host reaches its containers by lan-shim, at 192.168.1.223

# More networks, to be had by taking the "# " away:
#   web:
#     driver: bridge
#     subnet: auto # a free prefix, clear of every route and network of the host; kept once chosen
`);
});

describe('the LAN', () => {
  test('is that of the link with the default route, and another one is a comment', () => {
    const links = [link('eth0', ['10.0.0.5/24']), link('eth1', ['192.168.1.10/24'])];
    const { text, spec } = written(hostOf({ links, routes: [defaultBy('eth1', '192.168.1.1')] }));
    expect(spec.networks).toMatchObject({ lan: { parent: 'eth1', gateway: '192.168.1.1' } });
    expect(text).toMatch(
      /^# {3}lan-eth0:\n# {5}driver: macvlan .*\n# {5}parent: eth0\n# {5}subnet: 10\.0\.0\.0\/24\n/m,
    );
  });

  test('of a bridge over the NIC is on the bridge, and VLANs are comments, each on its link', () => {
    const links = [
      link('eth0', [], { master: 'br0' }),
      link('br0', ['192.168.1.10/24'], { kind: 'bridge' }),
      link('br0.30', ['192.168.30.10/24'], { kind: 'vlan', parent: 'br0', vlan: { id: 30, protocol: '802.1q' } }),
      link('br-0123456789ab', ['172.18.0.1/16'], { kind: 'bridge' }),
      link('docker0', ['172.17.0.1/16'], { kind: 'bridge' }),
    ];
    const { text, spec } = written(hostOf({ links, routes: [defaultBy('br0', '192.168.1.1')] }));
    expect(spec.networks).toMatchObject({ lan: { parent: 'br0' } });
    expect(text).toContain('#   lan-br0.30:\n');
    expect(text).not.toContain('172.1');
  });

  test('without a default route has no gateway, which is asked for, and none is no fault', () => {
    const survey = hostOf({ links: plain.links });
    expect(askedOf(survey)).toContain('gateway');
    const { text, spec } = written(survey);
    expect(spec.networks['lan']).not.toHaveProperty('gateway');
    expect(text).toContain(
      '# This host knows of no router in 192.168.1.0/24: where there is one, write it as its gateway.\nignore: [ NO_GATEWAY ]',
    );
    expect(written(survey, { gateway: '192.168.1.254' }).spec).toMatchObject({
      ignore: [],
      networks: { lan: { gateway: '192.168.1.254' } },
    });
  });

  test('of IPv6 alone', () => {
    const links = [link('eth0', ['2001:db8:1::10/64'])];
    const survey = hostOf({ links, routes: [defaultBy('eth0', 'fe80::1')] });
    expect(askedOf(survey)).not.toContain('ipv6');
    expect(written(survey).spec.networks['lan']).toMatchObject({
      enable_ipv4: false,
      enable_ipv6: true,
      subnet: '2001:db8:1::/64',
      ip_range: '2001:db8:1::1:0/112',
    });
    // No engine before 28 has a network without IPv4.
    const old = written(hostOf({ links, routes: [], engine: { version: '26.1.5', apiVersion: '1.45' } }));
    expect(Object.keys(old.spec.networks)).toEqual(['web']);
    expect(old.text).toContain('# No network on eth0: ');
  });

  test.each([
    ['fd00:1::10/64', 'yes', 'fd00:1::1:0/112'],
    ['2001:db8:1::10/64', 'no', undefined],
  ])('has IPv6 too where the prefix stays: %s', (address, proposed, range) => {
    const links = [link('eth0', ['192.168.1.10/24', address])];
    const survey = hostOf({ links, routes: plain.routes });
    expect(askedOf(survey)).toContain('ipv6');
    expect(completed(survey, {}).ipv6).toBe(proposed);
    const { spec } = written(survey);
    expect(spec.networks['lan']?.ipam?.config?.[1]?.ip_range).toBe(range);
  });

  test.each([
    ['a tunnel', link('tun0', ['10.8.0.2/24'], { type: 'none' })],
    ['one address', link('ens4', ['10.128.0.2/32'])],
    ['no room', link('eth0', ['10.0.0.2/30'])],
    ['no address', link('eth0')],
    ['a link that is down', link('eth0', ['192.168.1.10/24'], { up: false })],
  ])('is none where there is %s', (_what, one) => {
    const survey = hostOf({ links: [one] });
    expect(askedOf(survey)).toEqual(['stack']);
    expect(written(survey).spec.networks).toMatchObject({ web: { driver: 'bridge', subnet: 'auto' } });
  });
});

describe('what filters MAC addresses', () => {
  test('Wi-Fi: ipvlan is proposed, with the reason', () => {
    const survey = hostOf({
      ...plain,
      links: [link('wlan0', ['192.168.1.10/24'], { wireless: true })],
      routes: [defaultBy('wlan0', '192.168.1.1')],
    });
    expect(askedOf(survey)).toContain('driver');
    expect(nextQuestion(survey, { stack: 'a', link: 'wlan0' })?.why).toContain('accepts one MAC address per station');
    expect(written(survey).spec.networks['lan']).toMatchObject({
      driver: 'ipvlan',
      mode: 'l2',
      parent: 'wlan0',
      shim: true,
    });
  });

  test('a cloud: a bridge', () => {
    const survey = hostOf({ ...plain, machine: { systemVendor: 'Hetzner' } });
    const { text, spec } = written(survey);
    expect(Object.keys(spec.networks)).toEqual(['web']);
    expect(text).toContain('# No network on eth0: this machine is one of Hetzner Cloud, which drops packets');
    expect(nextQuestion(survey, { stack: 'a' })?.fallback).toBe('none');
  });

  test('a hypervisor: ipvlan; macvlan with what it takes, for whoever says so', () => {
    const survey = hostOf({ ...plain, machine: { productName: 'VirtualBox' } });
    expect(written(survey).spec.networks['lan']).toMatchObject({ driver: 'ipvlan' });
    const { text, spec } = written(survey, { driver: 'macvlan' });
    expect(spec).toMatchObject({ ignore: ['HYPERVISOR_FILTERS_MAC'], networks: { lan: { driver: 'macvlan' } } });
    expect(text).toContain('--nicpromisc1 allow-all');
  });

  test('a kernel without macvlan, and without either', () => {
    expect(written(hostOf({ ...plain, kernel: { macvlan: 'no', ipvlan: 'yes' } })).spec.networks['lan']).toMatchObject({
      driver: 'ipvlan',
    });
    expect(Object.keys(written(hostOf({ ...plain, kernel: { macvlan: 'no', ipvlan: 'no' } })).spec.networks)).toEqual([
      'web',
    ]);
  });
});

describe('what is there already', () => {
  const byHand = network('by-hand', {
    driver: 'macvlan',
    options: { parent: 'eth0' },
    ipam: { config: [{ subnet: '192.168.1.0/24', gateway: '192.168.1.1' }] },
  });

  test('a network on the LAN: none is proposed there, with the reason, and import is named', () => {
    const { text, spec } = written(hostOf({ ...plain, networks: [byHand, network('bridge', {})] }));
    expect(Object.keys(spec.networks)).toEqual(['web']);
    expect(text).toContain('# No network on eth0: the Docker network by-hand');
    expect(text).toContain('# There already, and not in this spec: by-hand. netctl import writes them');
  });

  test('names of networks, links and stacks: others are chosen', () => {
    const networks = [network('lan', {}, { stack: 'box', ref: 'network:lan' }), network('web', {})];
    const links = [...plain.links, link('lan2-shim', [], { kind: 'dummy' })];
    const { text, spec } = written(hostOf({ ...plain, links, networks }));
    expect(spec.name).toBe('box-2');
    expect(Object.keys(spec.networks)).toEqual(['lan3']);
    expect(text).toContain('#   web2:\n');
  });

  test('a name that is hostile stays in its comment', () => {
    const { text } = written(hostOf({ ...plain, networks: [network('a\nname: evil', {})] }));
    expect(text).toContain('"a\\nname: evil"');
  });

  test('a range without the host, its router, its neighbours and its containers', () => {
    const held = {
      ...network('old', { driver: 'bridge' }),
      holders: [{ type: 'container', id: 'c', name: 'c', state: 'running', ipv4: '192.168.1.140' } as const],
    };
    const survey = hostOf({
      links: [link('eth0', ['192.168.1.200/24'])],
      routes: [defaultBy('eth0', '192.168.1.190')],
      networks: [held],
      neighbours: ['192.168.1.100', 'fe80::1', '192.168.1.100'],
    });
    expect(written(survey).spec.networks['lan']).toMatchObject({ ip_range: '192.168.1.64/27' });
    expect(written(survey, { dhcp: '192.168.1.64-192.168.1.80' }).spec.networks['lan']).toMatchObject({
      ip_range: '192.168.1.32/27',
      reserve: { dhcp: '192.168.1.64-192.168.1.80' },
    });
  });
});

test('an engine that does not answer: the spec says so', () => {
  const survey = {
    ...hostOf({ ...plain, engine: { version: '', name: '' }, host: '' }),
    unseen: ['the engine: no socket'],
  };
  const { text, spec } = written(survey);
  expect(spec.name).toBe('home');
  expect(text).toContain('# Not seen: the engine: no socket.\n');
  expect(text).toContain('# A first spec of this host, as');
});

test('links that cannot be read: a bridge', () => {
  const survey = hostOf(plain);
  const { links: _links, ...facts } = survey.facts;
  expect(Object.keys(written({ ...survey, facts }).spec.networks)).toEqual(['web']);
});
