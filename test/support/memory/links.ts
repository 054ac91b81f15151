import { NetctlError } from '../../../packages/core/src/errors.js';
import type { LinkBackend, LinkChange, LinkFact, Segment } from '../../../packages/core/src/links.js';
import type { Faults } from './faults.js';
import {
  addAddress,
  addRoute,
  changeLink,
  linkFailed,
  linkOf,
  makeLink,
  removeAddress,
  removeLink,
  removeRoute,
  setUp,
} from './kernel.js';
import { whileChanging } from './changes.js';
import type { World } from './world.js';

/** The links of a world behind the port that netctl knows. Each command that iproute2 would run is one write. */
export function memoryLinks(world: World, faults: Faults): LinkBackend {
  const begin = (signal: AbortSignal | undefined): void => {
    faults.read();
    if (signal?.aborted !== true) return;
    const reason: unknown = signal.reason;
    throw reason instanceof NetctlError ? reason : new NetctlError('INTERRUPTED', 'interrupted', { cause: reason });
  };
  const change = (): void => {
    if (!world.mayChange) throw new NetctlError('PERMISSION', 'Operation not permitted');
  };
  /** One turn of the event loop for each command, so that steps beside one another do interleave. */
  const run = async (commands: readonly Command[]): Promise<void> => {
    for (const [what, command] of commands) {
      await Promise.resolve();
      change();
      faults.write(what, command);
    }
  };
  return {
    observe: async (signal) => {
      await Promise.resolve();
      begin(signal);
      if (!world.iproute2) {
        throw new NetctlError('IPROUTE2_MISSING', "The program 'ip' (iproute2) is not on this machine");
      }
      const { links, routes, mayChange, machine, persisted, clients } = world;
      return structuredClone({
        links,
        routes,
        mayChange,
        ...(machine && { machine }),
        ...(persisted && { persisted }),
        ...(clients && { clients }),
      });
    },
    watch: (onChange, signal) => {
      if (!world.iproute2) {
        return Promise.reject(
          new NetctlError('IPROUTE2_MISSING', "The program 'ip' (iproute2) is not on this machine"),
        );
      }
      return whileChanging(
        world,
        ({ links, routes }) => [links, routes],
        () => onChange({ type: 'unknown' }),
        signal,
      );
    },
    probe: async (kinds, signal) => {
      await Promise.resolve();
      begin(signal);
      return Object.fromEntries(
        kinds.map((kind) => [kind, world.mayChange ? (world.kernel[kind] ?? 'yes') : 'unknown']),
      );
    },
    ask: async (segment, addresses, signal) => {
      await Promise.resolve();
      begin(signal);
      const why = unaskable(world, segment);
      if (why !== undefined) return { taken: [], unasked: addresses, notes: [why] };
      const taken = world.neighbours.filter(
        ({ address, link, vlan }) =>
          addresses.includes(address) && link === segment.link && vlan === segment.vlans.at(-1),
      );
      return { taken: taken.map(({ address, mac }) => ({ address, mac })), unasked: [], notes: [] };
    },
    add: async (props, alias, parentIndex, signal) => {
      begin(signal);
      [props.name, props.parent].forEach(checkName);
      const parent = linkOf(world, props.parent);
      if (parentIndex !== undefined && parent.index !== parentIndex)
        throw linkFailed(`${parent.name} is another link now`);
      refuseTaken(world, props.name, props.addresses);
      await run([[`ip link add ${props.name}`, () => makeLink(world, props)]]);
      const change = { alias, up: true, addAddresses: props.addresses, addRoutes: props.routes } as const;
      await run(commands(world, linkOf(world, props.name), change));
    },
    set: async (name, index, wanted, signal) => {
      begin(signal);
      checkName(name);
      const found = linkOf(world, name);
      if (found.index !== index) throw linkFailed(`${name} is another link now`);
      await run(commands(world, found, wanted));
    },
    remove: async (name, index, signal) => {
      begin(signal);
      checkName(name);
      const found = world.links.find((link) => link.name === name);
      if (found === undefined) return;
      if (found.index !== index) throw linkFailed(`${name} is another link now`);
      await run([[`ip link del ${name}`, () => removeLink(world, name)]]);
    },
  };
}

function unaskable(world: World, { link: name }: Segment): string | undefined {
  const link = world.links.find((one) => one.name === name);
  if (link === undefined) return `there is no link ${name}`;
  return link.up ? undefined : `${name} is down`;
}

type Command = readonly [what: string, run: () => void];

/** In the order of iproute2's `changeCommands`, by the index as there, after a look at who has the addresses. */
function commands(world: World, { name, index }: LinkFact, wanted: LinkChange): readonly Command[] {
  const { alias, mtu, up } = wanted;
  refuseTaken(world, name, wanted.addAddresses ?? []);
  const command = (what: string, change: () => void): Command => [
    what,
    () => {
      if (!world.links.some((link) => link.index === index)) throw linkFailed(`${name} was removed meanwhile`);
      change();
    },
  ];
  return [
    ...(alias === undefined ? [] : [command(`ip link set ${name} alias`, () => changeLink(world, name, { alias }))]),
    ...(mtu === undefined ? [] : [command(`ip link set ${name} mtu`, () => setMtu(world, name, mtu))]),
    ...(up === undefined ? [] : [command(`ip link set ${name} up`, () => setUp(world, name))]),
    ...(wanted.removeAddresses ?? []).map((address) =>
      command(`ip addr del ${address}`, () => removeAddress(world, name, address)),
    ),
    ...(wanted.addAddresses ?? [])
      .map((address) => `${address}/${address.includes(':') ? 128 : 32}`)
      .map((whole) => command(`ip addr replace ${whole}`, () => addAddress(world, name, whole))),
    ...(wanted.removeRoutes ?? []).map((route) =>
      command(`ip route del ${route}`, () => removeRoute(world, name, route)),
    ),
    ...(wanted.addRoutes ?? []).map((route) =>
      command(`ip route add ${route.destination}`, () => addRoute(world, name, route)),
    ),
  ];
}

function refuseTaken(world: World, name: string, addresses: readonly string[]): void {
  for (const address of addresses) {
    const owner = world.links.find((one) => one.name !== name && one.addresses.some((its) => its.address === address));
    if (owner !== undefined) throw linkFailed(`Cannot add the address ${address} to ${name}: ${owner.name} has it now`);
  }
}

function setMtu(world: World, name: string, mtu: number): void {
  const parent = world.links.find((one) => one.name === linkOf(world, name).parent);
  if (parent !== undefined && mtu > parent.mtu) throw linkFailed(`the MTU ${mtu} is above that of ${parent.name}`);
  changeLink(world, name, { mtu });
  // What is stacked on it is lowered with it, and not raised again.
  for (const upper of world.links.filter((one) => one.parent === name && one.mtu > mtu)) setMtu(world, upper.name, mtu);
}

function checkName(name: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(name)) throw linkFailed(`"${name}" cannot be the name of a link`);
}
