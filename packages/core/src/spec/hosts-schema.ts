import * as z from 'zod';

import { hostConsul } from './discovery-schema.js';
import { boolean, text } from './values.js';

/* The hosts of a spec, and how a network or a VLAN says on which of them it is. */

/** One host: where its engine is. */
const host = z.strictObject(
  {
    docker: text.meta({
      description: 'Its engine: unix:///path, ssh://user@host, tcp://host:port or context:NAME.',
      examples: ['unix:///var/run/docker.sock', 'ssh://root@192.168.0.51'],
    }),
    ca: text.exactOptional().describe('tcp: the file of the certificate authority that the engine is known by.'),
    cert: text.exactOptional().describe('tcp: the file of the certificate to show the engine.'),
    key: text.exactOptional().describe('tcp: the file of the key of that certificate.'),
    insecure: boolean
      .exactOptional()
      .meta({ description: 'tcp: true to go without TLS, where anybody can listen and change.', default: false }),
    consul: hostConsul.exactOptional(),
  },
  'a mapping with docker',
);

export const hosts = z
  .record(
    // A mapping has keys of digits alone first, whatever their order; and a spec without hosts has one called local.
    z
      .string()
      .regex(
        /^(?!\d+$)(?!local$)[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
        'at most 63 letters, digits, "-", "_" and ".", not digits alone, and not local',
      ),
    host,
    'a mapping of host names to where their engines are',
  )
  .nullish()
  .transform((value) => value ?? {})
  .describe('The hosts, in an order that stays; without it there is one, found as the docker CLI finds it.');

/** On which hosts: a list of them, or a mapping of them to what is otherwise there. */
export function onHosts<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const otherwise = z.strictObject(shape, `a mapping with ${Object.keys(shape).join(', ')}`);
  return z
    .union(
      [
        z.record(
          z.string(),
          otherwise.nullable().transform((value) => value ?? ({} as z.output<typeof otherwise>)),
        ),
        z
          .array(text)
          .transform((names): Record<string, z.output<typeof otherwise>> =>
            Object.fromEntries(names.map((name) => [name, {} as z.output<typeof otherwise>])),
          ),
      ],
      'a list of hosts of this file, or a mapping of them to what is otherwise there',
    )
    .describe('The hosts that it is on, all of them when not given, and what is otherwise there.');
}
