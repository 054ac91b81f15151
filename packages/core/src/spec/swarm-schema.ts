import * as z from 'zod';

import { driverOptions, text, textMap, whole } from './values.js';

/* The swarm of a spec: which hosts are in it, as what, and what is fixed when it is made. */

/** One for all hosts, or one for each. */
function perHost(what: string) {
  return z.union([text, z.record(z.string(), text)], `${what}, or a mapping of hosts to one each`);
}

const gwbridge = z
  .strictObject(
    {
      subnet: text.meta({
        description: 'Its subnet; the engine takes one of its own pools when gwbridge is not given.',
        examples: ['172.31.0.0/24'],
      }),
      ip_range: text.exactOptional().describe('What of it containers get.'),
      gateway: text.exactOptional().describe('The address of the host.'),
      mtu: whole(68, 65_535).exactOptional().describe('What containers get, in bytes.'),
      driver_opts: driverOptions('a mapping of option names to values')
        .exactOptional()
        .describe('Options of the bridge driver, by their full names.'),
    },
    'a mapping with subnet',
  )
  .describe('docker_gwbridge, by which containers of overlay networks leave their host; made before the host joins.');

const ingress = z
  .strictObject(
    {
      subnet: text.meta({ description: 'Its subnet.', examples: ['10.21.0.0/24'] }),
      gateway: text
        .exactOptional()
        .meta({ description: 'Its gateway; the first address when not given.', examples: ['10.21.0.1'] }),
      mtu: z
        .union([z.literal('auto'), whole(68, 65_535)], 'auto, or a whole number from 68 to 65535')
        .exactOptional()
        .meta({
          description: 'The MTU on it, in bytes; auto: as much as the data path carries.',
          examples: [1450, 'auto'],
        }),
    },
    'a mapping with subnet',
  )
  .describe('The network of published ports, in place of the one that the engine makes.');

export const swarm = z
  .strictObject(
    {
      managers: z
        .array(text, 'a list of hosts of this file')
        .exactOptional()
        .meta({
          description: 'Its managers. The swarm is made on the first, and networks of the swarm by way of it.',
          examples: [['node01']],
        }),
      workers: z
        .array(text, 'a list of hosts of this file')
        .exactOptional()
        .meta({ description: 'Its workers.', examples: [['node02']] }),
      advertise: perHost('an interface or an address')
        .exactOptional()
        .meta({
          description: 'The interface or address by which the others reach a host; its one address when not given.',
          examples: ['eth0'],
        }),
      data_path: perHost('an interface or an address')
        .exactOptional()
        .meta({
          description:
            'The interface or address by which the traffic of overlay networks goes; advertise when not given.',
          examples: ['eth1'],
        }),
      data_path_port: whole(1024, 49_151)
        .exactOptional()
        .meta({ description: 'The UDP port of the traffic of overlay networks.', default: 4789 }),
      address_pool: z
        .union([text, z.array(text)], 'a prefix, or a list of prefixes')
        .transform((value) => (typeof value === 'string' ? [value] : value))
        .exactOptional()
        .meta({
          description: 'The prefixes from which the swarm takes subnets of networks that name none.',
          default: ['10.0.0.0/8'],
          examples: [['10.30.0.0/16']],
        }),
      subnet_size: whole(1, 29)
        .exactOptional()
        .meta({ description: 'The prefix length of the subnets from address_pool.', default: 24 }),
      gwbridge: gwbridge.exactOptional(),
      ingress: ingress.exactOptional(),
      labels: z
        .record(z.string(), textMap('a mapping of labels to text'), 'a mapping of hosts to their labels')
        .exactOptional()
        .meta({ description: 'Labels of the nodes, by host, for placement.', examples: [{ node01: { disk: 'ssd' } }] }),
    },
    'a mapping with managers',
  )
  .nullable()
  .transform((value): NonNullable<typeof value> => value ?? {})
  .describe('The swarm that the hosts are in.');

export type SwarmSpec = z.output<typeof swarm>;
