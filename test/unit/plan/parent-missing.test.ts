import { expect, test } from 'vitest';
import { parentMissing } from '../../../packages/core/src/kinds/parent-checks.js';
import { factsOf } from '../resolve/facts.js';

test('a missing parent names the links that could be one, and no other', () => {
  const facts = factsOf({
    links: [
      { name: 'lo', type: 'loopback' },
      { name: 'eth0' },
      { name: 'eth1', master: 'bond0' },
      { name: 'bond0', kind: 'bond' },
      { name: 'eth0.40', kind: 'vlan', parent: 'eth0' },
      { name: 'lan-shim', kind: 'macvlan', parent: 'eth0' },
      { name: 'tap', kind: 'macvtap', parent: 'eth0' },
      { name: 'cams-shim', kind: 'ipvlan', parent: 'eth0' },
      { name: 'wg0', type: 'none', kind: 'wireguard' },
      { name: 'docker0', kind: 'bridge' },
      { name: 'br-0123456789ab', kind: 'bridge' },
      { name: 'br0', kind: 'bridge' },
      { name: 'veth1234', kind: 'veth', master: 'docker0' },
    ],
    networks: [
      { Name: 'bridge', Driver: 'bridge', Options: { 'com.docker.network.bridge.name': 'docker0' } },
      { Name: 'web', Driver: 'bridge', Id: '0123456789abcdef' },
    ],
  });
  expect(parentMissing('networks.lan.parent', 'eno1', facts)).toEqual({
    code: 'PARENT_MISSING',
    severity: 'error',
    path: 'networks.lan.parent',
    message: 'the host has no link named eno1',
    hint: 'Links that could be one: eth0, bond0, eth0.40, br0.',
  });
});
