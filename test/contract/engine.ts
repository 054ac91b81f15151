import { randomBytes } from 'node:crypto';
import type { EngineBackend, EngineEvent, FoundNetwork, NetworkProps, Workload } from '@netctl/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** A throwaway engine for one suite. Networks need not be removed: it ends with the suite. */
export interface ContractEngine {
  readonly backend: EngineBackend;
  /** A link of the host that can carry macvlan networks. */
  readonly parent: string;
  /** Of its containers. */
  readonly image: string;
  /** Makes a container on a network, by name, and starts it unless told otherwise. */
  container(
    name: string,
    network: string,
    state: 'running' | 'created' | 'exited' | 'paused',
    declared?: Declared,
  ): Promise<void>;
  removeContainer(name: string): Promise<void>;
  /** Restarts the engine; its networks stay. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** What a container says of itself. */
export interface Declared {
  /** `KEY=value` */
  readonly env: readonly string[];
  /** `80/tcp` */
  readonly exposed: readonly string[];
  /** On this port of the host. */
  readonly published: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const saying = (part: string): unknown => expect.stringContaining(part);

/** What every EngineBackend keeps: the one that drives Docker and the one that the planner is tested against. */
export function engineBackendContract(title: string, start: () => Promise<ContractEngine>): void {
  describe(`engine: ${title}`, () => {
    let engine: ContractEngine;
    let used = 0;
    beforeAll(async () => (engine = await start()));
    afterAll(async () => engine.close());

    const fresh = (): string => `net-${randomBytes(4).toString('hex')}`;
    /** A subnet that no other test of the suite has. */
    const subnet = (): string => `10.77.${(used += 1)}.0/24`;
    const bridge = (change: Partial<NetworkProps> = {}): NetworkProps => ({
      driver: 'bridge',
      ipam: { config: [] },
      options: {},
      labels: {},
      ...change,
    });
    const on = (text: string): NetworkProps => bridge({ ipam: { config: [{ subnet: text }] } });
    const make = async (name: string, props: NetworkProps, asked = props): Promise<string> =>
      engine.backend.createNetwork({ name, props, asked }, { stack: 'contract', ref: `network:${name}` });
    const find = async (name: string): Promise<FoundNetwork | undefined> =>
      (await engine.backend.observe()).networks.find((network) => network.name === name);
    const names = async (): Promise<string[]> => (await engine.backend.observe()).networks.map(({ name }) => name);
    const found = async (name: string): Promise<FoundNetwork> => {
      const network = await find(name);
      if (network === undefined) throw new Error(`there is no network ${name}`);
      return network;
    };
    const remove = async (name: string): Promise<void> => {
      const { id, props } = await found(name);
      await engine.backend.removeNetwork({ name, id, scope: props.scope ?? 'local' });
    };

    test('observe tells what the engine is, and changes nothing', async () => {
      const first = await engine.backend.observe();
      expect(first.engine).toMatchObject({
        id: expect.stringMatching(/./) as string,
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
        rootless: false,
        swarm: { state: 'inactive', manager: false },
      });
      expect(first.networks.map(({ name }) => name)).toEqual(expect.arrayContaining(['bridge', 'host', 'none']));
      expect(await engine.backend.observe()).toEqual(first);
    });

    test('events tell of networks and containers from when it is open to its end', async () => {
      const name = fresh();
      const told: EngineEvent[] = [];
      const controller = new AbortController();
      let ended: Promise<void> = Promise.resolve();
      await new Promise<void>((open, fail) => {
        ended = engine.backend.events((event) => told.push(event), controller.signal, open);
        ended.catch(fail);
      });
      const hear = (expected: Partial<EngineEvent>): Promise<void> =>
        expect.poll(() => told, { timeout: 30_000 }).toContainEqual(expect.objectContaining(expected));

      const id = await make(name, on(subnet()));
      await hear({ type: 'network', action: 'create', id, name });
      const box = fresh();
      await engine.container(box, name, 'running');
      await hear({ type: 'container', action: 'create', name: box });
      await hear({ type: 'container', action: 'start', name: box });
      await engine.removeContainer(box);
      await hear({ type: 'container', action: 'destroy', name: box });
      await remove(name);
      await hear({ type: 'network', action: 'destroy', id, name });

      controller.abort();
      await ended;
      const before = told.length;
      const later = fresh();
      await make(later, on(subnet()));
      await remove(later);
      await engine.backend.observe();
      expect(told).toHaveLength(before);
    });

    test('events that nobody wants to hear begin not at all', async () => {
      await engine.backend.events(() => undefined, AbortSignal.abort());
    });

    test('a network comes back as it was asked for, with its marks', async () => {
      const name = fresh();
      const asked = bridge({
        internal: true,
        ipam: { config: [{ subnet: subnet(), gateway: `10.77.${used}.9`, ipRange: `10.77.${used}.128/25` }] },
        options: { 'com.docker.network.bridge.enable_icc': 'T', unheard: 'of' },
        labels: { tier: 'web', 'a b': 'ü "x"' },
      });
      const [entry] = asked.ipam.config;
      const props = { ...asked, ipam: { config: [{ ...entry, auxAddresses: { nas: `10.77.${used}.200` } }] } };
      await make(name, props, asked);
      const network = await found(name);
      expect(network).toMatchObject({ name, owner: { stack: 'contract', ref: `network:${name}` }, asked, holders: [] });
      expect(network.added).toEqual({ auxAddresses: { nas: `10.77.${used}.200` } });
      expect(network.props).toMatchObject({
        driver: 'bridge',
        scope: 'local',
        internal: true,
        attachable: false,
        enableIPv4: true,
        enableIPv6: false,
        configOnly: false,
        options: asked.options,
        labels: asked.labels,
      });
      expect(network.props.ipam).toEqual({ driver: 'default', options: {}, config: props.ipam.config });
    });

    test('IPv6 text comes back in canonical form', async () => {
      const name = fresh();
      const config = [{ subnet: subnet() }, { subnet: 'FD00:0077:0000::/64', gateway: 'FD00:77::0001' }];
      await make(name, bridge({ enableIPv6: true, ipam: { config } }));
      const { props } = await found(name);
      expect(props.enableIPv6).toBe(true);
      expect(props.ipam.config).toContainEqual({ subnet: 'fd00:77::/64', gateway: 'fd00:77::1' });
    });

    test('the engine chooses a subnet and a gateway where none is given', async () => {
      const name = fresh();
      await make(name, bridge());
      const [entry] = (await found(name)).props.ipam.config;
      expect(entry?.subnet).toMatch(/^\d+\.\d+\.\d+\.\d+\/\d+$/);
      expect(entry?.gateway).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    });

    test('a network can be remembered as ours, and forgotten, with nothing of it changed', async () => {
      const name = fresh();
      // Somebody else's, as far as this stack can tell.
      await make(name, on(subnet()));
      const { id, props, holders } = await found(name);
      const asked = on(`10.77.${used}.0/24`);
      const owner = { stack: 'adopting', ref: `network:${name}` } as const;
      const adopt = async (stack: string): Promise<void> =>
        engine.backend.adoptNetwork({ name, id, props, asked }, { ...owner, stack });
      const names = async (): Promise<readonly string[]> =>
        (await engine.backend.observe()).networks.map((network) => network.name);
      const before = await names();
      await adopt('adopting');
      expect(await names()).toEqual(before);
      expect(await found(name)).toEqual({ id, name, props, holders, owner, asked, adopted: true });
      const [mark, ...more] = (await engine.backend.observe()).adoptions;
      expect(more).toEqual([]);
      expect(mark).toMatchObject({ networkId: id, owner, asked });
      await adopt('adopting');
      await expect(adopt('other')).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE', message: saying('adopting') });
      await engine.restart();
      expect((await engine.backend.observe()).adoptions).toEqual([mark]);
      await engine.backend.removeNetwork({ name, id, scope: 'local' });
      // It is what tells that somebody removed the network.
      expect((await engine.backend.observe()).adoptions).toEqual([mark]);
      await expect(adopt('adopting')).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE', message: saying('is gone') });
      const forget = { name, id: mark?.id ?? '', networkId: id };
      await engine.backend.forgetNetwork(forget);
      await engine.backend.forgetNetwork(forget);
      expect((await engine.backend.observe()).adoptions).toEqual([]);
    });

    test('a name that is taken is refused, and whoever has it keeps it', async () => {
      const name = fresh();
      await make(name, on(subnet()));
      const before = await found(name);
      await expect(make(name, on(subnet()))).rejects.toMatchObject({
        code: 'ENGINE_ERROR',
        message: saying('already exists'),
        hint: saying('appeared meanwhile'),
      });
      expect(await found(name)).toEqual(before);
    });

    // Engines before 25 make as many as are asked for at once.
    test('a name asked for several times at once is that of one network, and one asker has it', async () => {
      const name = fresh();
      const results = await Promise.allSettled(Array.from({ length: 4 }, async () => make(name, bridge())));
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      expect(refused).toHaveLength(3);
      for (const reason of refused) {
        expect(reason).toMatchObject({ code: 'ENGINE_ERROR', hint: saying('the same command again') });
      }
      const { networks } = await engine.backend.observe();
      expect(networks.filter((network) => network.name === name)).toHaveLength(1);
    });

    test('a subnet that another network has is refused', async () => {
      const name = fresh();
      const taken = subnet();
      await make(fresh(), on(taken));
      await expect(make(name, on(taken.replace('/24', '/25')))).rejects.toMatchObject({
        code: 'ENGINE_ERROR',
        hint: saying('choose another subnet'),
      });
      expect(await find(name)).toBeUndefined();
    });

    test('an auxiliary address cannot be the gateway that the engine takes by itself', async () => {
      const taken = { subnet: subnet(), auxAddresses: { nas: `10.77.${used}.1` } };
      await expect(make(fresh(), bridge({ ipam: { config: [taken] } }))).rejects.toMatchObject({
        code: 'ENGINE_ERROR',
        hint: saying('given twice'),
      });
    });

    test('a network is removed by its id, and one that is gone is no error', async () => {
      const name = fresh();
      await make(name, on(subnet()));
      const { id } = await found(name);
      await engine.backend.removeNetwork({ name, id, scope: 'local' });
      expect(await find(name)).toBeUndefined();
      await engine.backend.removeNetwork({ name, id, scope: 'local' });
      await make(name, on(subnet()));
      await engine.backend.removeNetwork({ name, id, scope: 'local' });
      expect(await find(name)).toBeDefined();
    });

    test('a subnet can be used again once its network is gone', async () => {
      const again = subnet();
      const name = fresh();
      await make(name, on(again));
      await remove(name);
      await make(fresh(), on(again));
    });

    test('a network on which a container runs is not removed', async () => {
      const [name, container] = [fresh(), fresh()];
      await make(name, on(subnet()));
      await engine.container(container, name, 'running');
      expect((await found(name)).holders).toMatchObject([{ type: 'container', name: container, state: 'running' }]);
      await expect(remove(name)).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE', message: saying(container) });
      expect(await find(name)).toBeDefined();
      await engine.removeContainer(container);
      expect((await found(name)).holders).toEqual([]);
      await remove(name);
    });

    test.each(['exited', 'created'] as const)(
      // The engine would remove it, and the container would never start again.
      'a network that a container that is %s holds is not removed',
      async (state) => {
        const [name, container] = [fresh(), fresh()];
        await make(name, on(subnet()));
        await engine.container(container, name, state);
        expect((await found(name)).holders).toMatchObject([{ type: 'container', name: container, state }]);
        await expect(remove(name)).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE', message: saying(container) });
        expect(await find(name)).toBeDefined();
        await engine.removeContainer(container);
        await remove(name);
        expect(await find(name)).toBeUndefined();
      },
    );

    test('containers that run are told of with what they declare and where they are, paused ones too', async () => {
      const [name, other] = [fresh(), fresh()];
      const id = await make(name, on(subnet()));
      const declared: Declared = {
        env: ['SERVICE_NAME=web', 'EMPTY=', 'QUERY=a=b'],
        exposed: ['9000/tcp', '53/udp', '80/tcp'],
        published: ['18080/tcp'],
        labels: { tier: 'web' },
      };
      const workloads = async (): Promise<readonly Workload[]> =>
        (await engine.backend.workloads()).filter(({ name: one }) => one.endsWith(name));
      await engine.container(`web-${name}`, name, 'running', declared);
      await engine.container(`paused-${name}`, name, 'paused');
      await engine.container(`made-${name}`, name, 'created');
      await engine.container(`over-${name}`, name, 'exited');
      const { holders } = await found(name);
      const place = (holder: string) => {
        const { ipv4 } = holders.find((one) => one.name === holder) ?? {};
        expect(ipv4).toMatch(/^10\.77\./);
        return { network: name, networkId: id, ipv4 };
      };
      const now = [...(await workloads())].sort((a, b) => (a.name < b.name ? -1 : 1));
      expect(now).toMatchObject([
        { name: `paused-${name}`, state: 'paused', exposed: [], published: [], places: [place(`paused-${name}`)] },
        {
          name: `web-${name}`,
          image: engine.image,
          state: 'running',
          labels: { tier: 'web' },
          env: { SERVICE_NAME: 'web', EMPTY: '', QUERY: 'a=b' },
          exposed: [
            { port: 53, protocol: 'udp' },
            { port: 80, protocol: 'tcp' },
            { port: 9000, protocol: 'tcp' },
            { port: 18080, protocol: 'tcp' },
          ],
          places: [place(`web-${name}`)],
        },
      ]);
      expect(now[1]?.published).toContainEqual({ port: 18080, protocol: 'tcp', hostPort: 18080, hostIp: '0.0.0.0' });
      expect(now[1]?.id).toBe(holders.find((one) => one.name === `web-${name}`)?.id);

      await make(other, on(subnet()));
      await engine.removeContainer(`web-${name}`);
      await engine.container(`web-${name}`, other, 'running');
      const [, again] = [...(await workloads())].sort((a, b) => (a.name < b.name ? -1 : 1));
      expect(again).toMatchObject({ exposed: [], published: [], places: [{ network: other }] });
      expect(again?.env).not.toHaveProperty('SERVICE_NAME');
      for (const one of ['web', 'paused', 'made', 'over']) await engine.removeContainer(`${one}-${name}`);
      expect(await workloads()).toEqual([]);
    });

    test('a configuration has no driver, and what is made from it has all that it has', async () => {
      const [name, made] = [fresh(), fresh()];
      const config = [{ subnet: subnet(), gateway: `10.77.${used}.1` }];
      await make(name, bridge({ configOnly: true, ipam: { config }, labels: { a: '1' }, options: { some: 'option' } }));
      await make(made, bridge({ configFrom: name, internal: true }));
      expect((await found(name)).props).toMatchObject({ driver: 'null', configOnly: true, ipam: { config } });
      expect(await found(made)).toMatchObject({
        owner: { stack: 'contract', ref: `network:${name}` },
        props: { driver: 'bridge', configFrom: name, internal: true, labels: { a: '1' }, options: { some: 'option' } },
      });
      await expect(remove(name)).rejects.toMatchObject({ code: 'ENGINE_ERROR', hint: saying('still attached') });
      await remove(made);
      await remove(name);
    });

    test('nothing is left of how the engine was asked what it adds', async () => {
      const [before, name] = [await names(), fresh()];
      await Promise.all([make(name, on(subnet())), make(`${name}-b`, on(subnet()))]);
      expect((await names()).sort()).toEqual([...before, name, `${name}-b`].sort());
      await expect(make(name, on(subnet()))).rejects.toMatchObject({ code: 'ENGINE_ERROR' });
      expect((await names()).sort()).toEqual([...before, name, `${name}-b`].sort());
    });

    test('a network from a configuration that is not there is refused', async () => {
      await expect(make(fresh(), bridge({ configFrom: fresh() }))).rejects.toMatchObject({ code: 'ENGINE_ERROR' });
    });

    test('a macvlan network sits on a link, in as many pieces as its range has', async () => {
      const name = fresh();
      const lan = { driver: 'macvlan', options: { parent: engine.parent }, labels: {} };
      const text = subnet();
      const config = [
        { subnet: text, gateway: `10.77.${used}.1`, ipRange: `10.77.${used}.64/27` },
        { subnet: text, ipRange: `10.77.${used}.96/30` },
      ];
      await make(name, { ...lan, ipam: { config } });
      const { props } = await found(name);
      expect(props.options).toEqual({ parent: engine.parent });
      expect(props.ipam.config.map(({ ipRange }) => ipRange)).toEqual(config.map(({ ipRange }) => ipRange));
      await remove(name);
    });

    // Every engine up to 28 does: what it fills in by itself must never be taken for what was asked.
    test('a restart keeps what was asked, and gives a subnet without a gateway its first address', async () => {
      const name = fresh();
      const text = subnet();
      await make(name, on(text));
      const before = await found(name);
      await engine.restart();
      const after = await found(name);
      expect(after).toEqual({
        ...before,
        props: {
          ...before.props,
          ipam: { ...before.props.ipam, config: [{ subnet: text, gateway: text.replace('.0/24', '.1') }] },
        },
      });
      await remove(name);
    });

    test('a macvlan network on a link that is not there is refused', async () => {
      const props = { ...on(subnet()), driver: 'macvlan', options: { parent: 'nosuch0' } };
      await expect(make(fresh(), props)).rejects.toMatchObject({ code: 'ENGINE_ERROR', hint: saying('not a link') });
    });

    test('an overlay network without a swarm is refused', async () => {
      await expect(make(fresh(), { ...bridge(), driver: 'overlay' })).rejects.toMatchObject({
        code: 'ENGINE_ERROR',
        hint: saying('swarm init'),
      });
    });

    test('a signal that was given before stops everything, and its reason comes out', async () => {
      const reason = new Error('enough');
      const signal = AbortSignal.abort(reason);
      const name = fresh();
      const owner = { stack: 'contract', ref: `network:${name}` } as const;
      const { backend } = engine;
      await expect(backend.observe(signal)).rejects.toBe(reason);
      await expect(backend.createNetwork({ name, props: bridge(), asked: bridge() }, owner, signal)).rejects.toBe(
        reason,
      );
      expect(await find(name)).toBeUndefined();
    });
  });
}
