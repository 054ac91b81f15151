import { expect, test } from 'vitest';
import { wantedServices } from '../../../packages/consul/src/wanted.js';
import { APP, said, wanted, workload } from './workload.js';

const LAN = { network: 'lan', networkId: 'b'.repeat(64), ipv4: '192.168.1.200' };
const SIX = { network: 'six', networkId: 'c'.repeat(64), ipv6: 'fd00::2' };

const at = ({ ID, Address, Port }: { ID: string; Address: string; Port: number }) => `${ID} ${Address} ${Port}`;

test('a container is a service on each of the networks that are named, at its address there', () => {
  const result = wanted([{ ports: [80], places: [SIX, LAN, APP] }], ['six', 'app', 'app']);
  expect(result.services.map(at)).toEqual([
    'netctl:home:node01:app:web:80 10.0.0.2 80',
    'netctl:home:node01:six:web:80 fd00::2 80',
  ]);
  expect(said(result)).toEqual([]);
});

test('of two addresses on one network it is the one of IPv4, and DNS has both', () => {
  const { services } = wanted([{ ports: [80], places: [{ ...APP, ipv6: 'fd00::2' }] }]);
  const TaggedAddresses = {
    lan_ipv4: { Address: '10.0.0.2', Port: 80 },
    lan_ipv6: { Address: 'fd00::2', Port: 80 },
  };
  expect(services).toMatchObject([{ Address: '10.0.0.2', TaggedAddresses }]);
});

test('a container that is on no named network is none, and nothing is said of it', () => {
  expect(wanted([{ ports: [80], env: { SERVICE_NAME: ' ' }, places: [LAN] }])).toMatchObject({
    services: [],
    problems: [],
  });
});

test.each(['created', 'restarting', 'paused', 'removing', 'exited', 'dead', 'stopped'])(
  'a container that is %s is none',
  (state) => {
    expect(wanted([{ state, ports: [80], env: { SERVICE_NAME: ' ' } }])).toMatchObject({ services: [], problems: [] });
  },
);

test('what has no address is not registered, since Consul would give out that of its own node', () => {
  const result = wanted([{ ports: [80, 81], places: [LAN, { ...APP, ipv4: '' }] }], ['app', 'lan']);
  expect(result.services.map(({ Address }) => Address)).toEqual(['192.168.1.200', '192.168.1.200']);
  expect(said(result)).toEqual([
    'SERVICE_NO_ADDRESS Container web: It has no address on network "app", and is not registered there.',
  ]);
});

test('the port is that of the container, published or not', () => {
  const published = [{ port: 80, protocol: 'tcp', hostPort: 10_000, hostIp: '0.0.0.0' }] as const;
  const { services } = wantedServices({
    ...{ stack: 'home', host: 'node01', networks: ['app'] },
    workloads: [{ ...workload({ ports: [] }), published }],
  });
  expect(services.map(at)).toEqual(['netctl:home:node01:app:web:80 10.0.0.2 80']);
});

test('two stacks, hosts, networks or containers never have one id, whatever they are called', () => {
  const ids = ['a', 'a:b', 'b', '~', 'ü', '/', 'a~3Ab', '%2F', '..'].flatMap((part) =>
    ['stack', 'host', 'network', 'name'].flatMap((which) => {
      const names = { stack: 's', host: 'h', network: 'n', name: 'c', [which]: part };
      return wantedServices({
        ...{ stack: names.stack, host: names.host, networks: [names.network] },
        workloads: [workload({ name: names.name, ports: [80], places: [{ ...APP, network: names.network }] })],
      }).services.map(({ ID }) => ID);
    }),
  );
  expect(new Set(ids).size).toBe(36);
  for (const id of ids) expect(id).toMatch(/^netctl(:[A-Za-z0-9_.~-]+){5}$/);
});

test('SERVICE_ID is in the place of container and port', () => {
  const { services } = wanted([{ ports: [80], env: { SERVICE_ID: 'shop/1' }, places: [APP, LAN] }], ['app', 'lan']);
  expect(services.map(({ ID }) => ID)).toEqual(['netctl:home:node01:app:shop~2F1', 'netctl:home:node01:lan:shop~2F1']);
});

test('of two containers that ask for one id the first by name has it, and the other is told', () => {
  const env = { SERVICE_ID: 'shop' };
  const two = [
    { id: 'f'.repeat(64), name: 'a', ports: [80], env, address: '10.0.0.7' },
    { id: '0'.repeat(64), name: 'b', ports: [80], env, address: '10.0.0.3' },
    { name: 'c', ports: [80], address: '10.0.0.4' },
  ];
  const result = wanted(two);
  expect(result.services.map(at)).toEqual([
    'netctl:home:node01:app:shop 10.0.0.7 80',
    'netctl:home:node01:app:c:80 10.0.0.4 80',
  ]);
  expect(said(result)).toEqual([
    'SERVICE_ID_TAKEN Container b: SERVICE_ID asks for the id netctl:home:node01:app:shop, which container a has: this one is not registered.',
  ]);
  expect(wanted([...two].reverse())).toEqual(result);
});

test('one SERVICE_ID for several ports is told once', () => {
  const result = wanted([{ ports: [80, 81, 82], env: { SERVICE_ID: 'shop' } }]);
  expect(result.services.map(({ Port }) => Port)).toEqual([80]);
  expect(said(result)).toEqual([expect.stringContaining('which another of its services has')]);
});

test('a container that asks to be a service without a port is told of', () => {
  const result = wanted([{ env: { SERVICE_NAME: 'shop' } }, { name: 'worker' }]);
  expect(result.services).toEqual([]);
  expect(said(result)).toEqual([expect.stringMatching(/^SERVICE_NO_PORT Container web: SERVICE_NAME is set/)]);
});
