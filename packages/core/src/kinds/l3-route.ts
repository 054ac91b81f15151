import { parsePrefix } from '../addresses/prefix.js';
import type { LinkFact } from '../links.js';
import { linkNamed } from '../lookup.js';
import { lint } from '../problem.js';
import type { NetworkKind } from './kind.js';

/**
 * In the modes l3 and l3s nobody answers for the addresses of containers on the wire (kernel, ipvlan.rst): whoever is to
 * reach them needs a route by an address that the host has on that wire.
 */
export const l3Route: NetworkKind['check'] = (network, { facts }) => {
  const { asked, props, path } = network;
  const mode = asked.options['ipvlan_mode'] ?? 'l2';
  const parent = asked.options['parent'] ?? '';
  const subnets = [...new Set(props.ipam.config.flatMap(({ subnet }) => subnet ?? []))];
  if (!/^l3s?$/.test(mode) || parent === '' || asked.internal === true || subnets.length === 0) return [];
  const link = linkNamed(facts, parent);
  const routes = subnets.map((subnet) => routeTo(subnet, parent, link));
  const message = `nobody on the LAN finds ${subnets.join(' and ')}: in mode ${mode} containers answer to no neighbour, so the router needs a route`;
  const [first = ''] = routes;
  const cure = `On the router: ${routes.length === 1 ? first : routes.join('; ')}. Then write \`ignore: [L3_NEEDS_ROUTE]\`.`;
  return [lint('L3_NEEDS_ROUTE', `${path}.mode`, message, cure)];
};

function routeTo(subnet: string, parent: string, link: LinkFact | undefined): string {
  const six = parsePrefix(subnet)?.prefix.family === 6;
  const own = link?.addresses.find(({ address, scope }) => scope === 'global' && address.includes(':') === six);
  const via = own?.address ?? `<the address that ${parent} gets>`;
  return `ip ${six ? '-6 ' : ''}route add ${subnet} via ${via}`;
}
