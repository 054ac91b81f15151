import * as z from 'zod';

import { textMap, withoutEmpty } from './values.js';

/* Addresses of a network in Compose's words. */

/** Empty, it is for Compose as if it were not there. */
export const emptyOrText = z.string('text');

const ipamConfig = z
  .strictObject(
    {
      subnet: emptyOrText
        .exactOptional()
        .meta({ description: 'The network in CIDR form.', examples: ['192.168.1.0/24'] }),
      ip_range: emptyOrText.exactOptional().meta({
        description: 'What Docker hands out, within the subnet: CIDR, or first-last; the whole subnet when not given.',
        examples: ['192.168.1.192/27'],
      }),
      gateway: emptyOrText
        .exactOptional()
        .meta({ description: 'The default gateway of the containers.', examples: ['192.168.1.1'] }),
      aux_addresses: textMap('a mapping of names to addresses')
        .exactOptional()
        .meta({
          description: 'Addresses in the subnet that Docker gives to nobody, by name.',
          examples: [{ router: '192.168.1.1' }],
        }),
    },
    'a mapping with subnet, ip_range, gateway or aux_addresses',
  )
  .transform(withoutEmpty('subnet', 'ip_range', 'gateway'))
  .describe('One address pool.');

export const ipam = z
  .strictObject(
    {
      driver: emptyOrText.exactOptional().describe('The IPAM driver; the engine’s own when not given.'),
      config: z.array(ipamConfig, 'a list of address pools').exactOptional().describe('The address pools.'),
      options: z
        .record(z.string(), z.string('text'), 'a mapping of names to text')
        .exactOptional()
        .describe('Options of the IPAM driver.'),
    },
    'a mapping with config',
  )
  .transform(withoutEmpty('driver'));
export type IpamConfigSpec = z.output<typeof ipamConfig>;
