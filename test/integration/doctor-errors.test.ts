import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { explainDocker } from '../../packages/core/src/doctor/explain.js';
import { explainIp } from '../../packages/iproute2/src/explain.js';
import { testEngine } from './support/engine.js';
import { askEngine, engineVersion, isAtLeast, makeForeignNetwork, tryEngine } from './support/engine-client.js';
import { join } from './support/replace/crowd.js';
import { busyboxImage } from './support/workload.js';

/* What a real engine and a real kernel answer is explained, in the words of this engine. */

let host: Host;
let version: string;

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0' }, { name: 'eth1' }], engine: testEngine() });
  version = await engineVersion(host);
  const image = await busyboxImage(host);
  await makeForeignNetwork(host, 'web', { IPAM: { Config: [{ Subnet: '10.5.0.0/24' }] } });
  await makeForeignNetwork(host, 'open');
  await makeForeignNetwork(host, 'conf', { ConfigOnly: true });
  await makeForeignNetwork(host, 'small', { IPAM: { Config: [{ Subnet: '10.6.0.0/30' }] } });
  await join(host, image, {
    name: 'c1',
    state: 'running',
    networks: { web: { IPAMConfig: { IPv4Address: '10.5.0.9' } } },
  });
  await join(host, image, { name: 'full', state: 'running', networks: { small: {} } });
  await join(host, image, { name: 'hosted', state: 'running', networks: { host: {} } });
  await join(host, image, { name: 'other', state: 'running', networks: { bridge: {} } });
});
afterAll(() => host.close());

const create = (body: object) => ['POST', '/networks/create', { CheckDuplicate: true, ...body }] as const;
const subnet = (config: object) => ({ IPAM: { Config: [config] } });
const connect = (network: string, container: string, endpoint: object = {}) =>
  ['POST', `/networks/${network}/connect`, { Container: container, EndpointConfig: endpoint }] as const;
const at = (address: string): object => ({ IPAMConfig: { IPv4Address: address } });
const macvlan = (parent: string): object => ({ Name: 'x', Driver: 'macvlan', Options: { parent } });

test.each([
  ['NAME_TAKEN', create({ Name: 'web' })],
  ['RESERVED_NAME', create({ Name: 'bridge' })],
  ['RESERVED_NAME', ['DELETE', '/networks/bridge'] as const],
  // Engine 20.10 finds a duplicate of no name before it looks at the name.
  ['BAD_NAME', ['POST', '/networks/create', { Name: '' }] as const],
  ['SUBNET_OVERLAP', create({ Name: 'x', ...subnet({ Subnet: '10.5.0.0/25' }) })],
  ['BAD_IPAM', create({ Name: 'x', ...subnet({ Subnet: '10.7.0.0/24', Gateway: '10.8.0.1' }) })],
  ['GATEWAY_TAKEN', create({ Name: 'x', ...subnet({ Subnet: '10.7.0.0/24', Gateway: '10.7.0.0' }) })],
  ['DRIVER_MISSING', create({ Name: 'x', Driver: 'dhcp' })],
  ['PARENT_MISSING', create(macvlan('nosuch0'))],
  ['PARENT_MISSING', create(macvlan('nosuch0.30'))],
  ['NOT_MANAGER', create({ Name: 'x', Driver: 'overlay' })],
  ['CONFIG_NET', create({ Name: 'x', ConfigFrom: { Network: 'nothing' } })],
  ['CONFIG_NET', connect('conf', 'c1')],
  ['IN_USE', ['DELETE', '/networks/web'] as const],
  ['NOT_FOUND', ['DELETE', '/networks/nosuch'] as const],
  ['NOT_FOUND', connect('web', 'nosuch')],
  ['ALREADY_ON', connect('web', 'c1')],
  ['ADDR_IN_USE', connect('web', 'other', at('10.5.0.9'))],
  ['STATIC_IP', connect('web', 'other', at('10.99.0.9'))],
  ['STATIC_IP', connect('open', 'other', at('172.20.0.9'))],
  ['NO_ADDRESSES', connect('small', 'other')],
  ['OTHERS_NAMESPACE', connect('web', 'hosted')],
  ['API_VERSION', ['GET', '/v1.99/networks'] as const],
])('%s: %j', async (code, [method, path, body]) => {
  const { status, text } = await tryEngine(host, method, path, body);
  expect(status, text).toBeGreaterThanOrEqual(400);
  expect(
    explainDocker(text).map((found) => found.code),
    text,
  ).toEqual([code]);
});

test('bits beyond the prefix length, from 25 on with what it should be', async () => {
  const reply = await tryEngine(host, ...create({ Name: 'bits', ...subnet({ Subnet: '10.9.0.5/24' }) }));
  expect(reply.status === 400).toBe(isAtLeast(version, '25.0'));
  if (reply.status >= 400) expect(explainDocker(reply.text)[0]?.cure).toEqual(['Write 10.9.0.0/24.']);
  else await askEngine(host, 'DELETE', '/networks/bits');
});

test('the parent of a container that starts is a port of a bridge', async () => {
  await host.run('ip', ['link', 'add', 'br0', 'type', 'bridge']);
  await host.run('ip', ['link', 'set', 'dev', 'eth1', 'master', 'br0']);
  await makeForeignNetwork(host, 'port', { Driver: 'macvlan', Options: { parent: 'eth1' } });
  const { status, text } = await tryEngine(host, ...connect('port', 'other'));
  expect(status).toBe(500);
  expect(explainDocker(text).map(({ code }) => code)).toEqual(['PARENT_BUSY']);
});

test('an error of ip as the kernel here gives it', async () => {
  const command = ['link', 'add', 'link', 'eth1', 'name', 'x0', 'type', 'macvlan', 'mode', 'bridge'];
  const { stderr, exitCode } = await host.run('ip', command, { reject: false });
  expect(exitCode).toBe(2);
  const [only, ...more] = explainIp(`# ip ${command.join(' ')}\n${stderr}`);
  expect(more).toEqual([]);
  expect(only?.cause).toContain('eth1 is taken: it is a port of a bridge');
});
