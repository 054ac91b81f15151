import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diff } from '../../../packages/consul/src/diff.js';
import { each } from '../../../packages/consul/src/each.js';
import { heartbeat, heartbeatId, withLifeline } from '../../../packages/consul/src/heartbeat.js';
import { readLive } from '../../../packages/consul/src/live.js';
import { tokenMark, withMarks } from '../../../packages/consul/src/marks.js';
import type { ServiceRegistration } from '../../../packages/consul/src/registration.js';
import { withSidecarChecks } from '../../../packages/consul/src/sidecar.js';
import { owner, service } from '../../consul/support/services.js';

const marked = (registration: ServiceRegistration, token?: string): ServiceRegistration =>
  withMarks(withLifeline(registration, owner, {}), owner, tokenMark(token));

/** What an agent lists after it was told of these. */
function listed(...registrations: readonly ServiceRegistration[]) {
  const services = registrations.map((one) => {
    const { Name, Weights = { Passing: 1, Warning: 1 } } = one;
    return { ...one, Connect: undefined, Service: Name, Weights, EnableTagOverride: false };
  });
  const checks = registrations.flatMap(({ ID, Checks = [] }) =>
    Checks.map(({ CheckID, Status }) => ({
      CheckID,
      ServiceID: ID,
      Name: '',
      Output: '',
      Status: Status ?? 'critical',
    })),
  );
  const live = readLive(
    Object.fromEntries(services.map((one) => [one.ID, one])),
    Object.fromEntries(checks.map((one) => [one.CheckID, one])),
  );
  if (live === undefined) throw new Error('these are no lists');
  return live;
}

describe('the comparison', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));

  test('of any services with any others is what separates them', () => {
    fc.assert(
      fc.property(names, names, (before, after) => {
        const [had, wanted] = [before, after].map((all) => all.map((name) => marked(service(name))));
        const { change, remove, unchanged, conflicts } = diff(wanted ?? [], listed(...(had ?? [])), owner);
        const ids = (all: readonly string[]) => all.map((name) => service(name).ID);
        expect(change.map(({ registration }) => registration.ID)).toEqual(
          ids(after.filter((name) => !before.includes(name))),
        );
        expect(remove).toEqual(ids(before.filter((name) => !after.includes(name))));
        expect(unchanged).toEqual(ids(after.filter((name) => before.includes(name))));
        expect(conflicts).toEqual([]);
      }),
    );
  });

  test.each<[string, ServiceRegistration]>([
    ['another check', service('web', { Checks: [{ TCP: '10.5.0.10:81', Interval: '10s' }] })],
    ['a check more', service('web', { Checks: [{ TCP: '10.5.0.10:80', Interval: '10s' }, { TTL: '1m' }] })],
    ['no check', service('web')],
  ])('sees %s, of which the agent lists nothing', (_name, wanted) => {
    const had = service('web', { Checks: [{ TCP: '10.5.0.10:80', Interval: '10s' }] });
    expect(diff([marked(wanted)], listed(marked(had)), owner).change).toHaveLength(1);
  });

  test('does not see the order of keys, or what is left out', () => {
    const { ID, Name, Tags, Address, Port, Meta } = service('web');
    const other = { Meta, Port, Address, Tags, Name, ID, Weights: undefined } as unknown as ServiceRegistration;
    expect(diff([marked(other)], listed(marked(service('web'))), owner).change).toEqual([]);
  });

  test('sees another token, and the mark tells nobody what it is', () => {
    const had = listed(marked(service('web'), 'one'));
    expect(diff([marked(service('web'), 'one')], had, owner).change).toEqual([]);
    expect(diff([marked(service('web'), 'two')], had, owner).change).toHaveLength(1);
    expect(tokenMark('one')).toMatch(/^[0-9a-f]{4}$/);
  });

  test('sees a service that is down though the heartbeat that it follows is well', () => {
    const [web, beat] = [marked(service('web')), withMarks(heartbeat(owner, {}), owner, '')];
    const down: ServiceRegistration = {
      ...web,
      Checks: web.Checks?.map((one) => ({ ...one, Status: 'critical' })) ?? [],
    };
    expect(diff([beat, web], listed(beat, down), owner).change.map(({ registration }) => registration.ID)).toEqual([
      web.ID,
    ]);
    const ended: ServiceRegistration = {
      ...beat,
      Checks: beat.Checks?.map((one) => ({ ...one, Status: 'critical' })) ?? [],
    };
    expect(diff([beat, web], listed(ended, down), owner).change).toEqual([]);
  });

  test('takes nothing for lost while the node itself is down, as in maintenance', () => {
    const [web, beat] = [marked(service('web')), withMarks(heartbeat(owner, {}), owner, '')];
    const down = { ...web, Checks: web.Checks?.map((one) => ({ ...one, Status: 'critical' as const })) ?? [] };
    const live = listed(beat, down);
    const node = (Status: string) => {
      const check = { CheckID: '_node_maintenance', ServiceID: '', Status };
      const { checks } = readLive({}, { check }) ?? live;
      return { ...live, checks: new Map([...live.checks, ...checks]) };
    };
    expect(diff([beat, web], node('critical'), owner).change).toEqual([]);
    expect(diff([beat, web], node('passing'), owner).change).toHaveLength(1);
  });

  test('tells an id that is asked for twice, and the first has it', () => {
    const [first, second] = [marked(service('web')), marked(service('web', { Port: 81 }))];
    const { change, conflicts } = diff([first, second], listed(), owner);
    expect(change.map(({ registration }) => registration.Port)).toEqual([80]);
    expect(conflicts.map(({ message }) => message)).toEqual([`${first.ID} is asked for twice; the first has it`]);
  });

  test('has marks that no container can set', () => {
    const forged = marked(
      service('web', { Meta: { 'netctl-stack': 'other', 'netctl-host': 'x', 'netctl-spec': 'y' } }),
    );
    expect(forged.Meta).toMatchObject({ 'netctl-stack': 'shop', 'netctl-host': 'node01' });
    expect(forged.Meta['netctl-spec']).toMatch(/^[0-9a-f]{32}$/);
  });
});

test('the heartbeat outlives what follows it, since nothing that it follows would be well for a minute', () => {
  const [beat] = heartbeat(owner, { ttl: 60, deregisterAfter: 90 }).Checks ?? [];
  const [lifeline] = withLifeline(service('web'), owner, { ttl: 60, deregisterAfter: 90 }).Checks ?? [];
  expect(beat).toMatchObject({ CheckID: 'netctl:shop:node01', TTL: '60s', DeregisterCriticalServiceAfter: '210s' });
  expect(lifeline).toMatchObject({ AliasService: 'netctl:shop:node01', DeregisterCriticalServiceAfter: '90s' });
});

describe('a sidecar', () => {
  const checksOf = (sidecar: object) =>
    withSidecarChecks(service('web', { Address: 'fd00::10', Connect: { SidecarService: sidecar } })).Connect
      ?.SidecarService?.Checks;
  const follows = { CheckID: `${service('web').ID}-sidecar-proxy:check:service`, AliasService: service('web').ID };

  test('is looked for at its own address, and not at the 127.0.0.1 of the agent', () => {
    expect(checksOf({ Port: 21_000 })).toMatchObject([follows, { TCP: '[fd00::10]:21000', Interval: '10s' }]);
    expect(checksOf({ Port: 1, Address: '10.5.0.2' })).toMatchObject([follows, { TCP: '10.5.0.2:1' }]);
  });

  test('at a port that Consul chooses follows its service alone', () => {
    expect(checksOf({})).toMatchObject([follows]);
    expect(withSidecarChecks(service('web'))).toEqual(service('web'));
  });
});

test.each([undefined, null, [], 'x', 3])('%j is no list of services', (body) => {
  expect(readLive(body, {})).toBeUndefined();
  expect(readLive({}, body)).toBeUndefined();
});

describe('a few at a time', () => {
  test('never more than that', async () => {
    let [now, most, done] = [0, 0, 0];
    await each(Array.from({ length: 20 }), 3, async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      done += 1;
    });
    expect([most, done]).toEqual([3, 20]);
  });

  test('begins no more after a failure, and waits for those begun', async () => {
    const [begun, ended]: [number[], number[]] = [[], []];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      if (item === 1) throw new Error('no');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
    };
    await expect(each([0, 1, 2, 3, 4], 2, work)).rejects.toThrow('no');
    expect([begun, ended]).toEqual([[0, 1], [0]]);
  });
});

test('the heartbeats of two owners are two, however their names are cut', () => {
  const ids = [heartbeatId({ stack: 'home-lab', host: 'x' }), heartbeatId({ stack: 'home', host: 'lab-x' })];
  expect(new Set(ids).size).toBe(2);
});
