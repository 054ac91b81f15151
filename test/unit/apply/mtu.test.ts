import { expect, test } from 'vitest';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { memoryHost } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';

const stack = (mtu: number): string => `name: home
networks:
  iot: { driver: macvlan, parent: trunk, subnet: 10.7.0.0/24, gateway: 10.7.0.1, ip_range: 10.7.0.128/25, shim: true }
vlans:
  trunk: { parent: eth0, id: 30, mtu: ${mtu} }
`;

test.each([1300, 1450])('a shim follows a VLAN link from 1400 to %i in one apply', async (mtu) => {
  const host = memoryHost();
  await applyText(host, stack(1400));
  const { done } = await applyText(host, stack(mtu));
  expect(done.map(stepTitle)).toContain('repair link trunk');
  expect(host.world.links.filter(({ name }) => /trunk|iot/.test(name)).map((link) => link.mtu)).toEqual([mtu, mtu]);
});
