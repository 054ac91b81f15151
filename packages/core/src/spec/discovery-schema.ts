import * as z from 'zod';

import { text } from './values.js';

/* Service discovery: what of the containers on which networks is told to Consul, and where its agents are. */

const agentAddress = text.meta({
  description: 'The HTTP API of the agent: http://HOST:8500, https://HOST:8501 or unix:///PATH.',
  examples: ['http://127.0.0.1:8500'],
});

/** The agent of one host, where it is not the one that `discovery:` names. */
export const hostConsul = z
  .union(
    [
      agentAddress.transform((address) => ({ address })),
      z.strictObject({ address: agentAddress }, 'a mapping with address'),
    ],
    'the address of an agent, or a mapping with address',
  )
  .describe('The Consul agent of this host; that of discovery.consul.address, or the one on the host, by default.');

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** A time such as 90s, 10m or 1h, in seconds; none under `least` or over a day. */
function seconds(least: number) {
  const expected = `a time such as 90s, 10m or 1h, from ${least}s to 24h`;
  return z
    .string(expected)
    .regex(/^\d{1,5}[smh]$/, expected)
    .transform((time) => Number(time.slice(0, -1)) * (UNITS[time.slice(-1)] ?? 1))
    .pipe(z.int(expected).min(least, expected).max(86_400, expected));
}

const consul = z
  .strictObject(
    {
      address: agentAddress.exactOptional(),
      networks: z
        .array(text, 'a list of networks of this file')
        .min(1, 'a list of at least one network of this file')
        .meta({ description: 'The networks of this file whose containers are services.', examples: [['app']] }),
      ttl: seconds(10)
        .exactOptional()
        .meta({
          description: 'How long Consul waits for a netctl that says nothing; then the services are critical.',
          default: '10m',
          examples: ['10m', '90s'],
        }),
      deregister_after: seconds(60)
        .exactOptional()
        .meta({
          description: 'How long they are critical before Consul deregisters them.',
          default: '10m',
          examples: ['10m', '1h'],
        }),
    },
    'a mapping with networks',
  )
  .describe('Containers on these networks are services of Consul, at their addresses there, while netctl watch runs.');

export const discovery = z
  .strictObject({ consul }, 'a mapping with consul')
  .describe('Service discovery, by netctl watch.');

/** The keys, for suggestions. */
export const CONSUL_KEYS: readonly string[] = Object.keys(consul.shape);
