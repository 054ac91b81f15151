import type { ApiIpamEntry } from '../../../../packages/core/src/docker/api.js';
import type { IpamConfigSpec, NetworkSpec } from '../../../../packages/core/src/spec/schema.js';
import {
  allThree,
  auxAddresses,
  different,
  type DriftNetwork,
  fewer,
  flag,
  ipamOptions,
  labels,
  mutation,
  noDrift,
  oneMore,
  options,
  poolOf,
} from './mutation.js';
import type { Mutation, Shown } from './mutation.js';

/** Networks that show a key of the spec, or where it is shown instead, or why there is nothing to show. */
export type FieldCases = readonly DriftNetwork[] | string;

type Ipam = NonNullable<NetworkSpec['ipam']>;

const MTU = 'com.docker.network.driver.mtu';
let subnets = 0;
let parents = 0;

/** The first three numbers of a subnet that no other network has; `10.200.…` is free for what is made by hand. */
export function nextSubnet(): string {
  subnets += 1;
  return `10.100.${String(subnets)}`;
}

/** Engines up to 26 take each parent for one macvlan network. */
export function nextParent(): string {
  parents += 1;
  return `eth${String(parents)}`;
}

export function parentsUsed(): number {
  return parents;
}

const bridgeShown: readonly Shown[] = [['bridge', 'basics']];
const lanShown: readonly Shown[] = [['macvlan', 'basics']];
const overlayShown: readonly Shown[] = [['overlay', 'basics']];

const elsewhere = (base: string): string => base.replace('10.100.', '10.200.');

/** The whole pool elsewhere: a gateway or range outside of its subnet is refused. */
const moved = (base: string): Mutation =>
  mutation(
    'different',
    'subnet',
    (body) => {
      const text = JSON.stringify(body.IPAM.Config).replaceAll(base, elsewhere(base));
      body.IPAM.Config = JSON.parse(text) as ApiIpamEntry[];
    },
    { from: `${elsewhere(base)}.0/24`, to: `${base}.0/24` },
  );

const unpinned = (base: string, more: Pick<Mutation, 'since' | 'until'> = {}): Mutation =>
  mutation(
    'fewer',
    'subnet',
    (body) => (body.IPAM.Config = []),
    ({ IPAM }) => {
      const chosen = IPAM.Config?.[0]?.Subnet;
      return { ...(chosen === undefined ? {} : { from: chosen }), to: `${base}.0/24` };
    },
    more,
  );

const secondPool = (base: string): Mutation =>
  mutation('more', 'subnet', (body) => body.IPAM.Config.push({ Subnet: `${elsewhere(base)}.0/24` }), {
    from: `${elsewhere(base)}.0/24`,
  });

const range = (base: string): readonly Mutation[] => [
  mutation('fewer', 'ip_range', (body) => delete poolOf(body).IPRange, { to: `${base}.64/26` }),
  mutation('different', 'ip_range', (body) => (poolOf(body).IPRange = `${base}.128/26`), {
    from: `${base}.128/26`,
    to: `${base}.64/26`,
  }),
];
const rangeMore = (base: string): Mutation =>
  mutation('more', 'ip_range', (body) => (poolOf(body).IPRange = `${base}.0/25`), { from: `${base}.0/25` });

const gateway = (base: string): readonly Mutation[] => [
  mutation('fewer', 'gateway', (body) => delete poolOf(body).Gateway, gatewayOf(`${base}.99`)),
  mutation('different', 'gateway', (body) => (poolOf(body).Gateway = `${base}.98`), {
    from: `${base}.98`,
    to: `${base}.99`,
  }),
];
/** Swarms, and engines from 29 on for bridges, show the gateway that they chose instead. */
const gatewayOf =
  (to: string) =>
  ({ IPAM }: { readonly IPAM: { readonly Config: readonly { readonly Gateway?: string }[] | null } }) => {
    const chosen = IPAM.Config?.[0]?.Gateway;
    return { ...(chosen === undefined ? {} : { from: chosen }), to };
  };
const gatewayMore = (base: string): Mutation =>
  mutation('more', 'gateway', (body) => (poolOf(body).Gateway = `${base}.77`), { from: `${base}.77` });

const aux = (base: string): readonly Mutation[] => allThree(auxAddresses, 'nas', `${base}.80`, `${base}.81`);

const lan = (more: object = {}): { readonly base: string; readonly spec: object } => {
  const base = nextSubnet();
  const spec = { driver: 'macvlan', parent: nextParent(), subnet: `${base}.0/24`, gateway: `${base}.1`, ...more };
  return { base, spec };
};

const one = (key: string, make: (base: string) => Omit<DriftNetwork, 'key'>): readonly DriftNetwork[] => [
  { key, ...make(nextSubnet()) },
];

const at = (base: string): object => ({ subnet: `${base}.0/24` });

const pool = (base: string, key: string, driver: 'bridge' | 'macvlan'): DriftNetwork => ({
  key,
  spec: {
    driver,
    ...(driver === 'macvlan' ? { parent: nextParent() } : {}),
    ipam: {
      config: [
        {
          ...at(base),
          ip_range: `${base}.64/26`,
          gateway: `${base}.99`,
          aux_addresses: { nas: `${base}.80` },
        },
      ],
    },
    labels: { team: 'web' },
  },
  shows: driver === 'bridge' ? bridgeShown : lanShown,
  mutations: [
    moved(base),
    ...range(base),
    ...gateway(base),
    ...aux(base),
    fewer(labels, 'team', 'web'),
    ...(driver === 'bridge' ? [] : [secondPool(base)]),
  ],
});

/** Two subnets, of which somebody took the second. */
const two = (
  key: string,
  driver: 'macvlan' | 'overlay',
  more: object,
  shows: readonly Shown[],
): readonly DriftNetwork[] =>
  one(key, (base) => {
    const [first, second] = [`${base}.0/25`, `${base}.128/25`];
    const config = [{ subnet: first, gateway: `${base}.1` }, { subnet: second }];
    return {
      spec: { driver, ...more, ipam: { config } },
      shows,
      mutations: [
        mutation(
          'fewer',
          'subnet',
          (body) => (body.IPAM.Config = body.IPAM.Config.filter(({ Subnet }) => Subnet !== second)),
          { to: second },
        ),
      ],
    };
  });

const dual = (base: string): readonly object[] => [at(base), { subnet: `fd00:${base.split('.')[2] ?? ''}::/64` }];

export const ipamConfigCases: Readonly<Record<keyof IpamConfigSpec, FieldCases>> = {
  subnet: [
    pool(nextSubnet(), 'c-bridge', 'bridge'),
    pool(nextSubnet(), 'c-macvlan', 'macvlan'),
    ...two('c-macvlan-two', 'macvlan', { parent: nextParent() }, lanShown),
    ...two('c-overlay-two', 'overlay', {}, overlayShown),
    ...one('c-plain', (base) => ({
      spec: { ipam: { config: [at(base)] } },
      shows: bridgeShown,
      mutations: [unpinned(base), rangeMore(base), gatewayMore(base), oneMore(auxAddresses, 'nas', `${base}.80`)],
    })),
    ...one('c-config', (base) => ({
      spec: { config_only: true, ipam: { config: [at(base)] } },
      mutations: [
        moved(base),
        unpinned(base),
        secondPool(base),
        rangeMore(base),
        gatewayMore(base),
        oneMore(auxAddresses, 'nas', `${base}.80`),
      ],
    })),
    ...one('c-overlay', (base) => ({
      spec: {
        driver: 'overlay',
        ipam: { config: [{ ...at(base), ip_range: `${base}.64/26`, gateway: `${base}.99` }] },
      },
      shows: overlayShown,
      mutations: [moved(base), ...range(base), ...gateway(base), secondPool(base)],
    })),
    ...one('c-overlay-plain', (base) => ({
      spec: { driver: 'overlay', ...at(base) },
      shows: overlayShown,
      mutations: [
        unpinned(base),
        rangeMore(base),
        gatewayMore(base),
        noDrift('an auxiliary address more', 'a swarm drops them', (body) => {
          poolOf(body).AuxiliaryAddresses = { nas: `${base}.80` };
        }),
      ],
    })),
  ],
  ip_range: 'with subnet: each network there has it more, fewer or different',
  gateway: 'with subnet',
  aux_addresses: 'with subnet',
};

export const ipamCases: Readonly<Record<keyof Ipam, FieldCases>> = {
  driver: one('i-driver', (base) => ({
    // No engine has another driver without a plugin, but a configuration network is not looked at.
    spec: { config_only: true, ...at(base) },
    mutations: [
      mutation('different', 'ipam.driver', (body) => (body.IPAM.Driver = 'null'), { from: 'null', to: 'default' }),
    ],
  })),
  options: [
    ...one('i-options', (base) => ({
      spec: { ipam: { options: { colour: 'blue' }, config: [at(base)] } },
      shows: bridgeShown,
      mutations: allThree(ipamOptions, 'colour', 'blue', 'red'),
    })),
    ...one('i-options-overlay', (base) => ({
      spec: { driver: 'overlay', ipam: { options: { colour: 'blue' }, config: [at(base)] } },
      shows: overlayShown,
      mutations: allThree(ipamOptions, 'colour', 'blue', 'red'),
    })),
  ],
  config: 'in the table of its own keys',
};

const GATEWAY_MODE = 'com.docker.network.bridge.gateway_mode_ipv4';
const gatewayModes = [
  { mode: 'nat', since: '27.0', feature: 'gateway-mode', other: 'routed' },
  { mode: 'routed', since: '27.0', feature: 'gateway-mode', other: 'nat' },
  { mode: 'nat-unprotected', since: '28.0', feature: 'gateway-mode-28', other: 'nat' },
  { mode: 'isolated', since: '28.0', feature: 'gateway-mode-28', other: 'nat' },
] as const;

const pinnedSix = 'fd88::/64';

export const fieldCases: Readonly<Record<Exclude<keyof NetworkSpec, 'configures'>, FieldCases>> = {
  name: one('f-key', (base) => ({
    spec: { name: 'f-name', ...at(base) },
    mutations: [mutation('different', 'name', (body) => (body.Name = 'f-other'), { from: 'f-other', to: 'f-name' })],
  })),
  driver: [
    {
      key: 'f-driver',
      spec: lan().spec,
      shows: lanShown,
      mutations: [
        mutation('different', 'driver', (body) => (body.Driver = 'bridge'), { from: 'bridge', to: 'macvlan' }),
      ],
    },
    ...one('f-driver-overlay', (base) => ({
      spec: { driver: 'overlay', ...at(base) },
      shows: overlayShown,
      mutations: [
        mutation(
          'different',
          'driver',
          (body) => {
            body.Driver = 'bridge';
            delete body.Scope;
          },
          { from: 'bridge', to: 'overlay' },
        ),
      ],
    })),
  ],
  // Those that the drivers know are in a table of their own.
  driver_opts: [
    ...one('f-opts', (base) => ({
      spec: { ...at(base), driver_opts: { colour: 'blue' } },
      shows: bridgeShown,
      mutations: [...allThree(options, 'colour', 'blue', 'red'), oneMore(options, 'parent', 'eth0')],
    })),
    ...gatewayModes.flatMap(({ mode, since, feature, other }) =>
      one(`f-gateway-mode-${mode}`, (base) => ({
        since,
        spec: { ...at(base), internal: mode === 'isolated', driver_opts: { [GATEWAY_MODE]: mode } },
        shows: [['bridge', feature]],
        mutations: [different(options, GATEWAY_MODE, mode, other)],
      })),
    ),
  ],
  attachable: [
    ...one('f-attach', (base) => ({
      spec: { driver: 'overlay', attachable: true, ...at(base) },
      shows: overlayShown,
      mutations: [flag('Attachable', 'attachable', true)],
    })),
    ...one('f-attach-not', (base) => ({
      spec: at(base),
      mutations: [flag('Attachable', 'attachable', false)],
    })),
  ],
  enable_ipv4: [
    {
      key: 'f-no-ipv4',
      since: '28.0',
      spec: { enable_ipv4: false, enable_ipv6: true, subnet: 'fd90::/64' },
      shows: [['bridge', 'no-ipv4']],
      mutations: [flag('EnableIPv4', 'enable_ipv4', false)],
    },
    ...one('f-ipv4', (base) => ({
      spec: { enable_ipv6: true, ipam: { config: dual(base) } },
      shows: [['bridge', 'ipv6']],
      mutations: [flag('EnableIPv4', 'enable_ipv4', true, { since: '28.0' })],
    })),
  ],
  enable_ipv6: [
    ...one('f-ipv6', (base) => ({
      spec: { enable_ipv6: true, ipam: { config: dual(base) } },
      shows: [['bridge', 'ipv6']],
      mutations: [
        flag('EnableIPv6', 'enable_ipv6', true),
        mutation(
          'fewer',
          'subnet',
          (body) => (body.IPAM.Config = body.IPAM.Config.filter(({ Subnet }) => !Subnet?.includes(':'))),
          ({ IPAM }) => {
            const chosen = IPAM.Config?.find(({ Subnet }) => Subnet?.includes(':'))?.Subnet;
            return { ...(chosen === undefined ? {} : { from: chosen }), to: dualSix(base) };
          },
          // Older ones have no pool to choose from.
          { since: '27.0' },
        ),
      ],
    })),
    {
      key: 'f-ula',
      since: '27.0',
      spec: { enable_ipv6: true },
      shows: [['bridge', 'ipv6-auto']],
      mutations: [flag('EnableIPv6', 'enable_ipv6', true)],
    },
    ...one('f-ipv6-not', (base) => ({
      spec: at(base),
      mutations: [
        flag('EnableIPv6', 'enable_ipv6', false, { since: '27.0' }),
        // Engines before 29 keep and show it, to no effect.
        mutation(
          'more',
          'subnet',
          (body) => body.IPAM.Config.push({ Subnet: pinnedSix }),
          { from: pinnedSix },
          {
            until: '29.0',
          },
        ),
      ],
    })),
  ],
  external: one('f-external', () => ({
    spec: { external: true },
    mutations: [
      noDrift('anything', 'it is somebody else’s', (body) => {
        body.Internal = true;
        body.Labels = { other: 'yes' };
      }),
    ],
  })),
  internal: [
    ...one('f-internal', (base) => ({
      spec: { internal: true, ...at(base) },
      shows: [['bridge', 'internal']],
      mutations: [flag('Internal', 'internal', true)],
    })),
    ...one('f-internal-not', (base) => ({
      spec: at(base),
      shows: bridgeShown,
      mutations: [flag('Internal', 'internal', false)],
    })),
  ],
  ipam: 'in a table of its own',
  labels: [
    ...one('f-labels', (base) => ({
      spec: { ...at(base), labels: { team: 'web', empty: '' } },
      shows: bridgeShown,
      mutations: [...allThree(labels, 'team', 'web', 'db', ''), fewer(labels, 'empty', '')],
    })),
    ...one('f-labels-overlay', (base) => ({
      spec: { driver: 'overlay', ...at(base), labels: { team: 'web' } },
      shows: overlayShown,
      mutations: allThree(labels, 'team', 'web', 'db'),
    })),
    ...one('f-labels-config', (base) => ({
      spec: { config_only: true, ...at(base), labels: { team: 'web' } },
      mutations: allThree(labels, 'team', 'web', 'db'),
    })),
  ],
  parent: 'with the options of macvlan and ipvlan, for which it stands',
  mode: [
    {
      key: 'f-mode',
      spec: lan({ mode: 'vepa' }).spec,
      shows: lanShown,
      mutations: [different(options, 'macvlan_mode', 'vepa', 'private'), fewer(options, 'macvlan_mode', 'vepa')],
    },
  ],
  vlan: 'on kernels with 802.1Q, in drift-lan-kinds.test.ts',
  subnet: one('f-auto', () => ({
    spec: { subnet: 'auto' },
    shows: bridgeShown,
    mutations: [
      noDrift('another subnet', 'auto asks for any that is free', (body) => {
        body.IPAM.Config = [{ Subnet: '10.200.250.0/24' }];
      }),
      mutation('more', 'ip_range', (body) => (poolOf(body).IPRange = '172.28.0.0/25'), { from: '172.28.0.0/25' }),
      mutation('more', 'gateway', (body) => (poolOf(body).Gateway = '172.28.0.77'), { from: '172.28.0.77' }),
      oneMore(auxAddresses, 'nas', '172.28.0.80'),
    ],
  })),
  gateway: 'with the keys of ipam.config, for which it stands',
  ip_range: [
    (() => {
      const { base, spec } = lan();
      return {
        key: 'f-blocks',
        spec: { ...spec, ip_range: `${base}.64-${base}.111` },
        shows: lanShown,
        mutations: [
          mutation('fewer', 'ip_range', (body) => (body.IPAM.Config = [poolOf(body)]), {
            from: `${base}.64/27`,
            to: `${base}.64-${base}.111`,
          }),
          mutation(
            'more',
            'ip_range',
            (body) => body.IPAM.Config.push({ Subnet: `${base}.0/24`, IPRange: `${base}.112/28` }),
            { from: `${base}.64/26`, to: `${base}.64-${base}.111` },
          ),
        ],
      };
    })(),
  ],
  reserve: [
    (() => {
      const { base, spec } = lan();
      return {
        key: 'f-reserve',
        spec: { ...spec, ip_range: `${base}.64/27`, reserve: { printer: `${base}.70` } },
        shows: lanShown,
        mutations: allThree(auxAddresses, 'printer', `${base}.70`, `${base}.71`, `${base}.72`),
      };
    })(),
  ],
  shim: [
    (() => {
      const { base, spec } = lan();
      return {
        key: 'f-shim',
        spec: { ...spec, ip_range: `${base}.64/27`, shim: true },
        shows: lanShown,
        mutations: [
          fewer(auxAddresses, 'netctl-shim', `${base}.95`),
          different(auxAddresses, 'netctl-shim', `${base}.95`, `${base}.94`),
        ],
      };
    })(),
  ],
  isolated_from: 'it asks nothing of the engine: verify proves it',
  split: 'it is the ip_range of each host',
  hosts: 'it says where, and on each host the rest of these',
  encrypted: 'with the options of overlay, for which it stands',
  mtu: [
    ...one('f-mtu', (base) => ({
      spec: { ...at(base), mtu: 1400 },
      shows: [['bridge', 'mtu']],
      mutations: [fewer(options, MTU, '1400'), different(options, MTU, '1400', '1300')],
    })),
    ...one('f-mtu-auto', (base) => ({
      spec: { ...at(base), mtu: 'auto' },
      shows: [['bridge', 'mtu']],
      // What netctl derived is in the record of what it added.
      mutations: [fewer(options, MTU, '1480'), different(options, MTU, '1480', '1300')],
    })),
    ...one('f-mtu-overlay', (base) => ({
      spec: { driver: 'overlay', ...at(base), mtu: 1400, encrypted: true },
      mutations: [
        fewer(options, MTU, '1476'),
        different(options, MTU, '1476', '1450'),
        fewer(options, 'encrypted', ''),
      ],
    })),
  ],
  config_only: [
    ...one('f-config', (base) => ({
      spec: { config_only: true, ...at(base) },
      mutations: [
        mutation('different', 'config_only', (body) => delete body.ConfigOnly, { from: 'false', to: 'true' }),
      ],
    })),
    ...one('f-config-not', (base) => ({
      spec: at(base),
      mutations: [
        mutation(
          'different',
          'config_only',
          (body) => {
            body.ConfigOnly = true;
            delete body.Scope;
            delete body.Internal;
            delete body.Attachable;
            delete body.Ingress;
          },
          { from: 'true', to: 'false' },
        ),
      ],
    })),
  ],
  config_from: [
    ...one('f-source', (base) => ({ spec: { config_only: true, ...at(base), labels: { a: 'b' } }, mutations: [] })),
    ...one('f-source-2', (base) => ({ spec: { config_only: true, ...at(base) }, mutations: [] })),
    {
      key: 'f-from',
      spec: { config_from: 'f-source' },
      shows: [['bridge', 'config-from']],
      mutations: [
        mutation('different', 'config_from', (body) => (body.ConfigFrom = { Network: 'f-source-2' }), {
          from: 'f-source-2',
          to: 'f-source',
        }),
        flag('Internal', 'internal', false),
        flag('Attachable', 'attachable', false),
      ],
    },
    (() => {
      const { spec } = lan({ config_only: true });
      return { key: 'f-lan-source', spec, mutations: [] };
    })(),
    {
      key: 'f-lan-from',
      spec: { driver: 'macvlan', config_from: 'f-lan-source' },
      shows: [['macvlan', 'config-from']],
      mutations: [
        flag('Internal', 'internal', false),
        mutation('different', 'driver', (body) => (body.Driver = 'bridge'), { from: 'bridge', to: 'macvlan' }),
        mutation('different', 'scope', (body) => (body.Scope = 'swarm'), { from: 'swarm', to: 'local' }),
      ],
    },
  ],
  scope: [
    (() => {
      const { spec } = lan({ config_only: true });
      return { key: 'f-swarm-source', spec, mutations: [] };
    })(),
    {
      key: 'f-swarm',
      spec: { driver: 'macvlan', scope: 'swarm', attachable: true, config_from: 'f-swarm-source' },
      shows: [['macvlan', 'config-from']],
      mutations: [
        mutation('different', 'scope', (body) => delete body.Scope, { from: 'local', to: 'swarm' }),
        flag('Attachable', 'attachable', true),
      ],
    },
    ...one('f-scope', (base) => ({
      spec: at(base),
      mutations: [
        // 20.10 takes any other than local for a swarm's.
        mutation(
          'different',
          'scope',
          (body) => (body.Scope = 'global'),
          { from: 'global', to: 'local' },
          {
            since: '25.0',
          },
        ),
      ],
    })),
  ],
  ingress: [
    ...one('f-ingress', (base) => ({
      spec: { driver: 'overlay', ingress: true, ...at(base) },
      shows: [['overlay', 'ingress']],
      mutations: [flag('Ingress', 'ingress', true)],
    })),
    ...one('f-ingress-not', (base) => ({
      spec: { driver: 'overlay', ...at(base) },
      shows: [['overlay', 'ingress']],
      // In the round in which the network before this one is no ingress network.
      mutations: [flag('Ingress', 'ingress', false)],
    })),
  ],
};

function dualSix(base: string): string {
  return (dual(base)[1] as { subnet: string }).subnet;
}
