import * as z from 'zod';

import { container } from './container-schema.js';
import { discovery } from './discovery-schema.js';
import { hosts, onHosts } from './hosts-schema.js';
import { network } from './network-schema.js';
import { service } from './service-schema.js';
import { STACK_NAME } from './stack-name.js';
import { swarm } from './swarm-schema.js';
import { linkMtu, text, topList, whole } from './values.js';

/*
 * The reference of the spec file. A network takes all that the JSON Schema of the Compose Specification takes. Each
 * `error` reads after "must be": see issues.ts, which turns what zod finds into problems. `x-` keys are gone before this
 * (text/extensions.ts), and variables are in place, so numbers and booleans may come as text, as in Compose. What the
 * values mean together is checked in rules/.
 */

const vlan = z
  .strictObject(
    {
      parent: text.meta({ description: 'The link that carries the VLAN.', examples: ['eth0'] }),
      id: whole(1, 4094).meta({ description: 'The 802.1Q id.', examples: [50] }),
      mtu: linkMtu
        .exactOptional()
        .meta({ description: 'The MTU of the link, in bytes; the parent’s when not given.', examples: [1500] }),
      hosts: onHosts({
        parent: text.exactOptional().describe('The link that carries the VLAN there.'),
        mtu: linkMtu.exactOptional().describe('The MTU of the link there, in bytes.'),
      }).exactOptional(),
    },
    'a mapping with parent and id',
  )
  .describe('A VLAN link of the host.');

export const specSchema = z.strictObject(
  {
    name: z
      .string('text')
      .regex(STACK_NAME.pattern, STACK_NAME.told)
      .meta({ description: 'The stack: the name under which netctl owns what it makes.', examples: ['home'] }),
    networks: z
      .record(z.string(), network, 'a mapping of names to networks')
      .nullish()
      .transform((value) => value ?? {})
      .describe('The networks, by name.'),
    vlans: z
      .record(z.string(), vlan, 'a mapping of link names to VLANs')
      .nullish()
      .transform((value) => value ?? {})
      .describe('VLAN links wanted for themselves, by link name.'),
    avoid: topList('a list of prefixes').meta({
      description: 'Prefixes in use that this host cannot see, such as an office LAN or a VPN.',
      examples: [['10.8.0.0/16']],
    }),
    ignore: topList('a list of problem codes').describe('Warnings and refusals that you know better about, by code.'),
    containers: z
      .record(z.string(), container, 'a mapping of names to containers')
      .nullish()
      .transform((value) => value ?? {})
      .describe('Existing containers and the networks that they are to be on, by container name or id.'),
    hosts,
    swarm: swarm.exactOptional(),
    discovery: discovery.exactOptional(),
    // Only of a Compose file, which is no other kind of spec than by this.
    services: z.record(z.string(), service).exactOptional().describe('What Compose puts on the networks.'),
  },
  'a mapping with name and networks',
);

/** A valid spec with its defaults in place: what README describes key by key. */
export type Spec = z.output<typeof specSchema>;
/** One entry of `networks:`. */
export type NetworkSpec = Spec['networks'][string];
/** One entry of `vlans:`. */
export type VlanSpec = Spec['vlans'][string];
export type ContainerSpec = Spec['containers'][string];
export type { IpamConfigSpec } from './ipam-schema.js';
