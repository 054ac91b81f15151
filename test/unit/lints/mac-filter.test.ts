import { describe, expect, test } from 'vitest';
import { platformOf } from '../../../packages/core/src/kinds/machine.js';
import type { MachineFacts } from '../../../packages/core/src/links.js';
import type { Problem } from '../../../packages/core/src/problem.js';
import { memoryHost } from '../../support/memory/index.js';
import type { WorldInput } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';

const SPEC = (parent: string, more = ''): string =>
  `name: home
networks:
  lan: { driver: macvlan, parent: ${parent}, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27${more} }
`;
const EC2 = { systemVendor: 'Amazon EC2' };
const ABOUT = ['WIFI_PARENT', 'CLOUD_FILTERS_MAC', 'HYPERVISOR_FILTERS_MAC'];

async function filters(host: WorldInput, spec: string): Promise<readonly Problem[]> {
  return (await planText(memoryHost(host), spec)).problems.filter(({ code }) => ABOUT.includes(code));
}

describe('a machine is recognised by its firmware', () => {
  test.each<[MachineFacts, string | undefined, 'always' | 'unless told' | undefined]>([
    [{ systemVendor: 'Amazon EC2', productName: 't3.micro', biosVersion: '1.0' }, 'Amazon EC2', 'always'],
    [{ systemVendor: 'Xen', productName: 'HVM domU', biosVersion: '4.11.amazon' }, 'Amazon EC2', 'always'],
    [{ systemVendor: 'Xen', productName: 'HVM domU', biosVersion: '4.11' }, undefined, undefined],
    [{ systemVendor: 'Google', productName: 'Google Compute Engine' }, 'Google Compute Engine', 'always'],
    [{ systemVendor: 'Google', productName: 'Eve' }, undefined, undefined],
    [
      {
        systemVendor: 'Microsoft Corporation',
        productName: 'Virtual Machine',
        chassisAssetTag: '7783-7084-3265-9085-8269-3286-77',
      },
      'Microsoft Azure',
      'always',
    ],
    [{ systemVendor: 'Microsoft Corporation', productName: 'Virtual Machine' }, 'Hyper-V', 'unless told'],
    [{ systemVendor: 'Microsoft Corporation', productName: 'Surface Pro' }, undefined, undefined],
    [{ systemVendor: 'QEMU', chassisAssetTag: 'OracleCloud.com' }, 'Oracle Cloud', 'always'],
    [{ systemVendor: 'Alibaba Cloud', productName: 'Alibaba Cloud ECS' }, 'Alibaba Cloud', 'always'],
    [{ systemVendor: 'DigitalOcean', productName: 'Droplet' }, 'DigitalOcean', 'always'],
    [{ systemVendor: 'Hetzner', productName: 'vServer' }, 'Hetzner Cloud', 'always'],
    [
      { systemVendor: 'OpenStack Foundation', productName: 'OpenStack Nova' },
      'OpenStack (OVHcloud and others)',
      'unless told',
    ],
    [{ systemVendor: 'VMware, Inc.', productName: 'VMware7,1' }, 'VMware', 'unless told'],
    [{ systemVendor: 'innotek GmbH', productName: 'VirtualBox' }, 'VirtualBox', 'unless told'],
    [{ systemVendor: 'QEMU', productName: 'Standard PC (Q35 + ICH9, 2009)' }, undefined, undefined],
    [{ systemVendor: 'Dell Inc.', productName: 'OptiPlex 7070' }, undefined, undefined],
    [{}, undefined, undefined],
  ])('%j is %s', (machine, name, filtering) => {
    const platform = platformOf(machine);
    expect(platform?.name).toBe(name);
    const told = platform?.setting === undefined ? 'always' : 'unless told';
    expect(platform === undefined ? undefined : told).toBe(filtering);
  });

  test('one whose links are far away is not', () => {
    expect(platformOf(undefined)).toBeUndefined();
  });
});

describe('the way of the packets', () => {
  const eth = { name: 'eth0' };
  test.each<[string, WorldInput['links'], string, readonly string[]]>([
    ['out by hardware', [eth], 'eth0', ['CLOUD_FILTERS_MAC']],
    ['out by a VLAN', [eth, { name: 'v', kind: 'vlan', parent: 'eth0' }], 'v', ['CLOUD_FILTERS_MAC']],
    ['out by a VLAN that netctl makes', [eth], 'eth0, vlan: 30', ['CLOUD_FILTERS_MAC']],
    [
      'out by a bridge on a bond',
      [
        { ...eth, master: 'bond0' },
        { name: 'bond0', kind: 'bond', master: 'br0' },
        { name: 'br0', kind: 'bridge' },
      ],
      'br0',
      ['CLOUD_FILTERS_MAC'],
    ],
    ['nowhere, from a bridge without ports', [eth, { name: 'br0', kind: 'bridge' }], 'br0', []],
    [
      'to containers alone',
      [eth, { name: 'br0', kind: 'bridge' }, { name: 'veth1', kind: 'veth', master: 'br0' }],
      'br0',
      [],
    ],
    ['nowhere, from a dummy', [eth, { name: 'd0', kind: 'dummy' }], 'd0', []],
    ['by Wi-Fi, which is worse', [{ ...eth, wireless: true }], 'eth0', ['WIFI_PARENT']],
    ['by a VLAN on Wi-Fi', [{ ...eth, wireless: true }], 'eth0, vlan: 30', ['WIFI_PARENT']],
    // Nothing like it is there; it is a test that the look comes to an end.
    [
      'in a circle',
      [eth, { name: 'br0', kind: 'bridge' }, { name: 'v', kind: 'vlan', parent: 'br0', master: 'br0' }],
      'br0',
      [],
    ],
  ])('%s', async (_way, links, parent, codes) => {
    const found = await filters({ machine: EC2, ...(links === undefined ? {} : { links }) }, SPEC(parent));
    expect(found.map(({ code }) => code)).toEqual(codes);
  });
});

describe('ignoring a refusal', () => {
  const refused = SPEC('eth0');
  const ignored = `${refused}ignore: [CLOUD_FILTERS_MAC]\n`;

  test('apply refuses without it, and goes on with it, strictly too', async () => {
    const host = memoryHost({ machine: EC2 });
    await expect(applyText(host, refused)).rejects.toMatchObject({
      code: 'REFUSED',
      problems: [{ code: 'CLOUD_FILTERS_MAC' }],
    });
    expect(host.faults.writes).toBe(0);
    const { done, problems } = await applyText(host, ignored, { strict: true });
    expect(done.map(({ op }) => op)).toEqual(['network.create']);
    expect(problems).toEqual([]);
  });

  test('a network that is there already is only warned of, which strictly stops the rest', async () => {
    const host = memoryHost({ machine: EC2 });
    await applyText(host, ignored);
    expect((await planText(host, refused)).problems).toMatchObject([
      { code: 'CLOUD_FILTERS_MAC', severity: 'warning' },
    ]);
    const more = refused.replace('networks:\n', 'networks:\n  web: {}\n');
    await expect(applyText(host, more, { strict: true })).rejects.toMatchObject({ code: 'REFUSED' });
    expect((await applyText(host, `${more}ignore: [CLOUD_FILTERS_MAC]\n`, { strict: true })).done).toHaveLength(1);
  });
});
