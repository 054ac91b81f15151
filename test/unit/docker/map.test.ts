import { describe, expect, test } from 'vitest';
import type { ApiContainer } from '../../../packages/core/src/docker/api.js';
import {
  canonicalJson,
  ownerLabels,
  readAsked,
  readOwner,
  withoutMarks,
} from '../../../packages/core/src/docker/labels.js';
import { holdersOf, toCreateBody, toEngineFacts, toNetworkProps } from '../../../packages/core/src/docker/map.js';
import { toSwarmFacts, toSwarmNodes } from '../../../packages/core/src/docker/map-swarm.js';
import type { NetworkProps } from '../../../packages/core/src/model.js';

const NETWORK = { Id: 'abc', Name: 'web' };

describe('who holds a network', () => {
  const container = (name: string, state: string, id: string, network = 'web'): ApiContainer => ({
    Id: `id-${name}`,
    Names: [`/${name}`],
    State: state,
    NetworkSettings: { Networks: { [network]: { NetworkID: id, IPAddress: '10.0.0.2' } } },
  });
  const names = (...containers: ApiContainer[]): readonly string[] =>
    holdersOf(NETWORK, containers, []).map(({ name, state }) => `${name} ${state}`);

  test('containers in any state, by id', () => {
    expect(names(container('b', 'running', 'abc'), container('a', 'exited', 'abc'))).toEqual(['a exited', 'b running']);
  });
  test('one that never ran, by name or by the id that it was given for a name', () => {
    expect(names(container('a', 'created', ''), container('b', 'created', '', 'abc'))).toEqual([
      'a created',
      'b created',
    ]);
  });
  test('nobody of another network, of the same name neither', () => {
    expect(names(container('a', 'exited', 'old'), container('b', 'created', '', 'other'))).toEqual([]);
  });
  test('services, by id and by name, in either place', () => {
    const services = [
      { ID: '1', Spec: { Name: 'x', TaskTemplate: { Networks: [{ Target: 'abc' }] } } },
      { ID: '2', Spec: { Name: 'y', Networks: [{ Target: 'web' }] } },
      { ID: '3', Spec: { Name: 'z', Networks: [{ Target: 'other' }] } },
    ];
    expect(holdersOf(NETWORK, [], services).map(({ name }) => name)).toEqual(['x', 'y']);
  });
});

describe('what is sent', () => {
  const props: NetworkProps = {
    driver: 'macvlan',
    ipam: { config: [] },
    options: { parent: 'eth0' },
    labels: { a: '1' },
  };
  const marks = ownerLabels({ stack: 's', ref: 'network:n' }, props);

  test('only what is asked for, the marks, and the check for duplicates', () => {
    expect(toCreateBody('n', props, marks)).toEqual({
      Name: 'n',
      CheckDuplicate: true,
      Driver: 'macvlan',
      IPAM: { Driver: 'default', Config: [] },
      Options: { parent: 'eth0' },
      Labels: { a: '1', ...marks },
    });
  });
  test('nothing of its own for a network from a configuration', () => {
    const body = toCreateBody('n', { ...props, options: {}, labels: {}, configFrom: 'c', attachable: true }, marks);
    expect(body).toEqual({
      Name: 'n',
      CheckDuplicate: true,
      Driver: 'macvlan',
      Attachable: true,
      ConfigFrom: { Network: 'c' },
    });
  });
});

describe('labels', () => {
  const asked: NetworkProps = {
    driver: 'bridge',
    ipam: { config: [{ subnet: '10.0.0.0/24' }] },
    options: {},
    labels: {},
  };

  test('say whose and what, and are no labels of the user', () => {
    const labels = { ...ownerLabels({ stack: 's', ref: 'network:n' }, asked), a: '1' };
    expect(readOwner(labels)).toEqual({ stack: 's', ref: 'network:n' });
    expect(readAsked(labels)).toEqual(asked);
    expect(withoutMarks(labels)).toEqual({ a: '1' });
  });
  test.each(['', '{', 'null', '[]', '{}', '{"driver":1}', '{"driver":"bridge","ipam":{},"options":{},"labels":{}}'])(
    'that somebody spoilt (%j) say nothing',
    (text) => expect(readAsked({ 'io.netctl.spec': text })).toBeUndefined(),
  );
  test.each([{}, { 'io.netctl.stack': 's' }, { 'io.netctl.stack': 's', 'io.netctl.ref': 'lan' }])(
    'that are not whole (%j) name no owner',
    (labels) => expect(readOwner(labels)).toBeUndefined(),
  );
  test('one thing has one text', () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { y: 1, x: 2 }], c: 3 } })).toBe(
      canonicalJson({ a: { c: 3, d: [2, { x: 2, y: 1 }] }, b: 1 }),
    );
  });
});

test('facts of engines old and new', () => {
  expect(toEngineFacts({ ID: 'x', ServerVersion: '20.10.24+dfsg1' }, '1.41')).toMatchObject({
    version: '20.10.24',
    rootless: false,
    swarm: { state: 'inactive', manager: false },
  });
  expect(
    toEngineFacts(
      {
        ServerVersion: '28.5.2-rc.1',
        SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'],
        Swarm: { LocalNodeState: 'active', ControlAvailable: true, NodeAddr: '10.0.0.1' },
      },
      '1.51',
    ),
  ).toMatchObject({
    version: '28.5.2',
    rootless: true,
    swarm: { state: 'active', manager: true, nodeAddress: '10.0.0.1' },
  });
});

describe('a swarm', () => {
  test('is known to its managers', () => {
    const Cluster = { ID: 'c1', DefaultAddrPool: ['10.20.0.0/16'], SubnetSize: 25, DataPathPort: 5789 };
    const Swarm = { LocalNodeState: 'active', ControlAvailable: true, NodeID: 'n1', NodeAddr: '10.0.0.1', Cluster };
    expect(toSwarmFacts({ Swarm })).toEqual({
      state: 'active',
      manager: true,
      nodeId: 'n1',
      nodeAddress: '10.0.0.1',
      clusterId: 'c1',
      dataPathPort: 5789,
      addressPools: ['10.20.0.0/16'],
      subnetSize: 25,
    });
  });
  test('is no more to its workers than their own name there', () => {
    const Swarm = { LocalNodeState: 'active', NodeID: 'n2', NodeAddr: '10.0.0.2', Cluster: null };
    expect(toSwarmFacts({ Swarm })).toEqual({
      state: 'active',
      manager: false,
      nodeId: 'n2',
      nodeAddress: '10.0.0.2',
    });
    expect(toSwarmFacts({ Swarm: { LocalNodeState: 'inactive', NodeID: '', NodeAddr: '' } })).toEqual({
      state: 'inactive',
      manager: false,
    });
  });
  test('has its nodes in one order, whatever is missing of them', () => {
    const manager = {
      ID: 'n2',
      Spec: { Role: 'manager', Availability: 'drain', Labels: { zone: 'a' } },
      Description: { Hostname: 'two' },
      Status: { State: 'ready', Addr: '10.0.0.2' },
      ManagerStatus: { Leader: true, Reachability: 'reachable', Addr: '10.0.0.2:2377' },
    };
    expect(toSwarmNodes([manager, { ID: 'n1', Status: { State: 'down', Addr: '0.0.0.0' } }])).toEqual([
      { id: 'n1', hostname: '', role: '', state: 'down', availability: '', labels: {} },
      {
        id: 'n2',
        hostname: 'two',
        address: '10.0.0.2',
        role: 'manager',
        state: 'ready',
        availability: 'drain',
        labels: { zone: 'a' },
        managerStatus: { leader: true, reachability: 'reachable', address: '10.0.0.2:2377' },
      },
    ]);
  });
});

test('an inspect that holds nothing is still a network', () => {
  expect(toNetworkProps({})).toEqual({
    driver: '',
    scope: 'local',
    internal: false,
    attachable: false,
    ingress: false,
    enableIPv4: true,
    enableIPv6: false,
    configOnly: false,
    ipam: { options: {}, config: [] },
    options: {},
    labels: {},
  });
});
