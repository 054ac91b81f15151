import { describe, expect, test } from 'vitest';

import { specOn } from '../../../packages/core/src/spec/hosts.js';
import { load, problemsOf } from './helpers.js';

const HOSTS = 'hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" }, c: { docker: "unix:///c" } }';
const BASE = 'driver: macvlan, scope: swarm, attachable: true, subnet: 192.168.1.0/24, gateway: 192.168.1.1';

function spec(lan: string, more = ''): string {
  return `name: home\n${HOSTS}\nnetworks: { lan: { ${BASE}, ${lan} } }\n${more}`;
}

function wrong(text: string): readonly string[] {
  return problemsOf(text).map(({ code, path, line }) => `${code} ${path} ${String(line)}`);
}

const SPLIT = 'parent: eth0, ip_range: 192.168.1.192/26, split: 28';

describe('a macvlan network of the swarm', () => {
  test('is a configuration on each host, and one network on the first', () => {
    const text = spec(
      `${SPLIT}, name: home-lan, internal: true, labels: { x: y }, hosts: { a: , b: { parent: eth1 } }`,
    );
    const { spec: whole } = load(text);
    const configuration = {
      driver: 'macvlan',
      name: 'home-lan-config',
      config_only: true,
      configures: 'lan',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      labels: { x: 'y' },
    };
    expect(specOn(whole, 'a').networks).toEqual({
      'lan-config': { ...configuration, parent: 'eth0', ip_range: '192.168.1.192/28' },
      lan: {
        driver: 'macvlan',
        scope: 'swarm',
        attachable: true,
        internal: true,
        name: 'home-lan',
        config_from: 'home-lan-config',
      },
    });
    expect(specOn(whole, 'b').networks).toEqual({
      'lan-config': { ...configuration, parent: 'eth1', ip_range: '192.168.1.208/28' },
      lan: { external: true, name: 'home-lan' },
    });
    expect(specOn(whole, 'c').networks).toEqual({});
    expect(wrong(text)).toEqual([]);
  });

  test('is on all hosts, or on all that are in the swarm', () => {
    const text = spec(SPLIT);
    const on = (whole: string): readonly boolean[] =>
      ['a', 'b', 'c'].map((host) => 'lan-config' in specOn(load(whole).spec, host).networks);
    expect(on(text)).toEqual([true, true, true]);
    expect(on(`${text}swarm: { managers: [b], workers: [c] }\n`)).toEqual([false, true, true]);
    expect(wrong(spec(`${SPLIT}, hosts: [a, b]`, 'swarm: { managers: [b], workers: [c] }\n'))).toEqual([
      'UNKNOWN_HOST networks.lan.hosts.a 3',
    ]);
  });

  test('has its containers only where it is', () => {
    const text = spec(`${SPLIT}, hosts: [b, c]`, 'containers: { web: { networks: [lan] } }\n');
    const on = (host: string): readonly string[] => Object.keys(specOn(load(text).spec, host).containers);
    expect(['a', 'b', 'c'].map(on)).toEqual([[], ['web'], ['web']]);
    expect(wrong(text.replace('networks: [lan] }', 'host: a, networks: [lan] }'))).toEqual([
      'NETWORK_NOT_ON_HOST containers.web.networks.lan 4',
    ]);
  });

  test.each([
    // What is wrong is said where it is written.
    ['parent: eth0, ip_range: 192.168.2.0/28', 'OUTSIDE_SUBNET networks.lan.ip_range 3'],
    [`${SPLIT}, hosts: { a: , b: { gateway: 192.168.2.1 } }`, 'OUTSIDE_SUBNET networks.lan.hosts.b.gateway 3'],
    ['ip_range: 192.168.1.192/26, split: 28', 'PARENT_REQUIRED networks.lan 3'],
    ['parent: eth0, ip_range: 192.168.1.192/26', 'HOSTS_SHARE_ADDRESSES networks.lan.ip_range 3'],
    ['parent: eth0, ip_range: 192.168.1.192/27, split: 28', 'SPLIT_FULL networks.lan.split 3'],
    [`${SPLIT}, reserve: { dhcp: 192.168.1.200 }`, 'SPLIT_MEETS_RESERVED networks.lan.reserve.dhcp 3'],
    [
      `${SPLIT}, hosts: { a: , b: { ip_range: 192.168.1.192/28 } }`,
      'HOSTS_SHARE_ADDRESSES networks.lan.hosts.b.ip_range 3',
    ],
    [`${SPLIT}, name: ${'x'.repeat(57)}`, 'NAME_TOO_LONG networks.lan.name 3'],
    [`${SPLIT}, shim: { name: a-name-that-is-too-long }`, 'INVALID_LINK_NAME networks.lan.shim.name 3'],
    [`${SPLIT} }, lan-config: { subnet: 10.9.0.0/24`, 'DUPLICATE_NAME networks.lan-config 3'],
    [
      `${SPLIT} }, near: { driver: ipvlan, parent: eth0, subnet: 192.168.7.0/24`,
      'PARENT_IN_USE networks.near.parent 3',
    ],
    [`${SPLIT} }, same: { subnet: 192.168.1.0/25`, 'SUBNET_OVERLAP networks.same.subnet 3'],
    [`${SPLIT} }, app: { driver: overlay, hosts: [a]`, 'KEY_NOT_FOR_DRIVER networks.app.hosts 3'],
  ])('%s', (body, expected) => {
    expect(wrong(spec(body))).toContain(expected);
  });

  test('gives nobody the address that he asks for, and so is refused', () => {
    const more = 'containers: { web: { host: b, networks: { lan: { ipv4_address: 192.168.1.53 } } } }\n';
    expect(wrong(spec(SPLIT, more))).toEqual(['SWARM_DROPS_ADDRESS containers.web.networks.lan.ipv4_address 4']);
    const byHand = `name: home\nnetworks: { c: { driver: macvlan, config_only: true, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/28 }, lan: { driver: macvlan, scope: swarm, attachable: true, config_from: c } }\n`;
    expect(wrong(byHand)).toEqual([]);
    expect(wrong(`${byHand}${more.replace('host: b, ', '')}`)).toEqual([
      'SWARM_DROPS_ADDRESS containers.web.networks.lan.ipv4_address 3',
    ]);
  });

  test('needs a file that says which hosts there are', () => {
    const alone = `name: home\nnetworks: { lan: { ${BASE}, parent: eth0, ip_range: 192.168.1.192/28 } }\n`;
    expect(wrong(alone)).toEqual(['SWARM_NEEDS_CONFIG_FROM networks.lan.scope 2']);
    expect(wrong(`${alone}swarm:\n`)).toEqual([]);
    expect(Object.keys(specOn(load(`${alone}swarm:\n`).spec, 'local').networks)).toEqual(['lan-config', 'lan']);
  });
});
