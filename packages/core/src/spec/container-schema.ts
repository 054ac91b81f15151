import * as z from 'zod';

import { boolean, driverOptions, text } from './values.js';

/* A container of the spec, and its place on a network in Compose's words (Compose Specification, service `networks`). */

const priority = z.union(
  [z.int('a whole number'), z.string().regex(/^-?\d{1,9}$/, 'a whole number')],
  'a whole number',
);

const attachment = z.strictObject(
  {
    ipv4_address: text.exactOptional().meta({
      description: 'The address that it always has, outside of what Docker hands out.',
      examples: ['192.168.1.180'],
    }),
    ipv6_address: text
      .exactOptional()
      .meta({ description: 'The IPv6 address that it always has.', examples: ['fd00:1::180'] }),
    aliases: z
      .array(text, 'a list of names')
      .exactOptional()
      .meta({ description: 'More names by which others on the network find it.', examples: [['printer']] }),
    link_local_ips: z
      .array(text, 'a list of addresses')
      .exactOptional()
      .meta({ description: 'Link-local addresses besides.', examples: [['169.254.8.8']] }),
    mac_address: text.exactOptional().meta({
      description: 'The MAC address, or stable: one that follows from its name.',
      examples: ['stable', '02:42:ac:11:00:02'],
    }),
    mac: text.exactOptional().meta({ description: 'For mac_address.', examples: ['stable'] }),
    driver_opts: driverOptions('a mapping of names to text')
      .exactOptional()
      .describe('Options of the driver for this one place, by their full names.'),
    gw_priority: priority
      .transform(Number)
      .exactOptional()
      .meta({
        description:
          'The network with the highest one gives the container its default route; 0 when not given. Needs engine 28.0.',
        examples: [100],
      }),
    default_route: boolean
      .exactOptional()
      .describe(
        'true: the default route by this network; false: by any other before this one; for gw_priority. Needs engine 28.0.',
      ),
    interface_name: text.exactOptional().meta({
      description: 'What the interface is called inside the container. Needs engine 28.0.',
      examples: ['lan0'],
    }),
  },
  'a mapping of the keys of a place on a network',
);

/** Compose's short form is a list of the networks' names. */
const places = z
  .union(
    [
      z.record(
        z.string(),
        attachment.nullable().transform((value) => value ?? {}),
      ),
      z.array(text).transform((names) => Object.fromEntries(names.map((name) => [name, {}]))),
    ],
    'a mapping of networks of this file, or a list of them',
  )
  .describe('The networks of this file that it is to be on.');

/** One container, or those that a label selects. */
export const container = z.strictObject(
  {
    select: z
      .strictObject(
        { label: text.meta({ description: 'KEY=value, or KEY alone.', examples: ['com.docker.compose.service=web'] }) },
        'a mapping with label',
      )
      .exactOptional()
      .describe('The containers that have a label, instead of the one that has the key for its name.'),
    host: text
      .exactOptional()
      .meta({ description: 'The host that it runs on; the only one when not given.', examples: ['node01'] }),
    networks: places,
  },
  'a mapping with networks',
);

export type AttachmentSpec = z.output<typeof attachment>;

/** The keys of a place on a network, for suggestions. */
export const ATTACHMENT_KEYS: readonly string[] = Object.keys(attachment.shape);
