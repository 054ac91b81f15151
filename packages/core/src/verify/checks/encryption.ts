import { check, PAYLOADS } from '../check.js';
import type { Check } from '../check.js';
import type { HostView } from '../view.js';
import type { Peopled } from './pairs.js';

/** Echo requests for one proof; each has to be in a packet of its own of an ESP state. */
export const ESP_PINGS = 10;

/** IPv4, UDP and VXLAN around Ethernet, IPv4 and ICMP (RFC 7348, 5). */
const AROUND_A_PING = 20 + 8 + 8 + 14 + 20 + 8;

/**
 * One proof for each two hosts with containers on an encrypted network, in each direction: of the packets sent on it, each was
 * counted by an ESP state from the one to the other, there as it left and here as it came, and heard as ESP by the host that
 * it came to.
 */
export function encryptionChecks(peopled: readonly Peopled[], views: readonly HostView[]): readonly Check[] {
  const secret = peopled.filter(({ subject }) => subject.encrypted);
  return secret.flatMap((one) =>
    secret
      .filter((other) => other.subject.key === one.subject.key && other.subject.host !== one.subject.host)
      .flatMap((other): readonly Check[] => {
        const [from] = one.members;
        const [to] = other.members;
        const address = to?.addresses[4];
        if (from === undefined || to === undefined || address === undefined) return [];
        const { subject } = one;
        const addressesOf = (host: string): readonly string[] =>
          (views.find((view) => view.host === host)?.facts.links?.links ?? []).flatMap(({ addresses }) =>
            addresses.map((each) => each.address),
          );
        const ask = {
          how: 'esp',
          from: { host: subject.host, spot: from.spot },
          to: { host: other.subject.host, spot: to.spot },
          ping: { address, payload: PAYLOADS.esp, seconds: 10, count: ESP_PINGS },
          clearLength: PAYLOADS.esp + AROUND_A_PING,
          source: addressesOf(subject.host),
          destination: addressesOf(other.subject.host),
        } as const;
        const claim = `what ${from.party.name} sends to ${to.party.name} on ${other.subject.host} goes as ESP`;
        return [check('encryption', subject, { from: from.party, to: { ...to.party, address }, claim, ask })];
      }),
  );
}
