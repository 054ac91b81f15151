import { describe, expect, test } from 'vitest';
import { plan } from '../../../packages/core/src/apply/plan.js';
import type { HostFacts } from '../../../packages/core/src/model.js';
import { unseenNodes } from '../../../packages/core/src/plan/unseen-nodes.js';
import type { SwarmFacts } from '../../../packages/core/src/swarm-facts.js';
import { memoryHost, swarmNode } from '../../support/memory/index.js';
import { loadText } from '../../support/memory/run.js';

const host = (swarm: Partial<SwarmFacts>, peers?: HostFacts['peers']): HostFacts => ({
  engine: {
    id: 'x',
    name: 'box',
    version: '28.5.2',
    apiVersion: '1.51',
    operatingSystem: '',
    rootless: false,
    swarm: { state: 'active', manager: false, ...swarm },
  },
  networks: [],
  kernel: {},
  ...(peers && { peers }),
});
const nodes = ['one', 'two', 'three'].map((id) => swarmNode({ id }));
const manager = { manager: true, nodeId: 'one', nodes };
const names = (facts: HostFacts): unknown => unseenNodes(facts)?.map(({ id }) => id);

describe('the nodes that nobody looks at', () => {
  test.each<[string, HostFacts, readonly string[] | undefined]>([
    ['one alone', host({ ...manager, nodes: nodes.slice(0, 1) }), []],
    ['two others that are no hosts', host(manager), ['two', 'three']],
    ['one that is a host', host(manager, new Map([['b', host({ nodeId: 'two' })]])), ['three']],
    [
      'both',
      host(
        manager,
        new Map([
          ['b', host({ nodeId: 'two' })],
          ['c', host({ nodeId: 'three' })],
        ]),
      ),
      [],
    ],
    ['a host of another swarm', host(manager, new Map([['b', host({ nodeId: 'elsewhere' })]])), ['two', 'three']],
    ['a host in no swarm', host(manager, new Map([['b', host({ state: 'inactive' })]])), ['two', 'three']],
    [
      'one that is down, with its containers',
      host({ ...manager, nodes: [...nodes.slice(0, 1), swarmNode({ id: 'gone', state: 'down' })] }),
      ['gone'],
    ],
    ['those that a worker does not know', host({ nodeId: 'two' }), undefined],
    ['those that a manager did not tell', host({ manager: true, nodeId: 'one' }), undefined],
  ])('%s', (_what, facts, unseen) => {
    expect(names(facts)).toEqual(unseen);
  });
});

describe('a network of the swarm that is to be replaced', () => {
  const spec = (hosts: string): string =>
    `name: home\n${hosts}networks:\n  app: { driver: overlay, attachable: true, subnet: 10.5.0.0/24 }\n`;
  const BOTH = 'hosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" } }\n';
  const app = {
    Name: 'app',
    Driver: 'overlay',
    Scope: 'swarm',
    IPAM: { Driver: 'default', Config: [{ Subnet: '10.5.0.0/24' }] },
    Labels: {
      'io.netctl.stack': 'home',
      'io.netctl.ref': 'network:app',
      'io.netctl.spec': JSON.stringify({
        driver: 'overlay',
        ipam: { config: [{ subnet: '10.5.0.0/24' }] },
        labels: {},
        options: {},
      }),
    },
  };
  const first = (ids: readonly string[]) =>
    memoryHost({
      engine: { swarm: { ...manager, state: 'active', nodes: nodes.filter(({ id }) => ids.includes(id)) } },
      networks: [app],
      containers: [{ name: 'web', state: 'running', networks: { app: { ip: '10.5.0.2' } } }],
    });
  const second = memoryHost({ engine: { swarm: { state: 'active', manager: false, nodeId: 'two' } }, networks: [] });
  const unseen = async (ids: readonly string[]): Promise<readonly string[]> => {
    const hosts = new Map([
      ['a', first(ids)],
      ['b', second],
    ]);
    const { problems } = await plan(loadText(spec(BOTH)), hosts, { recreate: true });
    return problems.flatMap(({ code, message }) => (code === 'HOLDERS_UNSEEN' ? [message] : []));
  };

  test('may be, when every node is among the hosts', async () => {
    expect(await unseen(['one', 'two'])).toEqual([]);
  });
  test('may not, when one is not, which is named', async () => {
    expect(await unseen(['one', 'two', 'three'])).toEqual([
      'the network app is on all nodes of the swarm, and who holds it on three cannot be seen from here',
    ]);
  });
});
