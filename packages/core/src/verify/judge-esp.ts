import type { EspProof } from './answers.js';
import { untested } from './check.js';
import type { Ask, Verdict } from './check.js';
import { ESP_PINGS } from './checks/encryption.js';
import type { EspState, Unheard, WireCount } from './prober.js';

type EspAsk = Extract<Ask, { readonly how: 'esp' }>;

/** What the states of IPsec and the wire have shown of packets that had to be encrypted; pure. */
export function judgeEsp(ask: EspAsk, proof: EspProof | undefined): Verdict {
  if (proof === undefined) return untested('the states of IPsec could not be read');
  const left = taken(proof.sender, ask);
  const came = taken(proof.receiver, ask);
  const isCounted = (left ?? 0) >= proof.answered && (came ?? 0) >= proof.answered;
  const wire = heard(ask, proof, isCounted);
  const evidence = [
    `${proof.answered} of ${ESP_PINGS} packets were answered; ESP took ${left ?? 'none, without a state,'} there and ${came ?? 'none, without a state,'} here`,
    'why' in wire
      ? `the wire was not listened to: ${wire.why}`
      : `on the wire came ${wire.esp} packets of ESP, and ${wire.clear} of these in the clear`,
  ];
  if (proof.answered === 0)
    return { ...untested('no packet was answered, so that there was nothing to encrypt'), evidence };
  if (isCounted && ('why' in wire || (wire.esp >= proof.answered && wire.clear === 0)))
    return { state: 'passed', evidence };
  const cause =
    left === undefined
      ? 'there is no ESP state between the hosts: packets go in the clear'
      : !('why' in wire) && wire.clear > 0
        ? 'packets of this network came to the other host in the clear'
        : 'fewer packets went by ESP than were sent: some go in the clear';
  const cure =
    'netctl doctor tells whether the kernel has ESP; docker network inspect whether the network is encrypted. Then restart the engine.';
  return { state: 'failed', evidence, cause, cure };
}

function ofDirection(states: readonly EspState[], { source, destination }: EspAsk): readonly EspState[] {
  return states.filter((state) => source.includes(state.source) && destination.includes(state.destination));
}

/** Packets that the states of the direction took in between; a state that was not there had none. */
function taken([before, after]: EspProof['sender'], ask: EspAsk): number | undefined {
  const sum = (states: readonly EspState[]): number =>
    ofDirection(states, ask).reduce((total, { packets }) => total + packets, 0);
  return ofDirection(after, ask).length === 0 ? undefined : sum(after) - sum(before);
}

/** What the wire had, where it can have had what the states took. */
function heard(ask: EspAsk, { wire, receiver: [, after] }: EspProof, isCounted: boolean): WireCount | Unheard {
  if ('why' in wire) return wire;
  const states = ofDirection(after, ask);
  if (states.length > 0 && states.every(({ source }) => source.includes(':')))
    return { why: 'only IPv4 is heard, and the hosts speak by IPv6' };
  // With esp4_offload and GRO the kernel decrypts before anybody can listen. The state has taken them as ESP all the same.
  if (isCounted && wire.esp === 0)
    return { why: 'what came was decrypted before it could be heard (esp4_offload), so that the states alone count' };
  return wire;
}
