import { describe, expect, test } from 'vitest';
import { engineText } from '../../../packages/core/src/docker/errors.js';
import { REFUSALS } from '../../../packages/core/src/docker/refusals/index.js';
import { FINDINGS } from '../../../packages/core/src/doctor/codes.js';
import { explainDocker } from '../../../packages/core/src/doctor/explain.js';

const ID = '483fd0ece2ccd4a61c2ee04921c132f13736cfa205a20d850f1f42652ac6047c';

/** Texts of engines 20.10 to 29 and of Compose, as they are printed, with the class of each and what is named of it. */
const TEXTS: readonly (readonly [text: string, code: string, ...named: readonly string[]])[] = [
  ['Error response from daemon: network with name web already exists', 'NAME_TAKEN', 'inspect web', 'rm web'],
  ['rpc error: code = Unknown desc = name conflicts with an existing object', 'NAME_TAKEN', 'NETWORK'],
  ['network web is ambiguous (2 matches found based on name)', 'AMBIGUOUS', 'name=^web$'],
  ['2 matches found based on name: network web is ambiguous', 'AMBIGUOUS', 'name=^web$'],
  ['operation is not permitted on predefined bridge network ', 'RESERVED_NAME', 'bridge is one of'],
  ['bridge is a pre-defined network and cannot be removed', 'RESERVED_NAME', 'bridge is one of'],
  ['invalid name: name is empty', 'BAD_NAME'],
  ['rpc error: code = InvalidArgument desc = name must be valid as a DNS name component', 'BAD_NAME'],
  ['rpc error: code = InvalidArgument desc = name must be 63 characters or fewer', 'BAD_NAME'],
  [`failed to set up container networking: network ${ID} not found`, 'STALE_NETWORK_ID', '483fd0ece2cc'],
  [`failed to create endpoint x on network lan9: network id "${ID}" not found`, 'NETWORK_DROPPED', '483fd0ece2cc'],
  ['network lan declared as external, but could not be found', 'EXTERNAL_MISSING', 'create lan'],
  [
    'network web was found but has incorrect label com.docker.compose.network set to "" (expected: "web")',
    'COMPOSE_LABEL',
    'name: web',
    'com.docker.compose.network',
  ],
  ['Error response from daemon: network shop_default not found', 'NOT_FOUND', 'no shop_default'],
  ['Error: No such container: printer', 'NOT_FOUND', 'no printer'],
  ['invalid pool request: Pool overlaps with other one on this address space', 'SUBNET_OVERLAP'],
  ['cannot create network a conflicts with network b: networks have overlapping IPv4', 'SUBNET_OVERLAP'],
  [
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    'POOLS_EXHAUSTED',
  ],
  ['all predefined address pools have been fully subnetted', 'POOLS_EXHAUSTED'],
  [
    'driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated',
    'PORT_TAKEN',
  ],
  ['listen tcp4 0.0.0.0:80: bind: address already in use', 'PORT_TAKEN', '0.0.0.0:80'],
  ['failed to allocate gateway (10.0.0.0): Address already in use', 'GATEWAY_TAKEN', '10.0.0.0'],
  ['failed to allocate secondary ip address (a:10.0.0.1): Address already in use', 'GATEWAY_TAKEN', 'a:10.0.0.1'],
  ['failed to set up container networking: Address already in use', 'ADDR_IN_USE'],
  ["no available IPv4 addresses on this network's address pools: web (0123456789ab)", 'NO_ADDRESSES', 'web'],
  ['user specified IP address is supported only when connecting to networks with user configured subnets', 'STATIC_IP'],
  ['invalid endpoint settings:\nuser-specified IP address is supported on user-defined networks only', 'STATIC_IP'],
  ["Invalid address 10.1.0.9: It does not belong to any of this network's subnets", 'STATIC_IP'],
  ['no configured subnet or ip-range contain the IP address 10.1.0.9', 'STATIC_IP'],
  [
    'invalid network config:\ninvalid subnet 192.168.1.5/24: it should be 192.168.1.0/24',
    'BAD_IPAM',
    'Write 192.168.1.0/24.',
  ],
  ["invalid ip-range 10.2.0.0/25: parent subnet 10.1.0.0/24 doesn't contain ip-range", 'BAD_IPAM', '10.2.0.0/25'],
  ['failed to allocate gateway (10.211.0.1): Requested address is out of range', 'BAD_IPAM'],
  ['auxiliary address: (a:10.99.0.5) must belong to the master pool: 10.210.0.0/24', 'BAD_IPAM'],
  ['-o parent interface was not found on the host: eth7', 'PARENT_MISSING', 'no link eth7'],
  ['-o parent interface does was not found on the host: eth7', 'PARENT_MISSING'],
  ['invalid subinterface vlan name en0, example formatting is eth0.10', 'PARENT_MISSING', 'no link en0'],
  ['network dm-864ccd63a931 is already using parent interface eth0', 'PARENT_SHARED', 'eth0 has a network'],
  ['failed to create the macvlan port: device or resource busy', 'PARENT_BUSY'],
  ['failed to create eth0.10 vlan link: operation not supported', 'KERNEL_UNSUPPORTED'],
  ['error creating vxlan interface: operation not supported', 'KERNEL_UNSUPPORTED'],
  [`error while removing network: network web id ${ID} has active endpoints`, 'IN_USE', 'inspect', 'on web'],
  [
    'error while removing network: network web has active endpoints (name:"c1" id:"576e8b4a72a6")',
    'IN_USE',
    'disconnect --force web c1',
  ],
  ['rpc error: code = FailedPrecondition desc = network abc is in use by service def', 'IN_USE', 'service def'],
  ['configuration network "conf" is in use', 'IN_USE', 'conf'],
  ['configuration network "conf" does not exist', 'CONFIG_NET'],
  ['cannot create endpoint on configuration-only network', 'CONFIG_NET'],
  ['This node is not a swarm manager. Use "docker swarm init" or "docker swarm join"', 'NOT_MANAGER'],
  ['Cannot create a multi-host network from a worker node.', 'NOT_MANAGER'],
  ['cannot create a swarm scoped network when swarm is not active', 'NOT_MANAGER'],
  [
    'Could not attach to network app: rpc error: code = PermissionDenied desc = network app not manually attachable',
    'NOT_ATTACHABLE',
    'app is for services',
  ],
  ['plugin "dhcp" not found', 'DRIVER_MISSING', 'install dhcp'],
  ['endpoint with name c1 already exists in network web', 'ALREADY_ON', 'disconnect --force web c1'],
  [
    'container sharing network namespace with another container or host cannot be connected to any other network',
    'OTHERS_NAMESPACE',
  ],
  [
    'attaching to network failed, make sure your network options are correct and check manager logs: context deadline exceeded',
    'ATTACH_TIMEOUT',
  ],
  [
    'client version 1.24 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version',
    'API_VERSION',
    'begins at 1.44',
    'DOCKER_API_VERSION=1.44',
  ],
  ['client version 1.44 is too new. Maximum supported API version is 1.43', 'API_VERSION', 'ends at 1.43'],
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    'SOCKET_FORBIDDEN',
  ],
  [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    'ENGINE_DOWN',
    'unix:///var/run/docker.sock',
  ],
  ['could not choose an IP address to advertise since this system has multiple addresses', 'ADVERTISE_ADDRESS'],
  ['iptables failed: iptables --wait -t nat -A DOCKER: iptables: No chain/target/match by that name.', 'RULES_GONE'],
];

describe('an error of Docker', () => {
  test.each(TEXTS)('%s is %s', (text, code, ...named) => {
    const [first, ...more] = explainDocker(text);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ code, severity: 'note', matter: 'error' });
    const whole = [first?.cause, ...(first?.cure ?? [])].join('\n');
    for (const name of named) expect(whole).toContain(name);
    expect(first?.cause).toMatch(/\S{3}.*\.$/s);
    expect(first?.cure.length).toBeGreaterThan(0);
    expect(engineText(text)).toContain(first?.evidence[0]);
  });

  test('of every class is among these', () => {
    expect([...new Set(TEXTS.map(([, code]) => code))].sort()).toEqual(REFUSALS.map(({ code }) => code).sort());
  });

  test('in several lines is each of its classes, once', () => {
    const text = 'Pool overlaps with other one\nand\nnetwork web is ambiguous\nnetwork db is ambiguous';
    expect(explainDocker(text).map(({ code }) => code)).toEqual(['SUBNET_OVERLAP', 'AMBIGUOUS']);
  });

  test('that is not known is nothing', () => {
    expect(explainDocker('never heard of it')).toEqual([]);
    expect(explainDocker('')).toEqual([]);
  });

  test('puts nothing into a command but a name', () => {
    const [found] = explainDocker('network with name $(reboot) already exists');
    expect(found?.code).toBe('NAME_TAKEN');
    expect(found?.cure.join('\n')).not.toContain('reboot');
  });
});

test('every code is one thing', () => {
  const codes = REFUSALS.map(({ code }) => code);
  expect(codes).toEqual([...new Set(codes)]);
  // A finding and an error may be the same fault: then they have one code.
  const both = codes.filter((code) => Object.hasOwn(FINDINGS, code));
  expect(both.sort()).toEqual(['NETWORK_DROPPED', 'POOLS_EXHAUSTED', 'RULES_GONE']);
});
