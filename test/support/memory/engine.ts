import type { ApiIpamEntry, ApiNetwork, ApiService } from '../../../packages/core/src/docker/api.js';
import { dockerBackend } from '../../../packages/core/src/docker/backend.js';
import type { EngineBackend } from '../../../packages/core/src/docker/backend.js';
import { holdersOf } from '../../../packages/core/src/docker/map.js';
import { overlaps, parsePrefix } from '../../../packages/core/src/addresses/prefix.js';
import type { LinkProps } from '../../../packages/core/src/links.js';
import { compareVersions } from '../../../packages/core/src/versions.js';
import { memoryClient } from './client.js';
import { clusterOf, nextSubnet, settle, usersOf } from './cluster.js';
import { containersOf } from './containers.js';
import type { Faults } from './faults.js';
import { allocate, firstOf, invents } from './ipam.js';
import { addAddress, changeLink, makeLink, removeLink, setUp } from './kernel.js';
import { refused } from './refused.js';
import { addLink, addNetwork } from './world.js';
import type { World } from './world.js';

/** The networks of a world, through all that netctl has for a real engine. */
export function memoryEngine(world: World, faults: Faults): EngineBackend {
  return dockerBackend(memoryClient(world, faults), world.engine.apiVersion);
}

/** `POST /networks/create` */
export function create(world: World, body: ApiNetwork): ApiNetwork {
  const name = body.Name ?? '';
  if (world.networks.some((other) => other.Name === name)) {
    throw refused(409, `network with name ${name} already exists`);
  }
  const source = configurationOf(world, body);
  const { IPAM, Options, Labels } = source ?? body;
  const swarm = body.Driver === 'overlay' || body.Scope === 'swarm';
  if (swarm && !world.engine.swarm.manager) throw refused(403, 'This node is not a swarm manager.');
  const wanted: ApiNetwork = {
    ...body,
    ...(source === undefined ? {} : { EnableIPv4: source.EnableIPv4 ?? true, EnableIPv6: source.EnableIPv6 ?? false }),
    IPAM: { Driver: 'default', ...IPAM },
    Options: { ...(source === undefined ? defaultsFor(world, body) : {}), ...Options },
    Labels: { ...Labels },
    Scope: swarm && body.ConfigOnly !== true ? 'swarm' : 'local',
  };
  if (body.ConfigOnly === true) {
    return addNetwork(world, { ...wanted, Driver: 'null' });
  }
  if (swarm && body.Driver !== 'overlay') {
    // The cluster's record holds neither addresses nor options nor labels.
    return addToSwarm(world, { ...wanted, IPAM: { Driver: '', Config: [] }, Options: null, Labels: null });
  }
  if (swarm) {
    const config = wanted.IPAM?.Config ?? [];
    // A swarm drops auxiliary addresses without a word.
    const kept = config.map((entry) => ({ ...entry, AuxiliaryAddresses: null }));
    const cluster = clusterOf(world);
    if (cluster !== undefined && overlapsOne(kept, cluster.networks)) {
      // It answers 201, and the network has no driver for ever.
      return addToSwarm(world, { ...wanted, Driver: '', Options: null, IPAM: { Driver: '', Config: null } });
    }
    const chosen = cluster === undefined ? { Subnet: '10.0.1.0/24', Gateway: '10.0.1.1' } : nextSubnet(cluster);
    const pools = kept.length > 0 ? kept : [chosen];
    // The defaults of the engine are not in the record of the cluster.
    const options = { 'com.docker.network.driver.overlay.vxlanid_list': '4097', ...body.Options };
    return addToSwarm(world, { ...wanted, IPAM: { ...wanted.IPAM, Config: pools }, Options: options });
  }
  if (body.Driver === 'macvlan' || body.Driver === 'ipvlan') takeParent(world, wanted);
  const config = allocate(world, wanted);
  const made = addNetwork(world, { ...wanted, IPAM: { ...wanted.IPAM, Config: [...config] } });
  if (body.Driver === 'bridge') makeBridge(world, made);
  return made;
}

/** A record of the swarm, where the world is in one with others. */
function addToSwarm(world: World, network: ApiNetwork): ApiNetwork {
  const made = addNetwork(world, network);
  const cluster = clusterOf(world);
  if (cluster === undefined) return made;
  cluster.networks.push(made);
  settle(cluster);
  return made;
}

function overlapsOne(entries: readonly ApiIpamEntry[], networks: readonly ApiNetwork[]): boolean {
  const taken = networks.flatMap(({ IPAM }) => IPAM?.Config ?? []);
  return entries.some((entry) => taken.some((other) => overlap(entry, other)));
}

function overlap({ Subnet: one = '' }: ApiIpamEntry, { Subnet: other = '' }: ApiIpamEntry): boolean {
  const [first, second] = [parsePrefix(one)?.prefix, parsePrefix(other)?.prefix];
  return first !== undefined && second !== undefined && overlaps(first, second);
}

/** What the engine is told to add, as engines from 24 on can be. */
function defaultsFor({ engine, defaultOptions }: World, { Driver = '' }: ApiNetwork): Record<string, string> {
  return compareVersions(engine.apiVersion, '1.43') < 0 ? {} : (defaultOptions[Driver] ?? {});
}

/** A local network copies everything from its configuration when it is made, labels included. */
function configurationOf(world: World, body: ApiNetwork): ApiNetwork | undefined {
  const name = body.ConfigFrom?.Network ?? '';
  if (name === '') return undefined;
  const own = [body.Labels, body.Options, body.IPAM?.Config].some((one) => Object.keys(one ?? {}).length > 0);
  if (own) throw refused(403, 'user specified configurations are not supported');
  const source = world.networks.find((other) => other.Name === name && other.ConfigOnly === true);
  if (source === undefined) throw refused(404, `configuration network "${name}" does not exist`);
  return structuredClone(source);
}

function takeParent(world: World, network: ApiNetwork): void {
  const { Driver: driver = '' } = network;
  const parent = network.Options?.['parent'];
  if (world.kernel[driver as 'macvlan'] === 'no') throw refused(500, 'operation not supported');
  if (parent === undefined) {
    if (world.kernel.dummy === 'no') throw refused(500, 'operation not supported');
    return;
  }
  const users = world.networks.filter((one) => one.Driver === driver && one.Options?.['parent'] === parent);
  const shares = driver === 'macvlan' && compareVersions(world.engine.version, '27.0') >= 0;
  const passthru = [network, ...users].some((one) => one.Options?.['macvlan_mode'] === 'passthru');
  if (users.length > 0 && (!shares || passthru)) {
    throw refused(500, `network ${users[0]?.Id ?? ''} is already using parent interface ${parent}`);
  }
  if (world.links.some(({ name }) => name === parent)) return;
  const dotted = /^([^.]+)\.(\d+)$/.exec(parent);
  if (dotted === null) throw refused(500, `invalid subinterface vlan name ${parent}, example formatting is eth0.10`);
  const [, below = '', id] = dotted;
  if (!world.links.some(({ name }) => name === below)) {
    throw refused(500, `-o parent interface was not found on the host: ${below}`);
  }
  const props: LinkProps = { name: parent, kind: 'vlan', parent: below, vlanId: Number(id), addresses: [], routes: [] };
  makeLink(world, props);
  setUp(world, parent);
  changeLink(world, parent, { group: 0 });
  world.enginesOwn.push(parent);
}

function makeBridge(world: World, network: ApiNetwork): void {
  const name = bridgeName(network);
  if (!world.links.some((link) => link.name === name)) {
    addLink(world, { name, kind: 'bridge', mac: '02:42:00:00:00:01' });
    world.enginesOwn.push(name);
  }
  for (const { Subnet, IPRange, Gateway } of network.IPAM?.Config ?? []) {
    const subnet = parsePrefix(Subnet ?? '')?.prefix;
    if (subnet === undefined || (subnet.family === 6 && network.EnableIPv6 !== true)) continue;
    const range = parsePrefix(IPRange ?? '')?.prefix;
    addAddress(world, name, `${Gateway ?? firstOf(subnet, range)}/${subnet.length}`);
  }
}

function bridgeName(network: ApiNetwork): string {
  return network.Options?.['com.docker.network.bridge.name'] ?? `br-${(network.Id ?? '').slice(0, 12)}`;
}

/** `DELETE /networks/<id>`: refused while a container runs on it; stopped ones are left behind broken. */
export function remove(world: World, network: ApiNetwork, services: readonly ApiService[] = []): void {
  const { Name: name = '', Id: id = '' } = network;
  if (['bridge', 'host', 'none'].includes(name)) {
    throw refused(403, `${name} is a pre-defined network and cannot be removed`);
  }
  if (world.networks.some(({ ConfigFrom }) => ConfigFrom?.Network === name) && network.ConfigOnly === true) {
    throw refused(403, `configuration network "${name}" is in use`);
  }
  const busy = holdersOf(network, containersOf(world), services).some(
    ({ type, state }) => type === 'service' || ['running', 'paused'].includes(state),
  );
  const cluster = network.Scope === 'swarm' ? clusterOf(world) : undefined;
  const [user] = cluster === undefined ? [] : usersOf(world, network);
  if (user !== undefined) {
    throw refused(400, `rpc error: code = FailedPrecondition desc = network ${id} is in use by task task-of-${user}`);
  }
  if (busy) throw refused(403, `error while removing network: network ${name} has active endpoints`);
  world.networks = world.networks.filter((one) => one.Id !== id);
  if (cluster !== undefined) cluster.networks = cluster.networks.filter((one) => one.Id !== id);
  const parent = network.Options?.['parent'];
  const link = network.Driver === 'bridge' ? bridgeName(network) : parent;
  const shared = world.networks.some((one) => one.Options?.['parent'] === parent && parent !== undefined);
  if (link === undefined || shared || !world.enginesOwn.includes(link)) return;
  world.enginesOwn = world.enginesOwn.filter((one) => one !== link);
  removeLink(world, link);
}

/** As a restart of dockerd up to 28 does: every subnet without a gateway gets one. */
export function restartEngine(world: World): void {
  for (const network of world.networks) {
    if (network.ConfigOnly === true || network.Scope === 'swarm' || !invents(world, network)) continue;
    for (const entry of network.IPAM?.Config ?? []) {
      const subnet = parsePrefix(entry.Subnet ?? '')?.prefix;
      if (subnet !== undefined) entry.Gateway ??= firstOf(subnet, parsePrefix(entry.IPRange ?? '')?.prefix);
    }
  }
}
