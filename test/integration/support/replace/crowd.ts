import type { Host } from '@netctl/lab';
import { askEngine, tryEngine } from '../engine-client.js';

/** What a container of the crowd is made with. */
export interface Member {
  readonly name: string;
  readonly state: 'running' | 'paused' | 'exited' | 'created' | 'restarting';
  /** By network name; the first is the one that it is made on. */
  readonly networks: Readonly<Record<string, object>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of HostConfig. */
  readonly host?: object;
  readonly mac?: string;
  readonly command?: readonly string[];
}

/** Makes a container and brings it into its state; gives its id. */
export async function join(host: Host, image: string, member: Member): Promise<string> {
  const { name, state, networks, labels = {}, mac } = member;
  const [first, ...more] = Object.entries(networks);
  const [home, endpoint] = first ?? ['none', {}];
  const ports = (member.host as { PortBindings?: object } | undefined)?.PortBindings ?? {};
  const looping = state === 'restarting';
  const { Id } = await askEngine<{ Id: string }>(host, 'POST', `/containers/create?name=${name}`, {
    Image: image,
    Cmd: looping ? ['false'] : (member.command ?? ['sleep', '2147483647']),
    Labels: labels,
    ExposedPorts: Object.fromEntries(Object.keys(ports).map((port) => [port, {}])),
    ...(mac === undefined ? {} : { MacAddress: mac }),
    HostConfig: {
      NetworkMode: home,
      // As process 1 `sleep` would not hear of a signal.
      Init: true,
      RestartPolicy: { Name: looping ? 'always' : 'no' },
      ...member.host,
    },
    NetworkingConfig: { EndpointsConfig: { [home]: endpoint } },
  });
  for (const [network, config] of more) {
    await askEngine(host, 'POST', `/networks/${network}/connect`, { Container: Id, EndpointConfig: config });
  }
  if (state === 'created') return Id;
  await askEngine(host, 'POST', `/containers/${Id}/start`);
  if (state === 'paused') await askEngine(host, 'POST', `/containers/${Id}/pause`);
  if (state === 'exited') await askEngine(host, 'POST', `/containers/${Id}/stop?t=1`);
  return Id;
}

interface Details {
  readonly Id: string;
  readonly State: { readonly Status: string };
  readonly HostConfig: { readonly RestartPolicy: { readonly Name: string } };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
    readonly Networks: Readonly<
      Record<
        string,
        {
          readonly NetworkID: string;
          readonly IPAMConfig: object | null;
          readonly Aliases: readonly string[] | null;
          readonly Links: readonly string[] | null;
          readonly DriverOpts: object | null;
          readonly GwPriority?: number;
          readonly IPAddress: string;
          readonly GlobalIPv6Address: string;
          readonly MacAddress: string;
        }
      >
    >;
  };
}

export type Place = Readonly<Record<string, unknown>>;

/** What everybody has, by container name: state and ports, and on each network all but the ids. */
export async function placesOf(host: Host): Promise<Readonly<Record<string, Place>>> {
  const containers = await askEngine<readonly { Id: string; Names: readonly string[] }[]>(
    host,
    'GET',
    '/containers/json?all=1',
  );
  const networks = await askEngine<readonly { Id: string; Name: string }[]>(host, 'GET', '/networks');
  const entries = await Promise.all(
    containers.map(async ({ Id, Names }): Promise<[string, Place]> => [
      (Names[0] ?? '').slice(1),
      place(await askEngine<Details>(host, 'GET', `/containers/${Id}/json`), networks),
    ]),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Engines from 28 on make another MAC at every connect; those that nobody chose are told in the report instead. */
export function withoutMade(places: Readonly<Record<string, Place>>): Readonly<Record<string, Place>> {
  return JSON.parse(JSON.stringify(places, (key, value: unknown) => (key === 'mac' ? undefined : value))) as Readonly<
    Record<string, Place>
  >;
}

function place(
  { Id, State, HostConfig, NetworkSettings }: Details,
  networks: readonly { Id: string; Name: string }[],
): Place {
  const looping = HostConfig.RestartPolicy.Name === 'always';
  // One that ends at once is found running or waiting for its next run, and as `exited` when somebody stopped it.
  const state = looping && State.Status === 'restarting' ? 'running' : State.Status;
  const idle = looping || !['running', 'paused'].includes(state);
  return {
    state,
    ports: Object.entries(NetworkSettings.Ports ?? {}).map(([port, at]) => `${port} ${at?.[0]?.HostPort ?? ''}`),
    networks: Object.fromEntries(
      Object.entries(NetworkSettings.Networks)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, endpoint]) => {
          const { NetworkID, IPAMConfig, Aliases, Links, DriverOpts, GwPriority, MacAddress } = endpoint;
          const { IPAddress, GlobalIPv6Address } = endpoint;
          const there = networks.find((network) => network.Name === name)?.Id;
          return [
            name,
            {
              live: NetworkID === '' || NetworkID === there,
              asked: IPAMConfig ?? {},
              aliases: (Aliases ?? []).filter((alias) => alias !== Id.slice(0, 12)),
              links: Links ?? [],
              options: DriverOpts ?? {},
              priority: GwPriority ?? 0,
              ...(idle ? {} : { ipv4: IPAddress, ipv6: GlobalIPv6Address, mac: MacAddress }),
            },
          ];
        }),
    ),
  };
}

/** Removes every container, whatever it does. */
export async function everybodyLeaves(host: Host): Promise<void> {
  const containers = await askEngine<readonly { Id: string }[]>(host, 'GET', '/containers/json?all=1');
  for (const { Id } of containers) await tryEngine(host, 'DELETE', `/containers/${Id}?force=1`);
}
