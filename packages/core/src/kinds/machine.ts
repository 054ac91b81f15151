import type { MachineFacts } from '../links.js';

/** A cloud or hypervisor that drops packets whose source is another MAC address than the machine's own. */
export interface Platform {
  readonly name: string;
  /** What has it let them through, as a sentence; absent where nothing does. */
  readonly setting?: string;
}

type Recognise = (machine: Required<MachineFacts>) => boolean;

/**
 * By what cloud-init's ds-identify and systemd's detect-virt go by; the first that fits counts, so a cloud comes before
 * the hypervisor that it runs on. Plain KVM and Xen are not here: their bridges let every MAC address through.
 */
const PLATFORMS: readonly (readonly [Platform, Recognise])[] = [
  // Xen instances have it in the version of their firmware alone.
  [
    { name: 'Amazon EC2' },
    ({ systemVendor, boardVendor, biosVersion }) =>
      [systemVendor, boardVendor].includes('Amazon EC2') || /amazon/i.test(biosVersion),
  ],
  // Google makes laptops too.
  [{ name: 'Google Compute Engine' }, ({ productName }) => productName === 'Google Compute Engine'],
  [{ name: 'Microsoft Azure' }, ({ chassisAssetTag }) => chassisAssetTag === '7783-7084-3265-9085-8269-3286-77'],
  [{ name: 'Oracle Cloud' }, ({ chassisAssetTag }) => chassisAssetTag === 'OracleCloud.com'],
  [{ name: 'Alibaba Cloud' }, ({ productName }) => productName === 'Alibaba Cloud ECS'],
  // "Traffic not matching a Droplet's IP address/MAC address" (docs.digitalocean.com/products/droplets/details/limits).
  [{ name: 'DigitalOcean' }, ({ systemVendor, boardVendor }) => [systemVendor, boardVendor].includes('DigitalOcean')],
  [{ name: 'Hetzner Cloud' }, ({ systemVendor }) => systemVendor === 'Hetzner'],
  [
    { name: 'OpenStack (OVHcloud and others)', setting: 'Switch port security off at the port of this machine.' },
    ({ productName, chassisAssetTag }) =>
      /^OpenStack (Nova|Compute)$/.test(productName) ||
      /^(OpenStack (Nova|Compute)|OpenTelekomCloud|SAP CCloud VM|HUAWEICLOUD)$/.test(chassisAssetTag),
  ],
  [
    {
      name: 'VMware',
      setting:
        'Set promiscuous mode, MAC address changes and forged transmits of its port group to Accept, or let the distributed switch learn MAC addresses.',
    },
    ({ systemVendor, productName }) => systemVendor.startsWith('VMware') || productName.startsWith('VMware'),
  ],
  [
    { name: 'Hyper-V', setting: 'Set-VMNetworkAdapter -VMName <machine> -MacAddressSpoofing On, on its host.' },
    // Microsoft makes laptops too.
    ({ systemVendor, productName }) => systemVendor === 'Microsoft Corporation' && productName === 'Virtual Machine',
  ],
  [
    {
      name: 'VirtualBox',
      setting: 'VBoxManage modifyvm <machine> --nicpromisc1 allow-all, on its host, with a bridged adapter.',
    },
    ({ systemVendor, productName }) => systemVendor === 'innotek GmbH' || productName === 'VirtualBox',
  ],
];

/** The cloud or hypervisor that filters MAC addresses and that this machine runs on. */
export function platformOf(machine: MachineFacts | undefined): Platform | undefined {
  const {
    systemVendor = '',
    productName = '',
    boardVendor = '',
    biosVersion = '',
    chassisAssetTag = '',
  } = machine ?? {};
  const whole = { systemVendor, productName, boardVendor, biosVersion, chassisAssetTag };
  return PLATFORMS.find(([, recognise]) => recognise(whole))?.[0];
}
