import { withAnswered } from '../../../packages/core/src/init/init.js';
import type { Survey } from '../../../packages/core/src/init/survey.js';
import type { LinkFact, LinkFacts, RouteFact } from '../../../packages/core/src/links.js';
import type { FoundNetwork, HostFacts } from '../../../packages/core/src/model.js';
import { NOT_ASKED } from '../../../packages/core/src/plan/links-only.js';

let indices = 1;

/** A link that is up: `link('eth0', ['192.168.1.10/24'])`. */
export function link(name: string, addresses: readonly string[] = [], more: Partial<LinkFact> = {}): LinkFact {
  return {
    name,
    index: (indices += 1),
    type: 'ether',
    mtu: 1500,
    up: true,
    mac: '52:54:00:00:00:10',
    group: 0,
    wireless: false,
    addresses: addresses.map((text) => {
      const [address = '', length] = text.split('/');
      return { address, prefixLength: Number(length), scope: 'global' };
    }),
    ...more,
  };
}

export function defaultBy(name: string, via: string): RouteFact {
  return { destination: via.includes(':') ? '::/0' : '0.0.0.0/0', table: 'main', link: name, via, protocol: 'dhcp' };
}

const lo = link('lo', [], { type: 'loopback' });

export interface HostShape extends Partial<Omit<LinkFacts, 'mayChange'>> {
  readonly networks?: readonly FoundNetwork[];
  readonly engine?: Partial<HostFacts['engine']>;
  readonly kernel?: HostFacts['kernel'];
  readonly host?: string;
  readonly neighbours?: readonly string[];
}

/** A host as it is seen; with an engine 28.5.2 unless told otherwise. */
export function hostOf({ links = [], routes = [], machine, networks = [], ...more }: HostShape): Survey {
  const engine = { ...NOT_ASKED, id: 'E', name: 'box', version: '28.5.2', apiVersion: '1.51', ...more.engine };
  const facts: HostFacts = {
    engine,
    networks,
    kernel: more.kernel ?? { macvlan: 'yes', ipvlan: 'yes' },
    links: { links: [lo, ...links], routes, mayChange: true, ...(machine && { machine }) },
  };
  const survey = { host: more.host ?? 'box', facts, neighbours: [], unseen: [] };
  return withAnswered(survey, more.neighbours ?? []);
}

/** A host with one cable, as most have it. */
export const plain = {
  links: [link('eth0', ['192.168.1.10/24'])],
  routes: [defaultBy('eth0', '192.168.1.1')],
};

/** A Docker network that somebody made. */
export function network(
  name: string,
  props: Partial<FoundNetwork['props']>,
  owner?: FoundNetwork['owner'],
): FoundNetwork {
  return {
    id: `id-of-${name}`,
    name,
    holders: [],
    props: { driver: 'bridge', ipam: { config: [] }, options: {}, labels: {}, ...props },
    ...(owner && { owner }),
  };
}
