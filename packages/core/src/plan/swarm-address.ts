import { parseAddress } from '../addresses/prefix.js';
import { canonicalAddress } from '../addresses/text.js';
import type { LinkFact } from '../links.js';
import type { HostFacts, HostName } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { list } from '../spec/show.js';

/** What was written for all hosts, or for this one. */
export function writtenFor(written: string | Readonly<Record<string, string>> | undefined, host: HostName) {
  return typeof written === 'object' ? written[host] : written;
}

/**
 * The address of a host that an interface or an address means. Docker takes an interface too, and of several addresses
 * on it says only that there are several.
 */
export function swarmAddress(
  written: string | undefined,
  { links, linksMissing }: HostFacts,
  path: string,
): { readonly address: string } | { readonly problem: Problem } {
  if (written !== undefined && parseAddress(written) !== undefined) return { address: canonicalAddress(written) };
  const refuse = (message: string, hint: string): { readonly problem: Problem } => ({
    problem: problem('error', 'SWARM_ADDRESS', path, message, hint),
  });
  if (links === undefined) {
    const why = linksMissing ?? 'the links of this host cannot be read';
    return refuse(`${why}, so its addresses are not known`, 'Write the address itself.');
  }
  const link = links.links.find(({ name }) => name === written);
  if (written !== undefined && link === undefined) {
    const names = links.links.filter(isOutside).map(({ name }) => name);
    return refuse(`there is no link ${written}`, `The links of this host with an address are ${list(names)}.`);
  }
  const from = link === undefined ? links.links.filter(isOutside) : [link];
  const candidates = from.flatMap((one) => addressesOf(one).map((address) => ({ address, name: one.name })));
  const [first, ...others] = candidates;
  if (first !== undefined && others.length === 0) return { address: first.address };
  const where = written ?? 'this host';
  if (first === undefined)
    return refuse(`${where} has no address that others could reach`, 'Give it one, or name another.');
  const all = candidates.map(({ address, name }) => (link === undefined ? `${address} (${name})` : address));
  return refuse(`${where} has several addresses: ${list(all)}`, 'Write the one by which the others reach it.');
}

/** IPv4 goes before IPv6, which a swarm uses only where there is nothing else. */
function addressesOf({ addresses }: LinkFact): readonly string[] {
  const usable = addresses.filter(({ scope }) => scope === 'global').map(({ address }) => address);
  const four = usable.filter((address) => parseAddress(address)?.family === 4);
  return four.length > 0 ? four : usable;
}

/** One that leads to other machines, and not to containers. */
function isOutside(link: LinkFact): boolean {
  const ofDocker = link.kind === 'bridge' && /^(docker\w*|br-[0-9a-f]{12})$/.test(link.name);
  return link.type !== 'loopback' && link.alias === undefined && !ofDocker && addressesOf(link).length > 0;
}
