import { expect, test } from 'vitest';
import { observeHost } from '../../../packages/core/src/apply/observe.js';
import type { StepOf } from '../../../packages/core/src/model.js';
import { toAsk } from '../../../packages/core/src/plan/to-ask.js';
import { memoryHost } from '../../support/memory/index.js';
import type { WorldInput } from '../../support/memory/index.js';

const shim = (name: string, parent: string, ...addresses: string[]): StepOf<'link.add'> => ({
  op: 'link.add',
  host: 'local',
  ref: `link:${name}`,
  why: 'wanted',
  disruptive: false,
  props: { name, kind: 'macvlan', parent, mode: 'bridge', addresses, routes: [] },
});

async function asked(steps: readonly StepOf<'link.add'>[], world: WorldInput = {}): Promise<readonly string[]> {
  const facts = await observeHost(memoryHost(world));
  return toAsk(steps, facts, (ref) => `path of ${ref}`).map(
    ({ segment: { link }, addresses }) =>
      `${link}: ${addresses.map(({ address, path }) => `${address} (${path})`).join(', ')}`,
  );
}

test('each wire is asked once, for each address once', async () => {
  const steps = [
    shim('a', 'eth0', '192.168.1.9', 'fd00:0::9'),
    shim('b', 'eth0', 'fd00::9'),
    shim('c', 'eth1', '10.0.0.9'),
  ];
  expect(await asked(steps)).toEqual([
    'eth0: 192.168.1.9 (path of link:a), fd00::9 (path of link:a)',
    'eth1: 10.0.0.9 (path of link:c)',
  ]);
});

test('what a link of the host or a container on one of its LANs has is not asked', async () => {
  const network = (name: string, driver: string): object => ({
    Name: name,
    Driver: driver,
    IPAM: { Config: [{ Subnet: '192.168.1.0/24' }] },
    Options: { parent: 'eth1' },
  });
  const world: WorldInput = {
    networks: [network('lan', 'macvlan'), network('apart', 'bridge')],
    containers: [
      { name: 'nas', state: 'running', networks: { lan: { ip: '192.168.1.20' } } },
      { name: 'web', state: 'running', networks: { apart: { ip: '192.168.1.21' } } },
    ],
  };
  // A bridge is another wire, whatever its addresses are.
  expect(await asked([shim('a', 'eth0', '192.168.1.10', '192.168.1.20', '192.168.1.21')], world)).toEqual([
    'eth0: 192.168.1.21 (path of link:a)',
  ]);
});
