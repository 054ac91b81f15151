import { readFile } from 'node:fs/promises';
import { formatPlan, loadSpec, makePlan, stepsOf } from '@netctl/core';
import type { FoundNetwork, HostFacts, LinkFact, NetworkProps, Plan, RouteFact, Step } from '@netctl/core';
import { describe, expect, test } from 'vitest';
import { kindOf } from '../../packages/core/src/kinds/index.js';
import { exampleSpecs } from '../integration/support/example-files.js';

const eth0: LinkFact = {
  name: 'eth0',
  index: 2,
  type: 'ether',
  mtu: 1500,
  up: true,
  mac: '02:00:00:00:00:0a',
  group: 0,
  wireless: false,
  addresses: [{ address: '192.168.1.10', prefixLength: 24, scope: 'global' }],
};
const routes: readonly RouteFact[] = [
  { destination: '0.0.0.0/0', table: 'main', link: 'eth0', via: '192.168.1.1' },
  { destination: '192.168.1.0/24', table: 'main', link: 'eth0', source: '192.168.1.10', protocol: 'kernel' },
];

/** A host with the newest engine, a manager of a swarm, and a kernel that knows every kind of link. */
const bare: HostFacts = {
  engine: {
    id: 'ENGINE',
    name: 'host',
    version: '28.5.2',
    apiVersion: '1.51',
    operatingSystem: 'Debian GNU/Linux 12',
    rootless: false,
    swarm: { state: 'active', manager: true, nodeAddress: '192.168.1.10' },
  },
  networks: [],
  links: { links: [eth0], routes, mayChange: true },
  kernel: { macvlan: 'yes', ipvlan: 'yes', vlan: 'yes', vxlan: 'yes' },
};

/** What an engine makes of a network that says nothing of its scope. */
const scopeOf = ({ driver, scope }: NetworkProps): string => scope ?? kindOf(driver).scope ?? 'local';

/** The host as it is when every step did just what it says. */
function after(facts: HostFacts, plan: Plan): HostFacts {
  return stepsOf(plan).reduce((now, step) => done(now, step, plan.stack), facts);
}

function done(facts: HostFacts, step: Step, stack: string): HostFacts {
  const owner = { stack, ref: step.ref };
  const { links = { links: [], routes: [], mayChange: true } } = facts;
  switch (step.op) {
    case 'network.create': {
      const { name, props, asked } = step;
      const source = facts.networks.find((other) => other.name === props.configFrom);
      const found: FoundNetwork =
        source === undefined
          ? { id: `id-${name}`, name, props: { scope: scopeOf(props), ...props }, asked, owner, holders: [] }
          : // It shows all of its configuration, the marks included, and has none of its own.
            {
              ...source,
              id: `id-${name}`,
              name,
              props: {
                ...source.props,
                driver: props.driver,
                scope: scopeOf(props),
                configOnly: false,
                configFrom: source.name,
              },
            };
      return { ...facts, networks: [...facts.networks, found] };
    }
    case 'swarm.init': {
      const swarm = { state: 'active', manager: true, nodeId: step.host, nodeAddress: step.advertise };
      return { ...facts, engine: { ...facts.engine, swarm: { ...swarm, nodes: [] } } };
    }
    case 'swarm.join':
    case 'swarm.node':
    case 'swarm.leave':
    case 'swarm.forget':
    case 'network.adopt':
    case 'network.forget':
    case 'endpoint.park':
    case 'endpoint.restore':
    case 'endpoint.attach':
    case 'endpoint.detach':
      return facts;
    case 'network.remove':
      return { ...facts, networks: facts.networks.filter(({ id }) => id !== step.id) };
    case 'link.add': {
      const { props } = step;
      const link: LinkFact = {
        name: props.name,
        index: links.links.length + 2,
        kind: props.kind,
        parent: props.parent,
        type: 'ether',
        mtu: props.mtu ?? 1500,
        up: true,
        alias: `netctl:${stack}/${step.ref}`,
        group: 0x6e63,
        wireless: false,
        ...(props.mac === undefined ? {} : { mac: props.mac }),
        ...(props.mode === undefined ? {} : { mode: props.mode }),
        ...(props.flag === undefined ? {} : { flag: props.flag }),
        ...(props.vlanId === undefined ? {} : { vlan: { id: props.vlanId, protocol: '802.1q' } }),
        addresses: props.addresses.map((address) => ({
          address,
          prefixLength: address.includes(':') ? 128 : 32,
          scope: 'global',
        })),
      };
      const added = props.routes.map((route) => ({ ...route, table: 'main', link: props.name, protocol: 'static' }));
      return { ...facts, links: { ...links, links: [...links.links, link], routes: [...links.routes, ...added] } };
    }
    case 'link.remove':
      return {
        ...facts,
        links: {
          ...links,
          links: links.links.filter(({ name }) => name !== step.name),
          routes: links.routes.filter(({ link }) => link !== step.name),
        },
      };
    case 'link.set':
      throw new Error(`an example has nothing to repair: ${step.name}`);
  }
}

const planFor = (loaded: Awaited<ReturnType<typeof loadSpec>>, facts: HostFacts, destroy = false): Plan =>
  makePlan(loaded, new Map([['local', facts]]), { destroy });

describe.each(await exampleSpecs())('$name', ({ path, kinds }) => {
  test('is planned without a host: made, then as it should be, then gone', async () => {
    const loaded = await loadSpec(path);
    const first = planFor(loaded, bare);
    expect(first.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const made = stepsOf(first);
    expect(
      made
        .filter(({ op }) => op === 'network.create')
        .map(({ ref }) => ref)
        .sort(),
    ).toEqual(
      Object.keys(loaded.spec.networks)
        .map((key) => `network:${key}`)
        .sort(),
    );
    expect(made.every(({ disruptive }) => !disruptive)).toBe(true);

    const applied = after(bare, first);
    expect(formatPlan(planFor(loaded, applied))).toBe('');

    const removal = planFor(loaded, applied, true);
    expect(
      stepsOf(removal)
        .map(({ ref }) => ref)
        .sort(),
    ).toEqual(made.map(({ ref }) => ref).sort());
    expect(after(applied, removal)).toEqual(bare);
  });

  test('is refused with one problem for each kind of link that the kernel lacks', async () => {
    const loaded = await loadSpec(path);
    const lacking = { ...bare, kernel: Object.fromEntries(kinds.map((kind) => [kind, 'no' as const])) };
    expect(
      planFor(loaded, lacking)
        .problems.filter(({ severity }) => severity === 'error')
        .map(({ code }) => code),
    ).toEqual(kinds.map(() => 'KERNEL_LACKS'));
  });

  test('says in its first line what it is for', async () => {
    expect(await readFile(path, 'utf8')).toMatch(/^# \S/);
  });
});
