import type { LinkEvent, LinkFact, LinkProps, Segment } from '@netctl/core';
import { LINK_GROUP } from '@netctl/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContractHost } from './links-host.js';

const saying = (part: string): unknown => expect.stringContaining(part);

/** What every LinkBackend keeps: the one that changes a kernel and the one that only pretends to. */
export function linkBackendContract(name: string, makeHost: () => Promise<ContractHost>): void {
  describe(`links: ${name}`, () => {
    let host: ContractHost;
    beforeEach(async () => (host = await makeHost()));
    afterEach(async () => host.close());

    const shim = (change: Partial<LinkProps> = {}): LinkProps => ({
      name: 'shim0',
      kind: 'macvlan',
      parent: host.parent,
      mode: 'bridge',
      mac: '02:6e:63:00:00:01',
      mtu: 1400,
      addresses: ['192.168.1.223', 'fd00:1::223'],
      routes: [
        { destination: '192.168.1.192/27', source: '192.168.1.223' },
        { destination: 'fd00:1::100/120', source: 'fd00:1::223' },
      ],
      ...change,
    });

    const link = async (wanted = 'shim0'): Promise<LinkFact | undefined> =>
      (await host.backend.observe()).links.find((one) => one.name === wanted);

    /** The link's addresses but for those that the kernel gives it, and its routes but for those to itself. */
    const state = async (): Promise<{ addresses: string[]; routes: string[] }> => {
      const { links, routes } = await host.backend.observe();
      const shim0 = links.find((one) => one.name === 'shim0');
      const addresses = shim0?.addresses.filter((one) => one.scope === 'global') ?? [];
      return {
        addresses: addresses.map((one) => `${one.address}/${one.prefixLength}`).sort(),
        routes: routes
          .filter((one) => one.link === 'shim0' && one.table === 'main' && one.protocol !== 'kernel')
          .map((one) => `${one.destination} ${one.source ?? '-'}`)
          .sort(),
      };
    };

    const whole = {
      addresses: ['192.168.1.223/32', 'fd00:1::223/128'],
      routes: ['192.168.1.192/27 192.168.1.223', 'fd00:1::100/120 fd00:1::223'],
    };

    const indexOf = async (wanted: string): Promise<number> => (await link(wanted))?.index ?? -1;

    test('observes a link that it did not make', async () => {
      const { links, mayChange } = await host.backend.observe();
      expect(mayChange).toBe(true);
      expect(links.find((one) => one.name === host.parent)).toMatchObject({
        type: 'ether',
        mtu: 1500,
        up: true,
        group: 0,
        wireless: false,
      });
      expect(links.find((one) => one.type === 'loopback')?.name).toBe('lo');
    });

    test('add makes all that was asked for', async () => {
      await host.backend.add(shim(), 'netctl a=1 b');
      expect(await link()).toMatchObject({
        name: 'shim0',
        kind: 'macvlan',
        parent: host.parent,
        mode: 'bridge',
        mac: '02:6e:63:00:00:01',
        mtu: 1400,
        up: true,
        alias: 'netctl a=1 b',
        group: LINK_GROUP,
      });
      expect(await state()).toEqual(whole);
    });

    test('add leaves the MTU to the parent, and needs neither address nor route', async () => {
      const routes = [{ destination: '10.1.0.0/24' }];
      await host.backend.add({ name: 'shim0', kind: 'macvlan', parent: host.parent, addresses: [], routes }, 'x');
      expect(await link()).toMatchObject({ mtu: 1500, up: true });
      expect(await state()).toEqual({ addresses: [], routes: ['10.1.0.0/24 -'] });
    });

    test('add leaves the parent as it is', async () => {
      await host.down(host.parent);
      const before = await link(host.parent);
      await host.backend.add(shim(), 'x');
      expect(await link(host.parent)).toEqual(before);
      expect(await link()).toMatchObject({ up: true, alias: 'x' });
    });

    test('add of a name that is taken changes nothing', async () => {
      await host.backend.add(shim(), 'first');
      const again = host.backend.add(shim({ addresses: ['192.168.1.224'] }), 'second');
      await expect(again).rejects.toMatchObject({ code: 'LINK_FAILED', message: saying('shim0') });
      expect(await link()).toMatchObject({ alias: 'first' });
      expect(await state()).toEqual(whole);
    });

    test('add on a parent that is not there says so', async () => {
      const added = host.backend.add(shim({ parent: 'nosuch0' }), 'x');
      await expect(added).rejects.toMatchObject({
        code: 'LINK_FAILED',
        message: saying('there is no link nosuch0'),
      });
      expect(await link()).toBeUndefined();
    });

    test('add on the parent that was planned for, and on no other of its name', async () => {
      const eth1 = shim({ name: 'eth1', addresses: [], routes: [] });
      const upon = shim({ parent: 'eth1', mac: '02:6e:63:00:00:02' });
      await host.backend.add(eth1, 'x', await indexOf(host.parent));
      const index = await indexOf('eth1');
      await host.replace('eth1');
      const theirs = await link('eth1');
      await expect(host.backend.add(upon, 'x', index)).rejects.toMatchObject({
        code: 'LINK_FAILED',
        message: saying('another link'),
      });
      expect(await link()).toBeUndefined();
      await host.backend.add(upon, 'x', await indexOf('eth1'));
      expect(await link()).toMatchObject({ alias: 'x' });
      expect(await link('eth1')).toEqual(theirs);
    });

    test('add with an MTU above that of the parent says so', async () => {
      const added = host.backend.add(shim({ mtu: 9000 }), 'x');
      await expect(added).rejects.toMatchObject({ code: 'LINK_FAILED', message: saying('MTU 9000') });
      expect(await link()).toBeUndefined();
    });

    test('an add that stops half way leaves a marked link that set completes', async () => {
      const wrong = [{ destination: '192.168.1.192/27', source: '192.168.1.99' }];
      await expect(host.backend.add(shim({ routes: wrong }), 'x')).rejects.toMatchObject({ code: 'LINK_FAILED' });
      expect(await link()).toMatchObject({ group: LINK_GROUP, alias: 'x' });
      await host.backend.set('shim0', await indexOf('shim0'), { addRoutes: shim().routes });
      expect(await state()).toEqual(whole);
    });

    test('set changes alias and MTU and nothing else', async () => {
      await host.backend.add(shim(), 'x');
      const before = await link();
      await host.backend.set('shim0', await indexOf('shim0'), { alias: 'y' });
      expect(await link()).toEqual({ ...before, alias: 'y' });
      await host.backend.set('shim0', await indexOf('shim0'), { mtu: 1300 });
      expect(await link()).toEqual({ ...before, alias: 'y', mtu: 1300 });
      expect(await state()).toEqual(whole);
    });

    test('set brings a link up again, with the addresses and routes that it lost', async () => {
      await host.backend.add(shim(), 'x');
      await host.down('shim0');
      expect(await link()).toMatchObject({ up: false });
      expect((await state()).routes).toEqual([]);
      await host.backend.set('shim0', await indexOf('shim0'), {
        up: true,
        addAddresses: shim().addresses,
        addRoutes: shim().routes,
      });
      expect(await link()).toMatchObject({ up: true });
      expect(await state()).toEqual(whole);
    });

    test('set adds and removes one address', async () => {
      await host.backend.add(shim({ routes: [] }), 'x');
      await host.backend.set('shim0', await indexOf('shim0'), { addAddresses: ['192.168.1.224'] });
      expect((await state()).addresses).toEqual(['192.168.1.223/32', '192.168.1.224/32', 'fd00:1::223/128']);
      await host.backend.set('shim0', await indexOf('shim0'), {
        removeAddresses: ['192.168.1.223/32', 'fd00:1::223/128'],
      });
      expect((await state()).addresses).toEqual(['192.168.1.224/32']);
    });

    test('set moves a route to another source, and adds and removes one', async () => {
      await host.backend.add(shim({ addresses: ['192.168.1.223', '192.168.1.224'], routes: [] }), 'x');
      await host.backend.set('shim0', await indexOf('shim0'), {
        addRoutes: [{ destination: '192.168.1.192/27', source: '192.168.1.223' }],
      });
      await host.backend.set('shim0', await indexOf('shim0'), {
        addRoutes: [{ destination: '192.168.1.192/27', source: '192.168.1.224' }],
      });
      expect((await state()).routes).toEqual(['192.168.1.192/27 192.168.1.224']);
      await host.backend.set('shim0', await indexOf('shim0'), {
        removeRoutes: ['192.168.1.192/27'],
        addRoutes: [{ destination: '192.168.1.64/27' }],
      });
      expect((await state()).routes).toEqual(['192.168.1.64/27 -']);
    });

    test('set twice is as good as once', async () => {
      const change = { alias: 'z', mtu: 1300, up: true, addAddresses: ['192.168.1.224'] } as const;
      const routes = { removeAddresses: ['fd00:1::223/128'], removeRoutes: ['fd00:1::100/120'] };
      await host.backend.add(shim(), 'x');
      await host.backend.set('shim0', await indexOf('shim0'), { ...change, ...routes });
      const once = [await link(), await state()];
      await host.backend.set('shim0', await indexOf('shim0'), { ...change, ...routes });
      expect([await link(), await state()]).toEqual(once);
    });

    test('set leaves another link of the same name alone', async () => {
      await host.backend.add(shim(), 'x');
      const index = await indexOf('shim0');
      await host.replace('shim0');
      const theirs = await link();
      const change = { alias: 'y', mtu: 1300, up: true, addAddresses: ['192.168.1.224'] } as const;
      const set = host.backend.set('shim0', index, { ...change, addRoutes: [{ destination: '10.1.0.0/24' }] });
      await expect(set).rejects.toMatchObject({ code: 'LINK_FAILED', message: saying('another link') });
      expect(await link()).toEqual(theirs);
      expect((await state()).routes).toEqual([]);
    });

    const routesTo = async (wanted: string): Promise<readonly (string | undefined)[]> =>
      (await host.backend.observe()).routes.filter((one) => one.destination === wanted).map((one) => one.link);

    test.each(['192.168.1.192/27', 'fd00:1::100/120'])('a route to %s that another link has stays', async (taken) => {
      const refused = { code: 'LINK_FAILED', message: saying(`Cannot route ${taken} to shim0: somebody made a route`) };
      await host.backend.add(shim({ routes: [] }), 'x');
      await host.route(taken, host.parent);
      const addRoutes = shim().routes.filter(({ destination }) => destination === taken);
      await expect(host.backend.set('shim0', await indexOf('shim0'), { addRoutes })).rejects.toMatchObject(refused);
      expect(await routesTo(taken)).toEqual([host.parent]);
      await host.backend.remove('shim0', await indexOf('shim0'));
      await expect(host.backend.add(shim({ routes: addRoutes }), 'x')).rejects.toMatchObject(refused);
      expect(await routesTo(taken)).toEqual([host.parent]);
    });

    test('a route that somebody gave the link itself by a router stays, until it is to be removed', async () => {
      const destination = '192.168.1.192/27';
      const addRoutes = shim().routes.slice(0, 1);
      await host.backend.add(shim({ routes: [] }), 'x');
      await host.route(destination, 'shim0', '192.168.1.7');
      await expect(host.backend.set('shim0', await indexOf('shim0'), { addRoutes })).rejects.toMatchObject({
        code: 'LINK_FAILED',
        message: saying('by shim0 via 192.168.1.7'),
      });
      expect((await state()).routes).toEqual([`${destination} -`]);
      await host.backend.set('shim0', await indexOf('shim0'), { removeRoutes: [destination], addRoutes });
      expect((await state()).routes).toEqual([`${destination} 192.168.1.223`]);
    });

    test.each([
      ['192.168.1.224', '192.168.1.224/32'],
      ['fd00:1::224', 'fd00:1::224/64'],
    ])('the address %s that another link has is not given to a second one', async (address, whole) => {
      const refused = { code: 'LINK_FAILED', message: saying(`${host.parent} has it now`) };
      await host.backend.add(shim(), 'x');
      await host.address(whole, host.parent);
      const before = await link();
      const change = { alias: 'y', addAddresses: [address] };
      await expect(host.backend.set('shim0', await indexOf('shim0'), change)).rejects.toMatchObject(refused);
      expect(await link()).toEqual(before);
      await host.backend.remove('shim0', await indexOf('shim0'));
      await expect(host.backend.add(shim({ addresses: [address], routes: [] }), 'x')).rejects.toMatchObject(refused);
      expect(await link()).toBeUndefined();
    });

    test('set of a link that is not there says so', async () => {
      const set = host.backend.set('shim0', 7, { alias: 'x' });
      await expect(set).rejects.toMatchObject({ code: 'LINK_FAILED', message: saying('no link shim0') });
    });

    test('remove takes the link with this index, and is content when it is gone', async () => {
      await host.backend.add(shim(), 'x');
      const index = await indexOf('shim0');
      await host.backend.remove('shim0', index);
      expect(await link()).toBeUndefined();
      await host.backend.remove('shim0', index);
    });

    test('remove leaves another link of the same name alone', async () => {
      await host.backend.add(shim(), 'first');
      const old = await indexOf('shim0');
      await host.backend.remove('shim0', old);
      await host.backend.add(shim(), 'second');
      await expect(host.backend.remove('shim0', old)).rejects.toMatchObject({
        code: 'LINK_FAILED',
        message: saying('another link'),
      });
      expect(await link()).toMatchObject({ alias: 'second' });
    });

    test('a bad name is refused before anything is done', async () => {
      for (const bad of ['-x', '', 'a b', 'a%d', 'a-name-of-16-byte']) {
        await expect(host.backend.add(shim({ name: bad }), 'x')).rejects.toMatchObject({ code: 'LINK_FAILED' });
        await expect(host.backend.add(shim({ parent: bad }), 'x')).rejects.toMatchObject({ code: 'LINK_FAILED' });
        await expect(host.backend.set(bad, 1, { alias: 'x' })).rejects.toMatchObject({ code: 'LINK_FAILED' });
        await expect(host.backend.remove(bad, 1)).rejects.toMatchObject({ code: 'LINK_FAILED' });
      }
      expect(await link()).toBeUndefined();
    });

    test('probe answers for the kinds that were asked for', async () => {
      const answers = await host.backend.probe(['macvlan', 'vlan']);
      expect(Object.keys(answers).sort()).toEqual(['macvlan', 'vlan']);
      expect(answers.macvlan).toBe('yes');
      expect(answers.vlan).toMatch(/^(yes|no|unknown)$/);
    });

    const onParent = (): Segment => ({ link: host.parent, vlans: [], kind: 'macvlan' });

    test('asking tells who has an address, of both families, and of whom nobody has', async () => {
      const mac = await host.neighbour('192.168.1.50/24');
      await host.neighbour('fd00:1::50/64');
      const before = await host.backend.observe();
      const answers = await host.backend.ask(onParent(), ['192.168.1.50', '192.168.1.51', 'fd00:1::50', 'fd00:1::51']);
      expect({ ...answers, taken: answers.taken.toSorted((a, b) => (a.address < b.address ? -1 : 1)) }).toEqual({
        taken: [
          { address: '192.168.1.50', mac },
          { address: 'fd00:1::50', mac },
        ],
        unasked: [],
        notes: [],
      });
      expect(await host.backend.observe()).toEqual(before);
    });

    test('asking where nobody has any of them', async () => {
      const answers = await host.backend.ask(onParent(), ['192.168.1.51']);
      expect(answers).toEqual({ taken: [], unasked: [], notes: [] });
    });

    test('asking on a link that is down, or not there, says that nobody could be asked', async () => {
      await host.neighbour('192.168.1.50/24');
      await host.down(host.parent);
      const unasked = ['192.168.1.50'];
      const down = await host.backend.ask(onParent(), unasked);
      expect(down).toEqual({ taken: [], unasked, notes: [`${host.parent} is down`] });
      const none = await host.backend.ask({ ...onParent(), link: 'nosuch0' }, unasked);
      expect(none).toEqual({ taken: [], unasked, notes: ['there is no link nosuch0'] });
    });

    test('watch tells of a link, an address and a route that change, until its end', async () => {
      const told: LinkEvent[] = [];
      const controller = new AbortController();
      const watching = host.backend.watch((event) => told.push(event), controller.signal);
      // It says nothing of when it has begun, so that something is changed until it has.
      const changed = async (change: () => Promise<void>): Promise<void> => {
        await expect
          .poll(
            async () => {
              await change();
              return told.length;
            },
            { timeout: 20_000, interval: 200 },
          )
          .toBeGreaterThan(0);
      };
      await changed(async () => {
        const index = await indexOf('shim0');
        if (index === -1) await host.backend.add(shim({ addresses: [], routes: [] }), 'x');
        else await host.backend.remove('shim0', index);
      });
      let last = 0;
      told.length = 0;
      await changed(async () => host.address(`192.168.1.${String(60 + (last += 1))}/32`, host.parent));
      told.length = 0;
      await changed(async () => host.route(`10.9.${String((last += 1))}.0/24`, host.parent));
      controller.abort();
      await watching;
      const before = told.length;
      await host.route('10.10.0.0/24', host.parent);
      await host.backend.observe();
      expect(told).toHaveLength(before);
      for (const { type } of told) expect(['link', 'address', 'route', 'unknown']).toContain(type);
    });

    test('a host that does not answer meets the deadline', async () => {
      await expect(host.stuck.observe()).rejects.toMatchObject({ code: 'LINK_TIMEOUT' });
      await expect(host.stuck.add(shim(), 'x')).rejects.toMatchObject({ code: 'LINK_TIMEOUT' });
      await expect(host.stuck.set('shim0', 7, { alias: 'x' })).rejects.toMatchObject({ code: 'LINK_TIMEOUT' });
      await expect(host.stuck.ask(onParent(), ['192.168.1.51'])).rejects.toMatchObject({ code: 'LINK_TIMEOUT' });
      await expect(host.stuck.remove('shim0', 7)).rejects.toMatchObject({ code: 'LINK_TIMEOUT' });
    });

    test('a signal that was given before stops everything', async () => {
      const signal = AbortSignal.abort();
      const interrupted = { code: 'INTERRUPTED' };
      await expect(host.backend.observe(signal)).rejects.toMatchObject(interrupted);
      await expect(host.backend.probe(['macvlan'], signal)).rejects.toMatchObject(interrupted);
      await expect(host.backend.ask(onParent(), ['192.168.1.51'], signal)).rejects.toMatchObject(interrupted);
      await expect(host.backend.add(shim(), 'x', undefined, signal)).rejects.toMatchObject(interrupted);
      expect(await link()).toBeUndefined();
      await host.backend.add(shim(), 'x');
      await expect(host.backend.set('shim0', await indexOf('shim0'), { alias: 'y' }, signal)).rejects.toMatchObject(
        interrupted,
      );
      await expect(host.backend.remove('shim0', await indexOf('shim0'), signal)).rejects.toMatchObject(interrupted);
      expect(await link()).toMatchObject({ alias: 'x' });
    });

    test('a signal ends a call that waits', async () => {
      const controller = new AbortController();
      const waiting = host.stuck.observe(controller.signal);
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
    });
  });
}
