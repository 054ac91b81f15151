import { describe, expect, test } from 'vitest';

import { problemsOf } from '../spec/helpers.js';

const HOSTS = 'hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" }, c: { docker: "unix:///c" } }';

/** What is wrong with a swarm of these hosts. */
function wrong(swarm: string, more = '', hosts = HOSTS): readonly string[] {
  const text = `name: shop\n${hosts}\nswarm: ${swarm}\n${more}`;
  return problemsOf(text).map(({ code, path }) => `${code} ${path}`);
}

describe('a swarm without anything wrong', () => {
  test.each([
    '{ managers: [a], workers: [b, c] }',
    '{ managers: [a, b, c] }',
    '{ managers: [c] }',
    '{ managers: [a], workers: [b], advertise: eth0, data_path: { b: 10.0.0.2 } }',
    '{ managers: [a], address_pool: [10.20.0.0/16, 10.21.0.0/16], subnet_size: 20 }',
    '{ managers: [a], address_pool: 10.20.0.0/24 }',
    '{ managers: [a], labels: { a: { zone: one } } }',
    '{ managers: [a], data_path_port: 1024 }',
    '{ managers: [a], gwbridge: { subnet: 172.30.0.0/16 }, ingress: { subnet: 10.99.0.0/24, mtu: auto } }',
  ])('%s', (swarm) => expect(wrong(swarm)).toEqual([]));

  test('is that of one host too', () => expect(wrong('', '', '')).toEqual([]));
});

describe('a swarm', () => {
  test.each([
    ['{}', 'SWARM_NO_MANAGER swarm'],
    ['', 'SWARM_NO_MANAGER swarm'],
    ['{ workers: [a] }', 'SWARM_NO_MANAGER swarm'],
    ['{ managers: [], workers: [a] }', 'SWARM_NO_MANAGER swarm'],
    ['{ managers: [d] }', 'UNKNOWN_HOST swarm.managers[0]'],
    ['{ managers: [a], workers: [b, bb] }', 'UNKNOWN_HOST swarm.workers[1]'],
    ['{ managers: [a], workers: [b, a] }', 'SAID_TWICE swarm.workers[1]'],
    ['{ managers: [a, b, a] }', 'SAID_TWICE swarm.managers[2]'],
    ['{ managers: [a], advertise: { b: eth0 } }', 'UNKNOWN_HOST swarm.advertise.b'],
    ['{ managers: [a], data_path: { d: eth0 } }', 'UNKNOWN_HOST swarm.data_path.d'],
    ['{ managers: [a], labels: { b: { zone: one } } }', 'UNKNOWN_HOST swarm.labels.b'],
    ['{ managers: [a], address_pool: ["fd00::/48"] }', 'INVALID_SUBNET swarm.address_pool[0]'],
    ['{ managers: [a], address_pool: [nonsense] }', 'INVALID_SUBNET swarm.address_pool[0]'],
    ['{ managers: [a], address_pool: [10.20.0.0/25] }', 'INVALID_SUBNET swarm.address_pool[0]'],
    ['{ managers: [a], address_pool: [10.20.0.0/16], subnet_size: 15 }', 'INVALID_SUBNET swarm.address_pool[0]'],
    ['{ managers: [a], address_pool: [10.20.1.0/16] }', 'HOST_BITS swarm.address_pool[0]'],
    ['{ managers: [a], address_pool: [10.20.0.0/16, 10.20.0.0/17] }', 'SAID_TWICE swarm.address_pool[1]'],
    ['{ managers: [a, b], workers: [c] }', 'SWARM_EVEN_MANAGERS swarm.managers'],
  ])('%s', (swarm, found) => expect(wrong(swarm)).toEqual([found]));

  test.each([
    ['{ managers: [a], data_path_port: 80 }', 'swarm.data_path_port'],
    ['{ managers: [a], data_path_port: 49152 }', 'swarm.data_path_port'],
    ['{ managers: [a], subnet_size: 30 }', 'swarm.subnet_size'],
    ['{ managers: a }', 'swarm.managers'],
    ['{ manager: [a] }', 'swarm.manager'],
    ['{ managers: [a], labels: { a: zone } }', 'swarm.labels.a'],
    ['{ managers: [a], gwbridge: {} }', 'swarm.gwbridge'],
  ])('%s is of another shape', (swarm, path) => {
    expect(wrong(swarm).map((one) => one.replace(/^\S+ /, ''))).toContainEqual(expect.stringContaining(path) as string);
  });

  test('says what its own networks are like in one place', () => {
    const networks =
      'networks: { docker_gwbridge: { subnet: 172.31.0.0/16 }, ingress: { driver: overlay, ingress: true, subnet: 10.98.0.0/24 } }';
    const both = '{ managers: [a], gwbridge: { subnet: 172.30.0.0/16 }, ingress: { subnet: 10.99.0.0/24 } }';
    const found = wrong(both, networks);
    expect(found).toContain('SAID_TWICE networks.docker_gwbridge');
    expect(found).toContain('SAID_TWICE networks.ingress');
    expect(wrong(both).filter((one) => one.startsWith('SAID_TWICE'))).toEqual([]);
    expect(wrong('{ managers: [a] }', networks).filter((one) => one.startsWith('SAID_TWICE'))).toEqual([]);
  });
});
