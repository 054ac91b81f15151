import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { testEngine } from './engine.js';
import { partOf, snapshotOf } from './host-snapshot.js';
import { type Desk, openDesk } from './netctl.js';

/** A host at 192.168.1.10 on a LAN whose router is 192.168.1.1; `eth1` is on the LAN too, without an address. */
export interface FaultBench extends AsyncDisposable {
  readonly lan: Lan;
  readonly host: Host;
  readonly desk: Desk;
  /** eth0 as it is, with its addresses and routes; what is stacked on it left out. */
  parent(): Promise<readonly string[]>;
}

export async function openFaultBench(): Promise<FaultBench> {
  const lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const host = await startHost({
    interfaces: [
      { name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' },
      { name: 'eth1', lan },
    ],
    engine: testEngine(),
  });
  const desk = await openDesk(host);
  return {
    lan,
    host,
    desk,
    parent: async () => partOf(await snapshotOf(host), 'eth0').filter((line) => !line.includes('macvlan')),
    [Symbol.asyncDispose]: async () => {
      await desk[Symbol.asyncDispose]();
      await host.close();
      await lan.close();
    },
  };
}

/** A network on the LAN of the bench. */
export const lanNetwork = {
  driver: 'macvlan',
  parent: 'eth0',
  subnet: '192.168.1.0/24',
  gateway: '192.168.1.1',
  ip_range: '192.168.1.192/27',
} as const;

/** Makes and removes no link, and needs to know none. */
export const plainSpec = { name: 'plain', networks: { 'plain-net': { subnet: '10.40.0.0/24' } } };

/**
 * Three stages: the shim, a configuration and a network on a subnet that netctl chooses; the networks that wait for one
 * of these; a network on a subnet that the engine chooses.
 */
export const wholeSpec = {
  name: 'whole',
  networks: {
    lan: { ...lanNetwork, shim: true },
    config: { config_only: true, subnet: '10.41.0.0/24' },
    made: { config_from: 'config' },
    web: { subnet: 'auto' },
    last: null,
  },
};
export const wholeNetworks = ['config', 'lan', 'last', 'made', 'web'];
