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
      subnet: text.describe('Its subnet; the engine takes one of its own pools when gwbridge is not given.'),
      ip_range: text.exactOptional().describe('What of it containers get.'),
      gateway: text.exactOptional().describe('The address of the host.'),
      mtu: whole(68, 65_535).exactOptional().describe('What containers get, in bytes.'),
      driver_opts: driverOptions('a mapping of option names to values').exactOptional(),
    },
    'a mapping with subnet',
  )
  .describe('docker_gwbridge, by which containers of overlay networks leave their host; made before the host joins.');

const ingress = z
  .strictObject(
    {
      subnet: text.describe('Its subnet.'),
      gateway: text.exactOptional().describe('Its gateway; the first address when not given.'),
      mtu: z
        .union([z.literal('auto'), whole(68, 65_535)], 'auto, or a whole number from 68 to 65535')
        .exactOptional()
        .describe('The MTU on it, in bytes.'),
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
        .describe('Its managers. The swarm is made on the first, and networks of the swarm by way of it.'),
      workers: z.array(text, 'a list of hosts of this file').exactOptional().describe('Its workers.'),
      advertise: perHost('an interface or an address')
        .exactOptional()
        .describe('By which the others reach a host; its one address when not given.'),
      data_path: perHost('an interface or an address')
        .exactOptional()
        .describe('By which the traffic of overlay networks goes; advertise when not given.'),
      data_path_port: whole(1024, 49_151)
        .exactOptional()
        .describe('The UDP port of that traffic; 4789 when not given.'),
      address_pool: z
        .union([text, z.array(text)], 'a prefix, or a list of prefixes')
        .transform((value) => (typeof value === 'string' ? [value] : value))
        .exactOptional()
        .describe('From which the swarm takes subnets of networks that name none; 10.0.0.0/8 when not given.'),
      subnet_size: whole(1, 29).exactOptional().describe('The prefix length of those; 24 when not given.'),
      gwbridge: gwbridge.exactOptional(),
      ingress: ingress.exactOptional(),
      labels: z
        .record(z.string(), textMap('a mapping of labels to text'), 'a mapping of hosts to their labels')
        .exactOptional()
        .describe('Labels of the nodes, by host, for placement.'),
    },
    'a mapping with managers',
  )
  .nullable()
  .transform((value): NonNullable<typeof value> => value ?? {})
  .describe('The swarm that the hosts are in.');

export type SwarmSpec = z.output<typeof swarm>;
