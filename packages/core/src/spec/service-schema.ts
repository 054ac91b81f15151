import * as z from 'zod';

import { text } from './values.js';

/* What the services of a Compose project have on its networks; compose/services.ts makes it of a Compose file. */

const place = z.object(
  {
    ipv4_address: text.nullish(),
    ipv6_address: text.nullish(),
    mac_address: text.nullish(),
  },
  'a mapping of the keys of a place on a network',
);

/** Compose makes its containers, and puts them on their networks. */
export const service = z.strictObject({
  /** Its places on networks that netctl makes, by their keys. */
  networks: z.record(
    z.string(),
    place.nullable().transform((value) => {
      const { ipv4_address: ipv4, ipv6_address: ipv6, mac_address: mac } = value ?? {};
      return {
        ...(typeof ipv4 === 'string' ? { ipv4_address: ipv4 } : {}),
        ...(typeof ipv6 === 'string' ? { ipv6_address: ipv6 } : {}),
        ...(typeof mac === 'string' ? { mac_address: mac } : {}),
      };
    }),
  ),
  /** Whether it is on other networks too. */
  elsewhere: z.boolean(),
  /** Whether it has more from a service that it extends. */
  partial: z.boolean(),
  /** Whether it publishes any. */
  ports: z.boolean(),
  /** Of its containers. */
  copies: z.number(),
  profiles: z.array(z.string()),
  mac_address: text.exactOptional(),
});

export type ServiceSpec = z.output<typeof service>;
