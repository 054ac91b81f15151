import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../support/memory/index.js';
import { operationsOf } from '../../support/operations.js';
import { loadText, planText } from '../../support/memory/run.js';
import { briefly, saidOf } from './helpers.js';

const RANGED = 'subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27';
const NETWORKS = `
networks:
  lan: { external: true, x-netctl: { driver: macvlan, parent: eth0, ${RANGED}, shim: true, reserve: { nas: 192.168.1.5 } } }
  flat: { external: true, x-netctl: { driver: ipvlan, parent: eth1, subnet: 192.168.2.0/24, gateway: 192.168.2.1, ip_range: 192.168.2.192/27 } }
  web: { external: true, x-netctl: { enable_ipv6: true, ipam: { config: [{ subnet: 10.5.0.0/24, ip_range: 10.5.0.128/25 }, { subnet: "fd00:5::/64", ip_range: "fd00:5::/80" }] } } }
  mesh: { external: true, x-netctl: { driver: overlay } }
x-netctl: { ignore: [NETWORK_UNUSED, IGNORED_NOTHING] }
`;

/** What is said of services, by code and path below services. */
function found(services: string): readonly string[] {
  return briefly(saidOf(`services: {\n${services}\n}${NETWORKS}`)).map((line) =>
    line.replace(/ \S+$/, '').replace(' services.', ' '),
  );
}

const on = (network: string, place = '', more = '', key = 'web'): string =>
  `  ${key}: { image: x, networks: { ${network}: { ${place} } }${more} },`;
const both = (one: string, other: string): string => `${one}\n${other}`;
const V4 = 'web.networks.lan.ipv4_address';
const TWICE = 'ADDRESS_TWICE db.networks.lan.ipv4_address';
const same = (profiles: string, others: string): string =>
  both(on('lan', 'ipv4_address: 192.168.1.9', profiles), on('lan', 'ipv4_address: 192.168.1.9', others, 'db'));

describe('a static address of a service', () => {
  test.each<[string, ...string[]]>([
    [on('lan', 'ipv4_address: 192.168.1.180')],
    [on('lan', 'ipv4_address: 192.168.7.9'), `OUTSIDE_SUBNET ${V4}`],
    [on('lan', 'ipv4_address: 192.168.1.200'), `STATIC_IN_RANGE ${V4}`],
    [on('lan', 'ipv4_address: 192.168.1.1'), `ADDRESS_TWICE ${V4}`],
    [on('lan', 'ipv4_address: 192.168.1.5'), `ADDRESS_TWICE ${V4}`],
    [on('lan', 'ipv4_address: 192.168.1.223'), `ADDRESS_TWICE ${V4}`],
    [on('lan', 'ipv4_address: 192.168.1.255'), `ADDRESS_AT_EDGE ${V4}`],
    [on('lan', 'ipv4_address: bogus'), `INVALID_ADDRESS ${V4}`],
    [on('web', 'ipv6_address: "fd00:5:0:0:1::9"')],
    [on('web', 'ipv6_address: "fd00:6::9"'), 'OUTSIDE_SUBNET web.networks.web.ipv6_address'],
    [on('web', 'ipv6_address: "fd00:5::9"'), 'STATIC_IN_RANGE web.networks.web.ipv6_address'],
    // Not netctl's to judge.
    [on('default', 'ipv4_address: 1.2.3.4')],
    [on('lan', 'ipv4_address:')],
  ])('%s', (services, ...expected) => expect(found(services)).toEqual(expected));

  test.each<[string, string, ...string[]]>([
    ['', '', TWICE],
    [', profiles: [a]', '', TWICE],
    [', profiles: [a]', ', profiles: [b, a]', TWICE],
    [', profiles: []', ', profiles: [b]', TWICE],
    // One or the other.
    [', profiles: [a]', ', profiles: [b]'],
  ])('of two services with profiles %j and %j', (one, other, ...expected) => {
    expect(found(same(one, other))).toEqual(expected);
  });

  test.each<[string, ...string[]]>([
    [', scale: 1'],
    [', scale: 2', `STATIC_FOR_SEVERAL ${V4}`],
    [', scale: "2"', `STATIC_FOR_SEVERAL ${V4}`],
    [', deploy: { replicas: 3, mode: x }', `STATIC_FOR_SEVERAL ${V4}`],
    [', scale: 1, deploy: { replicas: 3 }'],
    [', scale: many'],
  ])('of several containers:%s', (more, ...expected) => {
    expect(found(on('lan', 'ipv4_address: 192.168.1.9', more))).toEqual(expected);
  });
});

describe('a MAC address of a service', () => {
  const mac = 'mac_address: "02:42:c0:a8:01:09"';
  test.each<[string, ...string[]]>([
    [on('lan', mac)],
    [on('flat', mac), 'MAC_OF_PARENT web.networks.flat.mac_address'],
    [on('flat', '', `, ${mac}`), 'MAC_OF_PARENT web.mac_address'],
    // Which of the two has it, the engine decides.
    [`  web: { image: x, networks: [flat, default], ${mac} }`],
    [on('lan', 'mac_address: bogus'), 'INVALID_MAC web.networks.lan.mac_address'],
    [both(on('lan', mac), on('lan', '', `, ${mac}`, 'db')), 'MAC_TWICE db.mac_address'],
  ])('%s', (services, ...expected) => expect(found(services)).toEqual(expected));
});

describe('ports of a service', () => {
  const IGNORED = 'PORTS_IGNORED web.ports';
  test.each<[string, ...string[]]>([
    ['networks: [lan], ports: ["80:80"]', IGNORED],
    ['networks: [lan, flat], ports: [80]', IGNORED],
    ['network_mode: lan, ports: [{ target: 80 }]', IGNORED],
    ['networks: [lan, web], ports: ["80:80"]'],
    ['networks: [lan, default], ports: ["80:80"]'],
    ['networks: [lan], ports: []'],
    ['networks: [lan], ports:'],
    ['networks: [lan], expose: ["80"]'],
    ['ports: ["80:80"]'],
    ['network_mode: host, ports: ["80:80"]'],
    ['networks: [lan], ports: ["80:80"], extends: { service: db }'],
    ['networks: [lan], ports: ["${NOWHERE:?}:80"]', IGNORED],
  ])('%s', (service, ...expected) => expect(found(`  web: { image: x, ${service} }`)).toEqual(expected));
});

describe('a network that no service is on', () => {
  const unused = (services: string, key = 'lan', more = ''): readonly string[] =>
    saidOf(`services: ${services}\nnetworks: { ${key}: { external: true${more}, x-netctl: {} } }`).map(
      ({ code, path }) => `${code} ${path}`,
    );
  test.each<[string, string, string, boolean]>([
    ['{ web: { image: x } }', 'lan', '', true],
    ['{}', 'lan', '', true],
    ['{ web: { image: x, networks: [lan] } }', 'lan', '', false],
    ['{ web: { image: x, networks: { lan: } } }', 'lan', '', false],
    ['{ web: { image: x, network_mode: real } }', 'lan', ', name: real', false],
    ['{ web: { image: x, network_mode: lan } }', 'lan', ', name: real', true],
    ['{ web: { image: x } }', 'default', ', name: real', false],
    ['{ web: { image: x, networks: [] } }', 'default', ', name: real', false],
    ['{ web: { image: x, network_mode: none } }', 'default', ', name: real', true],
    ['{ web: { provider: { type: x } } }', 'default', ', name: real', true],
    ['{ web: { extends: { file: y, service: z } } }', 'lan', '', false],
  ])('%s: %s%s', (services, key, more, said) => {
    expect(unused(services, key, more)).toEqual(said ? [`NETWORK_UNUSED networks.${key}`] : []);
  });

  test('may be the configuration of another', () => {
    const of = 'base: { external: true, x-netctl: { config_only: true } }';
    expect(
      saidOf(
        `services: { web: { image: x, networks: [made] } }\nnetworks: { ${of}, made: { external: true, x-netctl: { config_from: base } } }`,
      ),
    ).toEqual([]);
  });
});

test('a service cannot be on a swarm network that is not attachable', () => {
  expect(found(on('mesh'))).toEqual(['NETWORK_TAKES_NOBODY web.networks.mesh']);
});

test('the replicas of services count for the room in a network', () => {
  const room = (scale: number): readonly string[] =>
    saidOf(
      `services: { web: { image: x, networks: [n], scale: ${String(scale)} } }\nnetworks: { n: { external: true, x-netctl: { subnet: 10.5.0.0/29 } } }`,
    ).map(({ code, message }) => `${code} ${message}`);
  expect(room(5)).toEqual([]);
  expect(room(6)).toEqual([expect.stringMatching(/^NO_ROOM .* 5 addresses .* 6 containers/) as string]);
});

test('the shim leads to the addresses of services, and services stay where Compose puts them', async () => {
  const host = memoryHost({ containers: [{ name: 'home-web-1', state: 'running', networks: {} }] });
  const plan = await planText(host, `name: home\nservices: {\n${on('lan', 'ipv4_address: 192.168.1.9')}\n}${NETWORKS}`);
  const steps = plan.stages.flat();
  const shim = steps.find(({ op }) => op === 'link.add');
  expect(shim?.op === 'link.add' && shim.props.routes.map(({ destination }) => destination)).toEqual([
    '192.168.1.192/27',
    '192.168.1.9/32',
  ]);
  expect([...new Set(steps.map(({ op }) => op))].sort()).toEqual(['link.add', 'network.create']);
});

test('twice as many services are twice the work', async () => {
  const service = (i: number): string =>
    `  s${String(i)}: { image: x, environment: { A: "$$B" }, ports: ["80"], networks: { lan: { ipv4_address: 10.0.${String(i >> 8)}.${String(i & 255)} }, app: } }`;
  const read = async (count: number): Promise<number> => {
    const services = Array.from({ length: count }, (_, i) => service(i + 1)).join('\n');
    const text = `name: a\nservices:\n${services}\nnetworks:\n  app:\n  lan: { external: true, x-netctl: { driver: macvlan, parent: eth0, subnet: 10.0.0.0/16, gateway: 10.0.255.1, ip_range: 10.0.128.0/24 } }`;
    return operationsOf(() => expect(loadText(text).problems.map(({ code }) => code)).toEqual(['LEFT_TO_COMPOSE']));
  };
  await read(1);
  const [half, whole] = [await read(500), await read(1000)];
  expect(half).toBeGreaterThan(500);
  expect(whole / half).toBeLessThan(2.2);
});
