import { describe, expect, test } from 'vitest';

import { hostsOf, pathOn, specOn } from '../../../packages/core/src/spec/hosts.js';
import type { Problem } from '../../../packages/core/src/problem.js';
import type { Spec } from '../../../packages/core/src/spec/schema.js';
import { load, problemsOf } from './helpers.js';

const HOSTS = 'hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" }, c: { docker: "unix:///c" } }';
const BASE = 'driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1';

function spec(body: string): string {
  return `name: home\n${HOSTS}\n${body}\n`;
}

function lan(body: string): string {
  return spec(`networks: { lan: { ${BASE}, ${body} } }`);
}

function on(text: string, host: string): Spec {
  return specOn(load(text).spec, host);
}

function wrong(text: string): readonly string[] {
  return problemsOf(text).map(({ code, path, line }) => `${code} ${path} ${String(line)}`);
}

function first(text: string): Problem | undefined {
  return problemsOf(text)[0];
}

describe('one host’s view of a spec', () => {
  test('is the spec where it names no hosts', () => {
    const { spec: whole } = load('name: home\nnetworks: { web: }\n');
    expect(specOn(whole, 'local')).toBe(whole);
    expect(hostsOf(whole)).toEqual(['local']);
  });

  test('has what is on it, with what is otherwise there', () => {
    const text = lan(
      'split: 28, ip_range: 192.168.1.128/25, reserve: { router: 192.168.1.1 }, hosts: { a: , c: { parent: enp3s0, reserve: { printer: 192.168.1.9 } } } }, web: { hosts: [b]',
    );
    expect(Object.keys(on(text, 'a').networks)).toEqual(['lan']);
    expect(Object.keys(on(text, 'b').networks)).toEqual(['web']);
    expect(on(text, 'a').networks['lan']).toMatchObject({ parent: 'eth0', ip_range: '192.168.1.128/28' });
    expect(on(text, 'c').networks['lan']).toMatchObject({
      parent: 'enp3s0',
      ip_range: '192.168.1.144/28',
      reserve: { router: '192.168.1.1', printer: '192.168.1.9' },
    });
    expect(on(text, 'c').networks['lan']).not.toHaveProperty('hosts');
  });

  test('has the containers that are on it, on the networks that are there', () => {
    const text = spec(
      'networks: { web: { hosts: [a] }, app: }\ncontainers: { one: { host: a, networks: [web, app] }, all: { networks: [web, app] }, other: { networks: [web] } }',
    );
    expect(on(text, 'a').containers).toEqual({
      one: { networks: { web: {}, app: {} } },
      all: { networks: { web: {}, app: {} } },
      other: { networks: { web: {} } },
    });
    expect(on(text, 'b').containers).toEqual({ all: { networks: { app: {} } } });
  });

  test('has a network of the whole swarm, which one host makes and the others use', () => {
    const text = spec(
      'networks: { app: { driver: overlay, attachable: true } }\ncontainers: { web: { host: b, networks: [app] } }',
    );
    const views = ['a', 'b', 'c'].map((host) => on(text, host));
    const used = { external: true, name: 'app' };
    expect(views.map(({ networks }) => networks['app'])).toEqual([{ driver: 'overlay', attachable: true }, used, used]);
    // Whose addresses count on it the one that makes it has to know.
    expect(views.map(({ containers }) => containers)).toEqual([
      { web: { host: 'b', networks: { app: {} } } },
      { web: { networks: { app: {} } } },
      {},
    ]);
    expect(wrong(text.replace('attachable: true', 'attachable: true, hosts: [b]'))).toEqual([
      'KEY_NOT_FOR_DRIVER networks.app.hosts 3',
    ]);
  });

  test('has it on the hosts of the swarm alone, where there is one', () => {
    const text = spec(
      'networks: { app: { driver: overlay, attachable: true } }\nswarm: { managers: [b] }\ncontainers: { web: { host: a, networks: [app] } }',
    );
    expect(wrong(text)).toEqual(['NETWORK_NOT_ON_HOST containers.web.networks.app 5']);
    const alone = text.replace(/^containers.*$/m, '');
    expect(['a', 'b', 'c'].map((host) => Object.keys(on(alone, host).networks))).toEqual([[], ['app'], []]);
  });

  test('has its own VLAN links', () => {
    const text = spec('vlans: { trunk: { parent: eth0, id: 7, hosts: { b: { parent: enp3s0 } } } }');
    expect(on(text, 'a').vlans).toEqual({});
    expect(on(text, 'b').vlans).toEqual({ trunk: { parent: 'enp3s0', id: 7 } });
  });

  test('says where in the file what it has is written', () => {
    const { spec: whole } = load(
      lan(
        'ip_range: 192.168.1.128/28, reserve: { x: 192.168.1.9 }, hosts: { a: { ip_range: 192.168.1.144/28, reserve: { y: 192.168.1.8 } } }',
      ),
    );
    expect(pathOn(whole, 'a', 'networks.lan.ip_range')).toBe('networks.lan.hosts.a.ip_range');
    expect(pathOn(whole, 'b', 'networks.lan.ip_range')).toBe('networks.lan.ip_range');
    expect(pathOn(whole, 'a', 'networks.lan.reserve.x')).toBe('networks.lan.reserve.x');
    expect(pathOn(whole, 'a', 'networks.lan.reserve.y')).toBe('networks.lan.hosts.a.reserve.y');
    expect(pathOn(whole, 'a', 'networks.lan.parent')).toBe('networks.lan.parent');
    expect(pathOn(whole, 'a', 'networks.lan')).toBe('networks.lan');
    expect(pathOn(whole, 'a', 'name')).toBe('name');
  });
});

describe('a range that is split', () => {
  const slices = (text: string): readonly unknown[] =>
    hostsOf(load(text).spec).map((host) => on(text, host).networks['lan']?.ip_range);

  test('is handed out in the order of the hosts, so that one more moves nobody', () => {
    const before = lan('split: 28, ip_range: 192.168.1.192/26');
    const after = before.replace('c: {', 'd: { docker: "unix:///d" }, c: {').replace('b: {', 'b: {');
    expect(slices(before)).toEqual(['192.168.1.192/28', '192.168.1.208/28', '192.168.1.224/28']);
    const added = before.replace(' } }\nnetworks', ' }, d: { docker: "unix:///d" } }\nnetworks');
    expect(slices(added)).toEqual([...slices(before), '192.168.1.240/28']);
    expect(after).not.toBe(before);
  });

  test('begins with the first slice that is wholly inside it', () => {
    expect(slices(lan('split: 29, ip_range: 192.168.1.130-192.168.1.170'))).toEqual([
      '192.168.1.136/29',
      '192.168.1.144/29',
      '192.168.1.152/29',
    ]);
  });

  test('keeps the place of a host that has a range of its own', () => {
    const text = lan('split: 28, ip_range: 192.168.1.192/26, hosts: { a: , b: { ip_range: 192.168.1.64/28 }, c: }');
    expect(slices(text)).toEqual(['192.168.1.192/28', '192.168.1.64/28', '192.168.1.224/28']);
  });

  test.each([
    ['split: 28, ip_range: 192.168.1.192/27', 'SPLIT_FULL networks.lan.split 3'],
    ['split: 25, ip_range: 192.168.1.192/27', 'SPLIT_FULL networks.lan.split 3'],
    ['split: 33, ip_range: 192.168.1.192/27', 'SPLIT_FULL networks.lan.split 3'],
    ['split: 28', 'SPLIT_REFUSED networks.lan.split 3'],
    [
      'split: 28, ip_range: 192.168.1.192/26, reserve: { dhcp: 192.168.1.210-192.168.1.215 }',
      'SPLIT_MEETS_RESERVED networks.lan.reserve.dhcp 3',
    ],
    [
      'split: 28, ip_range: 192.168.1.192/26, hosts: { a: , b: , c: { ip_range: 192.168.1.192/28 } }',
      'HOSTS_SHARE_ADDRESSES networks.lan.hosts.c.ip_range 3',
    ],
    ['split: 28, ip_range: 192.168.1.192/26, hosts: [a, b]', undefined],
  ])('%s', (body, expected) => {
    const found = wrong(lan(body)).filter((one) => /^(SPLIT|HOSTS)/.test(one));
    if (expected === undefined) expect(found).toEqual([]);
    else expect(found).toContain(expected);
  });

  test('says how many slices there are, and for how many hosts', () => {
    expect(first(lan('split: 28, ip_range: 192.168.1.192/27'))).toMatchObject({
      message: '192.168.1.192/27 has 2 slices of /28, and the network is on 3 hosts.',
      hint: 'Write a wider ip_range, or a longer split.',
    });
  });

  test('needs hosts, and a LAN', () => {
    expect(wrong(`name: home\nnetworks: { lan: { ${BASE}, split: 28, ip_range: 192.168.1.192/27 } }\n`)).toEqual([
      'SPLIT_REFUSED networks.lan.split 2',
    ]);
    expect(wrong(spec('networks: { web: { subnet: 10.5.0.0/24, ip_range: 10.5.0.0/25, split: 27 } }'))).toEqual([
      'KEY_NOT_FOR_DRIVER networks.web.split 3',
    ]);
  });
});

describe('several hosts on one LAN', () => {
  const shared = (body: string): readonly string[] =>
    wrong(lan(body)).filter((one) => one.startsWith('HOSTS_SHARE_ADDRESSES'));

  test('do not hand out the same addresses', () => {
    expect(shared('ip_range: 192.168.1.192/26, hosts: [a, b]')).toEqual([
      'HOSTS_SHARE_ADDRESSES networks.lan.ip_range 3',
    ]);
    expect(shared('hosts: [a, b]')).toEqual(['HOSTS_SHARE_ADDRESSES networks.lan.subnet 3']);
    expect(shared('ip_range: 192.168.1.192/26, hosts: [a]')).toEqual([]);
  });

  test('do not take an address for a shim that another one hands out', () => {
    const own = 'a: { ip_range: 192.168.1.192/28 }, b: { ip_range: 192.168.1.208/28';
    expect(shared(`shim: true, hosts: { ${own} } }`)).toEqual([]);
    expect(shared(`shim: true, hosts: { ${own}, shim: { address: 192.168.1.200 } } }`)).toEqual([
      'HOSTS_SHARE_ADDRESSES networks.lan.hosts.b.shim.address 3',
    ]);
    expect(shared(`shim: { address: 192.168.1.250 }, hosts: { ${own} } }`)).toEqual([
      'HOSTS_SHARE_ADDRESSES networks.lan.shim.address 3',
    ]);
  });

  test('do not have two containers with one address', () => {
    const ranges = 'split: 28, ip_range: 192.168.1.192/26';
    const two = (address: string): readonly string[] =>
      wrong(
        `${lan(ranges)}containers:\n  web: { host: a, networks: { lan: { ipv4_address: 192.168.1.5 } } }\n  dns: { host: b, networks: { lan: { ipv4_address: ${address} } } }\n`,
      );
    expect(two('192.168.1.6')).toEqual([]);
    expect(two('192.168.1.5')).toEqual(['HOSTS_SHARE_ADDRESSES containers.dns.networks.lan.ipv4_address 6']);
    expect(two('192.168.1.195')).toEqual(['HOSTS_SHARE_ADDRESSES containers.dns.networks.lan.ipv4_address 6']);
  });

  test('do not have two containers with one MAC', () => {
    const places = (one: string, other: string): readonly string[] =>
      wrong(
        `${lan('split: 28, ip_range: 192.168.1.192/26')}containers:\n  web: { ${one} networks: { lan: { mac: 02:42:ac:11:00:05 } } }\n  dns: { ${other} networks: { lan: { mac: 02:42:ac:11:00:05 } } }\n`,
      );
    expect(places('host: a,', 'host: b,')).toEqual(['MAC_TWICE containers.dns.networks.lan.mac 6']);
    expect(places('host: a,', '')).toContain('HOST_NEEDED containers.dns.networks.lan 6');
  });

  test('have slices that nobody reserves, on any of them', () => {
    const own = (where: string): readonly string[] =>
      wrong(
        lan(
          `split: 28, ip_range: 192.168.1.192/26, reserve: { dhcp: 192.168.1.200 }, hosts: { a: { reserve: { ${where} } }, b: }`,
        ),
      ).filter((one) => one.startsWith('SPLIT'));
    expect(own('dhcp: 192.168.1.9')).toEqual(['SPLIT_MEETS_RESERVED networks.lan.reserve.dhcp 3']);
    expect(own('x: 192.168.1.210')).toHaveLength(2);
  });

  test('do not leave open which of them a container with an address is on', () => {
    const open = `${lan('split: 28, ip_range: 192.168.1.192/26')}containers: { web: { networks: { lan: { ipv4_address: 192.168.1.5 } } } }\n`;
    expect(wrong(open)).toEqual(['HOST_NEEDED containers.web.networks.lan 4']);
    expect(wrong(open.replace('web: {', 'web: { host: b,'))).toEqual([]);
    const bridge = 'networks: { web: { subnet: 10.5.0.0/24, ip_range: 10.5.0.0/25 } }';
    expect(wrong(spec(`${bridge}\ncontainers: { dns: { networks: { web: { ipv4_address: 10.5.0.200 } } } }`))).toEqual(
      [],
    );
  });

  test('may have the subnets of bridges in common, and of LANs that somebody knows to be two', () => {
    expect(wrong(spec('networks: { web: { subnet: 10.5.0.0/24 } }'))).toEqual([]);
    expect(wrong(`${lan('ip_range: 192.168.1.192/26')}ignore: [HOSTS_SHARE_ADDRESSES]\n`)).toEqual([]);
  });
});

describe('hosts in a spec', () => {
  test.each([
    ['networks: { web: { hosts: [d] } }', 'UNKNOWN_HOST networks.web.hosts.d 3'],
    ['networks: { web: { hosts: [] } }', 'INVALID_VALUE networks.web.hosts 3'],
    ['networks: { web: { hosts: { a: { parent: eth0 } } } }', 'KEY_NOT_FOR_DRIVER networks.web.hosts.a.parent 3'],
    ['networks: { web: { hosts: { a: { labels: {} } } } }', 'UNKNOWN_KEY networks.web.hosts.a.labels 3'],
    ['vlans: { v: { parent: eth0, id: 3, hosts: [d] } }', 'UNKNOWN_HOST vlans.v.hosts.d 3'],
    ['networks: { web: }\ncontainers: { web: { host: d, networks: [web] } }', 'UNKNOWN_HOST containers.web.host 4'],
    ['networks: { web: }\ncontainers: { web: { networks: [wbe] } }', 'UNKNOWN_NETWORK containers.web.networks.wbe 4'],
    ['networks: { web: { isolated_from: [wbe] } }', 'ISOLATED_FROM_UNKNOWN networks.web.isolated_from[0] 3'],
    [
      'networks: { web: { hosts: [a] } }\ncontainers: { web: { host: b, networks: [web] } }',
      'NETWORK_NOT_ON_HOST containers.web.networks.web 4',
    ],
  ])('%s', (body, expected) => {
    expect(wrong(spec(body))).toEqual([expected]);
  });

  test.each([
    ['hosts: { a: }', 'WRONG_TYPE hosts.a 2'],
    ['hosts: [a]', 'WRONG_TYPE hosts 2'],
    ['hosts: { a: {} }', 'MISSING_KEY hosts.a.docker 2'],
    ['hosts: { -a: { docker: "unix:///a" } }', 'INVALID_VALUE hosts.-a 2'],
    ['hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///a" } }', 'HOST_TWICE hosts.b.docker 2'],
    ['hosts: { local: { docker: "unix:///a" } }', 'INVALID_VALUE hosts.local 2'],
    ['hosts: { "10": { docker: "unix:///a" } }', 'INVALID_VALUE hosts.10 2'],
    ['hosts: { a: { docker: "http://a" } }', 'INVALID_VALUE hosts.a.docker 2'],
    ['hosts: { a: { docker: "ssh://-oProxyCommand=x" } }', 'INVALID_VALUE hosts.a.docker 2'],
    ['hosts: { a: { docker: "unix:///a", dokcer: x } }', 'UNKNOWN_KEY hosts.a.dokcer 2'],
    ['networks: { web: { hosts: [local] } }', undefined],
    ['networks: { web: { hosts: [a] } }', 'UNKNOWN_HOST networks.web.hosts.a 2'],
  ])('%s', (body, expected) => {
    expect(wrong(`name: home\n${body}\n`)).toEqual(expected === undefined ? [] : [expected]);
  });

  test('are suggested for names that are nearly theirs', () => {
    const text = 'name: home\nhosts: { node01: { docker: "unix:///a" } }\nnetworks: { web: { hosts: [node1] } }\n';
    expect(first(text)?.hint).toBe('Did you mean node01?');
  });

  test('have what is wrong everywhere said once, and what is wrong on one of them where it is written', () => {
    expect(wrong(lan('ip_range: 192.168.2.0/28, hosts: [a, b]')).filter((one) => one.startsWith('OUTSIDE'))).toEqual([
      'OUTSIDE_SUBNET networks.lan.ip_range 3',
    ]);
    const own = lan('ip_range: 192.168.1.192/28, hosts: { a: , b: { ip_range: 192.168.2.0/28 } }');
    expect(wrong(own).filter((one) => one.startsWith('OUTSIDE'))).toEqual([
      'OUTSIDE_SUBNET networks.lan.hosts.b.ip_range 3',
    ]);
  });
});
