import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { LINK_GROUP } from '../../../packages/core/src/links.js';
import { addLink, create, memoryHost } from '../../support/memory/index.js';
import type { MemoryHost, World, WorldInput } from '../../support/memory/index.js';
import { planText } from '../../support/memory/run.js';

/** A box with things that are not ours: a network and links of others, and a network of another stack. */
export function crowdedHost(input: WorldInput = {}): MemoryHost {
  const host = memoryHost(input);
  const { world } = host;
  create(world, { Name: 'foreign', Driver: 'bridge', IPAM: { Config: [{ Subnet: '10.200.0.0/24' }] } });
  create(world, {
    Name: 'other-stack',
    Driver: 'bridge',
    Labels: { 'io.netctl.stack': 'other', 'io.netctl.ref': 'network:pinned' },
  });
  addLink(world, { name: 'wg0', kind: 'wireguard', type: 'none', mtu: 1420 });
  addLink(world, { name: 'vlan7', kind: 'vlan', parent: 'eth0', vlan: { id: 7, protocol: '802.1q' } });
  addLink(world, {
    name: 'other-shim',
    kind: 'macvlan',
    parent: 'eth0',
    mode: 'bridge',
    group: LINK_GROUP,
    alias: 'netctl:other/link:other-shim',
  });
  world.routes.push({ destination: '10.8.0.0/16', table: 'main', link: 'wg0', protocol: 'static' });
  world.routes.push({ destination: '10.9.9.0/24', table: '100', link: 'wg0', protocol: 'static' });
  world.containers = [{ name: 'web', state: 'running', networks: { foreign: { ip: '10.200.0.2' } } }];
  return host;
}

/** All that can be seen of a host, in no order; ids and indexes too, so that nothing was made anew. */
export function traces(world: World): unknown {
  const { networks, links, routes, containers, enginesOwn } = structuredClone(world);
  const sorted = (items: readonly unknown[]): readonly string[] => items.map((one) => JSON.stringify(one)).sort();
  return {
    networks: sorted(networks),
    links: sorted(links),
    routes: sorted(routes),
    containers: sorted(containers),
    enginesOwn: sorted(enginesOwn),
  };
}

/** The part of a host that does not carry the mark of the stack `home`. */
export function foreignTraces(world: World): unknown {
  const mine = new Set(
    world.links
      .filter(({ alias, group }) => alias?.startsWith('netctl:home/') ?? group === LINK_GROUP)
      .map(({ name }) => name),
  );
  const configurations = new Set(world.networks.filter(isMine).map(({ Name }) => Name));
  const networks = world.networks.filter((one) => !isMine(one) && !configurations.has(one.ConfigFrom?.Network));
  const ids = new Set(world.networks.filter((one) => !networks.includes(one)).map(({ Id }) => Id ?? ''));
  for (const id of ids) mine.add(`br-${id.slice(0, 12)}`);
  return traces({
    ...world,
    networks,
    links: world.links.filter(({ name }) => !mine.has(name)),
    routes: world.routes.filter(({ link }) => !mine.has(link ?? '')),
    enginesOwn: world.enginesOwn.filter((name) => !mine.has(name)),
  });
}

function isMine({ Labels }: World['networks'][number]): boolean {
  return Labels?.['io.netctl.stack'] === 'home';
}

/** What is still to be done, and what stands against it; empty when the host is as the spec says. */
export async function rest(host: MemoryHost, text: string, destroy = false): Promise<readonly string[]> {
  const plan = await planText(host, text, { destroy });
  const errors = plan.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  return [...stepsOf(plan).map((step) => `${stepTitle(step)}: ${step.why}`), ...errors];
}
