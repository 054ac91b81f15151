import { gatewayOf } from '../../../packages/core/src/addresses/ipam.js';
import {
  contains,
  formatAddress,
  lastOf,
  parseAddress,
  parsePrefix,
} from '../../../packages/core/src/addresses/prefix.js';
import type {
  ApiContainer,
  ApiContainerDetails,
  ApiEndpoint,
  ApiNetwork,
} from '../../../packages/core/src/docker/api.js';
import { compareVersions } from '../../../packages/core/src/versions.js';
import { clusterOf, worldsOn } from './cluster.js';
import { invents } from './ipam.js';
import { refused } from './refused.js';
import type { MemoryContainer, MemoryEndpoint, World } from './world.js';

/** What an engine does with the containers of a world: their places on networks, and whether they run. */

const AT_WORK = ['running', 'paused'];

export function idOf({ name, id }: MemoryContainer): string {
  return id ?? `id-of-${name}`;
}

export function containersOf(world: World): readonly ApiContainer[] {
  return world.containers.map((container) => ({
    Id: idOf(container),
    Names: [`/${container.name}`],
    State: container.state,
    Labels: container.labels ?? {},
    HostConfig: { NetworkMode: modeOf(container) },
    Ports: portsOf(container),
    NetworkSettings: {
      Networks: Object.fromEntries(
        Object.entries(container.networks).map(([network, { ip, ip6, ...endpoint }]) => [
          network,
          {
            NetworkID: knownId(world, container, network, endpoint),
            IPAddress: ip ?? '',
            GlobalIPv6Address: ip6 ?? '',
          },
        ]),
      ),
    },
  }));
}

function portsOf({ ports = [], exposed = [] }: MemoryContainer): NonNullable<ApiContainer['Ports']> {
  const split = (text: string): { PrivatePort: number; Type: string } => {
    const [port = '', Type = 'tcp'] = text.split('/');
    return { PrivatePort: Number(port), Type };
  };
  return [
    ...exposed.map(split),
    ...ports.map(split).map((port) => ({ ...port, IP: '0.0.0.0', PublicPort: port.PrivatePort })),
  ];
}

function modeOf({ mode, networks }: MemoryContainer): string {
  return mode ?? Object.keys(networks)[0] ?? 'default';
}

/** A container that never ran knows its network by name alone. */
function knownId(world: World, { state }: MemoryContainer, network: string, { id }: MemoryEndpoint): string {
  if (state === 'created') return '';
  return id ?? world.networks.find(({ Name }) => Name === network)?.Id ?? '';
}

/** `GET /containers/<id>/json` */
export function detailsOf(world: World, id: string): ApiContainerDetails {
  const container = containerOf(world, id);
  return {
    Id: id,
    Name: `/${container.name}`,
    State: { Status: container.state, ExitCode: container.exitCode ?? 137 },
    Config: {
      ...(container.mac === undefined ? {} : { MacAddress: container.mac }),
      Image: container.image ?? 'memory',
      Env: [...(container.env ?? [])],
      ExposedPorts: Object.fromEntries(
        [...(container.exposed ?? []), ...(container.ports ?? [])].map((port) => [port, {}]),
      ),
    },
    HostConfig: {
      RestartPolicy: { Name: container.policy ?? 'no' },
      NetworkMode: modeOf(container),
    },
    NetworkSettings: {
      Ports: Object.fromEntries((container.ports ?? []).map((port) => [port, [{ HostIp: '0.0.0.0', HostPort: port }]])),
      Networks: Object.fromEntries(
        Object.entries(container.networks).map(([network, endpoint]): [string, ApiEndpoint] => [
          network,
          {
            ...endpoint.settings,
            NetworkID: knownId(world, container, network, endpoint),
            EndpointID: AT_WORK.includes(container.state) ? `endpoint-of-${container.name}` : '',
            IPAddress: endpoint.ip ?? '',
            GlobalIPv6Address: endpoint.ip6 ?? '',
            MacAddress: endpoint.mac ?? '',
          },
        ]),
      ),
    },
  };
}

function containerOf(world: World, id: string): MemoryContainer {
  const container = world.containers.find((one) => idOf(one) === id);
  if (container === undefined) throw refused(404, `No such container: ${id}`);
  return container;
}

/** Containers that the network's own inspect has: those at work, and not those that it has half. */
export function lists(world: World, network: ApiNetwork): readonly string[] {
  return world.containers
    .filter((container) => {
      const endpoint = container.networks[network.Name ?? ''];
      if (endpoint === undefined || endpoint.half === true || !AT_WORK.includes(container.state)) return false;
      return knownId(world, container, network.Name ?? '', endpoint) === network.Id;
    })
    .map(idOf);
}

export interface ConnectBody {
  readonly Container: string;
  readonly EndpointConfig?: ApiEndpoint;
}

/** `POST /networks/<id>/connect` */
export function connect(world: World, network: ApiNetwork, { Container, EndpointConfig = {} }: ConnectBody): void {
  const container = containerOf(world, Container);
  const { Name: name = '', Id: id = '' } = network;
  if (network.ConfigOnly === true) throw refused(403, 'cannot create endpoint on configuration-only network');
  if (container.mode === 'host' || container.mode?.startsWith('container:') === true) {
    throw refused(403, 'container sharing network namespace with another container or host cannot be connected');
  }
  const isNew = compareVersions(world.engine.version, '25.0') >= 0;
  if (isNew && /^[0-9a-f]{64}$/.test(container.mode ?? '') && container.mode !== id) {
    throw refused(404, 'could not find a network matching network mode');
  }
  if (container.networks[name] !== undefined) {
    throw refused(403, `endpoint with name ${container.name} already exists in network ${name}`);
  }
  const { MacAddress, ...settings } = EndpointConfig;
  const atWork = AT_WORK.includes(container.state);
  const endpoint: MemoryEndpoint = {
    id,
    settings,
    ...(atWork ? addresses(world, network, EndpointConfig, container.name) : {}),
    ...(MacAddress !== undefined && !isNew ? { mac: MacAddress } : {}),
  };
  const taken = (container.ports ?? []).some((port) => world.takenPorts.includes(port));
  const networks = { ...container.networks, [name]: { ...endpoint, ...(taken && atWork ? { half: true } : {}) } };
  put(world, { ...container, networks });
  if (taken && atWork) throw refused(500, 'driver failed programming external connectivity: port is already allocated');
}

function put(world: World, container: MemoryContainer): void {
  world.containers = world.containers.map((one) => (idOf(one) === idOf(container) ? container : one));
}

function addresses(
  world: World,
  network: ApiNetwork,
  { IPAMConfig }: ApiEndpoint,
  container: string,
): { ip?: string; ip6?: string } {
  const ip = addressOf(world, network, 4, container, IPAMConfig?.IPv4Address);
  const ip6 =
    network.EnableIPv6 === true ? addressOf(world, network, 6, container, IPAMConfig?.IPv6Address) : undefined;
  return { ...(ip === undefined ? {} : { ip }), ...(ip6 === undefined ? {} : { ip6 }) };
}

/** The one that is asked for, else the lowest that is free. */
function addressOf(
  world: World,
  network: ApiNetwork,
  family: 4 | 6,
  container: string,
  wanted?: string,
): string | undefined {
  const pools = (network.IPAM?.Config ?? []).filter(({ Subnet = '' }) => parsePrefix(Subnet)?.prefix.family === family);
  // An engine keeps one set of addresses for all networks with the same subnet.
  const subnets = pools.map(({ Subnet }) => Subnet);
  const alike = world.networks.filter(({ IPAM }) =>
    (IPAM?.Config ?? []).some(({ Subnet }) => subnets.includes(Subnet)),
  );
  const sharing = new Set([...alike, network]);
  const worlds = worldsOn(world, network);
  const taken = new Set(
    [
      ...pools.flatMap(({ Subnet = '', IPRange, Gateway, AuxiliaryAddresses }) => [
        Gateway ?? gatewayOf({ subnet: Subnet, ...(IPRange && { ipRange: IPRange }) }, invents(world, network)) ?? '',
        ...Object.values(AuxiliaryAddresses ?? {}),
      ]),
      ...[...sharing].flatMap((shared) =>
        worlds.flatMap((there) =>
          there.containers.flatMap(({ name, networks }) => {
            const { ip, ip6, id } = networks[shared.Name ?? ''] ?? {};
            if (there === world && name === container && shared === network) return [];
            return id === undefined || id === shared.Id ? [ip ?? '', ip6 ?? ''] : [];
          }),
        ),
      ),
    ].map(canonical),
  );
  if (wanted !== undefined) {
    const address = parseAddress(wanted);
    const inside = pools.some(({ Subnet = '' }) => {
      const prefix = parsePrefix(Subnet)?.prefix;
      return prefix !== undefined && address !== undefined && contains(prefix, address);
    });
    if (!inside)
      throw refused(400, 'no configured subnet or ip-range contain the IP address; user specified IP address');
    if (taken.has(canonical(wanted))) throw refused(403, 'Address already in use');
    return wanted;
  }
  for (const { Subnet = '', IPRange } of pools) {
    const prefix = parsePrefix(IPRange ?? Subnet)?.prefix;
    for (let value = (prefix?.first ?? 0n) + 1n; prefix !== undefined && value <= lastOf(prefix); value += 1n) {
      const text = formatAddress({ family, value });
      if (!taken.has(text)) return text;
    }
  }
  if (pools.length > 0)
    throw refused(500, `no available IPv${String(family)} addresses on this network's address pools`);
  return undefined;
}

function canonical(text: string): string {
  const parsed = parseAddress(text);
  return parsed === undefined ? text : formatAddress(parsed);
}

/** What an engine takes the id of a network that is gone for, when the container does not run: a name. */
export function goneFor(world: World, id: string, body: unknown): ApiNetwork | undefined {
  const { Container } = (body ?? {}) as Partial<ConnectBody>;
  const container = world.containers.find((one) => idOf(one) === Container);
  return container === undefined || AT_WORK.includes(container.state) ? undefined : { Id: '', Name: id };
}

export interface DisconnectBody {
  readonly Container: string;
  readonly Force?: boolean;
}

/** `POST /networks/<id>/disconnect` */
export function disconnect(world: World, network: ApiNetwork, { Container }: DisconnectBody): void {
  const container = containerOf(world, Container);
  const { Name: name = '' } = network;
  const endpoint = container.networks[name];
  if (container.state === 'restarting' || endpoint?.half === true) {
    throw refused(500, `container ${Container} is not connected to the network ${name}`);
  }
  if (endpoint === undefined) throw refused(403, `container ${Container} is not connected to network ${name}`);
  const { [name]: _off, ...networks } = container.networks;
  put(world, { ...container, networks });
}

/** `POST /containers/<id>/start`, `stop`, `restart` */
export function changeContainer(world: World, id: string, verb: string): void {
  const container = containerOf(world, id);
  if (verb === 'stop') {
    put(world, { ...container, state: 'exited', networks: mapped(container, ([, endpoint]) => bare(endpoint)) });
    return;
  }
  if ((container.ports ?? []).some((port) => world.takenPorts.includes(port))) {
    // What a restart stopped first stays so.
    put(world, { ...container, state: 'exited', networks: mapped(container, ([, endpoint]) => bare(endpoint)) });
    throw refused(500, 'driver failed programming external connectivity: port is already allocated');
  }
  const networks = mapped(container, ([name, endpoint]) => {
    const network = [...world.networks, ...(clusterOf(world)?.networks ?? [])].find(({ Name }) => Name === name);
    const known = endpoint.id ?? network?.Id;
    if (network === undefined || known !== network.Id) throw refused(404, `network ${known ?? name} not found`);
    const { settings = {} } = endpoint;
    return { id: network.Id ?? '', settings, ...addresses(world, network, settings, container.name) };
  });
  put(world, { ...container, state: 'running', networks });
}

/** Without what it has while it runs. */
function bare({ id, settings }: MemoryEndpoint): MemoryEndpoint {
  return { ...(id === undefined ? {} : { id }), ...(settings === undefined ? {} : { settings }) };
}

function mapped(
  { networks }: MemoryContainer,
  change: (entry: readonly [string, MemoryEndpoint]) => MemoryEndpoint,
): Readonly<Record<string, MemoryEndpoint>> {
  return Object.fromEntries(Object.entries(networks).map(([name, endpoint]) => [name, change([name, endpoint])]));
}
