import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAddress } from '../../packages/core/src/addresses/prefix.js';
import { factsOf } from '../../packages/core/src/spec/facts.js';
import { parseSpec } from '../../packages/core/src/spec/load.js';
import { roomProblems } from '../../packages/core/src/spec/rules/room.js';
import { askEngine, tryEngine } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { type Desk, openDesk } from './support/netctl.js';

/* What the lint NO_ROOM counts is what the engine has to give: that many containers start, and the next does not. */

const IMAGE = 'netctl/sleep';
let host: Host;
let desk: Desk;

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  desk = await openDesk(host);
  await host.importImage(IMAGE, { programs: ['/bin/sleep'] });
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

interface Row {
  readonly about: string;
  readonly network: object;
  readonly statics?: readonly string[];
  readonly room: number;
}

const mac = (more: object): object => ({
  driver: 'macvlan',
  parent: 'eth0',
  subnet: '10.97.1.0/29',
  gateway: '10.97.1.1',
  ...more,
});

const rows: readonly Row[] = [
  { about: 'a bridge', network: { subnet: '10.97.0.0/29' }, room: 5 },
  { about: 'a bridge of two addresses', network: { subnet: '10.97.0.0/30' }, room: 1 },
  { about: 'a bridge with reserved ones', network: { subnet: '10.97.0.0/29', reserve: { nas: '10.97.0.4' } }, room: 4 },
  { about: 'a bridge with a static one', network: { subnet: '10.97.0.0/29' }, statics: ['10.97.0.5'], room: 4 },
  { about: 'a range on a LAN', network: mac({ ip_range: '10.97.1.4/30' }), room: 3 },
  { about: 'a range on a LAN with a shim', network: mac({ ip_range: '10.97.1.4/30', shim: true }), room: 2 },
  {
    about: 'a range on a LAN, and a static one outside',
    network: mac({ ip_range: '10.97.1.4/30' }),
    statics: ['10.97.1.2'],
    room: 3,
  },
];

describe.each(rows)('$about', ({ network, statics = [], room }) => {
  const spec = { name: 'room', networks: { room: network } };

  test(`has room for ${String(room)}, as the lint counts`, async () => {
    const addresses = statics.flatMap((text) => parseAddress(text) ?? []);
    const counted = (dynamic: number): number => {
      const { spec: read } = parseSpec({ bytes: JSON.stringify(spec), file: 'room.json', env: {} });
      return factsOf(read).flatMap((facts) =>
        roomProblems(facts, { statics: addresses, dynamic: { 4: dynamic, 6: dynamic } }),
      ).length;
    };
    expect([counted(room), counted(room + 1)]).toEqual([0, 1]);

    const file = await desk.write('room.yaml', spec);
    const applied = await desk.netctl(['apply', file]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    const made: string[] = [];
    const start = async (address?: string): Promise<{ readonly status: number; readonly text: string }> => {
      const own = address === undefined ? {} : { IPAMConfig: { IPv4Address: address } };
      const { Id } = await askEngine<{ Id: string }>(host, 'POST', '/containers/create', {
        Image: IMAGE,
        Cmd: ['/bin/sleep', 'infinity'],
        HostConfig: { NetworkMode: 'room', Init: false },
        NetworkingConfig: { EndpointsConfig: { room: own } },
      });
      made.push(Id);
      return tryEngine(host, 'POST', `/containers/${Id}/start`);
    };
    try {
      const fit = async (wanted: readonly (string | undefined)[]): Promise<void> => {
        for (const { status, text } of await Promise.all(wanted.map(start))) expect(status, text).toBe(204);
      };
      await fit(statics);
      await fit(Array.from({ length: room }, () => undefined));
      const { status, text } = await start();
      expect(status).toBe(500);
      expect(text).toMatch(/no available IPv4 addresses/);
    } finally {
      await Promise.all(made.map(async (id) => askEngine(host, 'DELETE', `/containers/${id}?force=1`)));
      const gone = await desk.netctl(['destroy', file, '--yes']);
      expect(gone.exitCode, gone.stderr).toBe(0);
    }
  });
});
