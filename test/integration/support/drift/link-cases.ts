import type { LinkProps } from '@netctl/core';

/** Something done to a link by hand, with `ip`, and what the plan has to say. */
export interface LinkDrift {
  readonly label: string;
  readonly commands: readonly (readonly string[])[];
  /** The reason of the step that repairs it; undefined where it is no drift. */
  readonly why: string | undefined;
}

/** What can be drift at a link: what is wanted of it, its mark, and that it is up. */
type LinkField = keyof LinkProps | 'alias' | 'up';
export type LinkCases = Readonly<Record<LinkField, readonly LinkDrift[] | string>>;

/** `nc`, in which netctl's links are. */
const GROUP = '28259';

interface Made {
  readonly name: string;
  readonly alias: string;
  readonly kind: readonly string[];
  readonly parent: string;
  readonly mtu?: string;
  readonly address?: string;
  readonly route?: string;
}

/** A link made again by hand, with all that it had. */
function again({ name, alias, kind, parent, mtu, address, route }: Made): LinkDrift['commands'] {
  const size = mtu === undefined ? [] : ['mtu', mtu];
  return [
    ['link', 'delete', name],
    ['link', 'add', 'link', parent, 'name', name, ...size, 'group', GROUP, 'type', ...kind],
    ['link', 'set', name, 'alias', alias],
    ...(address === undefined ? [] : [['address', 'add', `${address}/32`, 'dev', name]]),
    ['link', 'set', name, 'up'],
    ...(route === undefined ? [] : [['route', 'add', route, 'dev', name, 'src', address ?? '', 'proto', 'static']]),
  ];
}

const drift = (label: string, why: string | undefined, ...commands: LinkDrift['commands']): LinkDrift => ({
  label,
  why,
  commands,
});

export interface Shim {
  readonly name: string;
  readonly stack: string;
  readonly kind: 'macvlan' | 'ipvlan';
  /** The mode it has, and another one. */
  readonly modes: readonly [string, string];
  readonly parent: string;
  readonly otherParent: string;
  readonly address: string;
  readonly otherAddress: string;
  readonly range: string;
  readonly otherRange: string;
}

/** Every field of a shim, changed by hand. */
export function shimCases(shim: Shim): LinkCases {
  const { name, kind, parent, address, otherAddress, range, otherRange } = shim;
  const [mode, otherMode] = shim.modes;
  const alias = `netctl:${shim.stack}/link:${name}`;
  const made: Made = { name, alias, kind: [kind, 'mode', mode], parent, address, route: range };
  const addRoute = ['route', 'add', range, 'dev', name, 'src', address, 'proto', 'static'];
  return {
    name: [
      drift('it is gone', `the host's own door into network ${name.replace('-shim', '')}`, ['link', 'delete', name]),
    ],
    kind: [
      drift(
        'it is a link of another kind',
        `kind ${kind.replace('vlan', 'vtap')} → ${kind}`,
        ...again({ ...made, kind: [kind.replace('vlan', 'vtap'), 'mode', mode] }),
      ),
    ],
    parent: [
      drift(
        'it is on another parent',
        `parent ${shim.otherParent} → ${parent}`,
        ...again({ ...made, parent: shim.otherParent }),
      ),
    ],
    vlanId: 'a shim has none',
    mode: [
      drift('it has another mode', `mode ${otherMode} → ${mode}`, [
        ...['link', 'set', name, 'type', kind, 'mode', otherMode],
      ]),
    ],
    flag:
      kind === 'macvlan'
        ? 'macvlan has none'
        : [
            drift('it has another flag', 'flag private → bridge', [
              ...['link', 'set', name, 'type', kind, 'mode', mode, 'private'],
            ]),
          ],
    mac:
      kind === 'ipvlan'
        ? 'ipvlan has that of its parent'
        : // netctl chose it, for a new shim to be known again by its neighbours.
          [drift('it has another MAC address', undefined, ['link', 'set', name, 'address', '02:00:00:00:77:77'])],
    mtu: [drift('it has another MTU', 'its MTU should be 1500', ['link', 'set', name, 'mtu', '1300'])],
    addresses: [
      drift('an address fewer', `${address}/32 is missing, the route to ${range} is missing`, [
        ...['address', 'delete', `${address}/32`, 'dev', name],
      ]),
      drift('an address more', `it should not have ${otherAddress}/32`, [
        ...['address', 'add', `${otherAddress}/32`, 'dev', name],
      ]),
      drift(
        'its address has the length of the LAN',
        `it should not have ${address}/24, ${address}/32 is missing, the route to ${range} is missing`,
        ['address', 'delete', `${address}/32`, 'dev', name],
        ['address', 'add', `${address}/24`, 'dev', name],
      ),
      // The kernel gives an ipvlan link no address twice.
      ...(kind === 'ipvlan'
        ? []
        : [
            drift(
              'its address has the length of the LAN besides',
              // The kernel takes the route with the address that is its source.
              `it should not have ${address}/24, the route to ${range} is missing`,
              ['address', 'add', `${address}/24`, 'dev', name],
            ),
          ]),
    ],
    routes: [
      drift('a route fewer', `the route to ${range} is missing`, ['route', 'delete', range, 'dev', name]),
      drift('a route more', `the route to ${otherRange} should not be there`, [
        ...['route', 'add', otherRange, 'dev', name, 'proto', 'static'],
      ]),
      drift(
        'a route without its source',
        `the route to ${range} is missing`,
        ['route', 'delete', range, 'dev', name],
        addRoute.filter((word) => word !== 'src' && word !== address),
      ),
    ],
    alias: [drift('its mark is gone', 'its mark is missing', ['link', 'set', name, 'alias', ''])],
    up: [drift('it is down', `it is down, the route to ${range} is missing`, ['link', 'set', name, 'down'])],
  };
}

export interface VlanLink {
  readonly name: string;
  readonly stack: string;
  readonly parent: string;
  readonly otherParent: string;
  readonly id: number;
  readonly mtu: number;
}

/** Every field of a VLAN link, changed by hand. */
export function vlanCases({ name, stack, parent, otherParent, id, mtu }: VlanLink): LinkCases {
  const alias = `netctl:${stack}/link:${name}`;
  const kind = ['vlan', 'id', String(id)];
  const made: Made = { name, alias, kind, parent, mtu: String(mtu) };
  return {
    name: [drift('it is gone', 'the spec wants this VLAN link', ['link', 'delete', name])],
    kind: [
      drift(
        'it is a link of another kind',
        'kind macvlan → vlan',
        ...again({ ...made, kind: ['macvlan', 'mode', 'bridge'] }),
      ),
    ],
    parent: [
      drift('it is on another parent', `parent ${otherParent} → ${parent}`, ...again({ ...made, parent: otherParent })),
    ],
    vlanId: [
      drift(
        'it has another id',
        `vlan ${String(id + 1)} → ${String(id)}`,
        ...again({ ...made, kind: ['vlan', 'id', String(id + 1)] }),
      ),
      drift(
        'it has another protocol',
        'protocol 802.1ad → 802.1q',
        ...again({ ...made, kind: ['vlan', 'protocol', '802.1ad', 'id', String(id)] }),
      ),
    ],
    mode: 'a VLAN link has none',
    flag: 'a VLAN link has none',
    mac: 'a VLAN link has that of its parent',
    mtu: [drift('it has another MTU', `its MTU should be ${String(mtu)}`, ['link', 'set', name, 'mtu', '1300'])],
    addresses: 'those of a VLAN link are not netctl’s',
    routes: 'those of a VLAN link are not netctl’s',
    alias: [drift('its mark is gone', 'its mark is missing', ['link', 'set', name, 'alias', ''])],
    up: [drift('it is down', 'it is down', ['link', 'set', name, 'down'])],
  };
}

/** The cases of a table, in its order. */
export function driftsOf(cases: LinkCases): readonly LinkDrift[] {
  return Object.values(cases).flatMap((one) => (typeof one === 'string' ? [] : one));
}
