import { describe, expect, test } from 'vitest';

import { journalOf } from '../../../packages/core/src/apply/journal.js';
import { waysBack } from '../../../packages/core/src/apply/way-back.js';
import type { Endpoint, ParkedEndpoint } from '../../../packages/core/src/endpoints.js';
import type { FoundNetwork, Plan } from '../../../packages/core/src/model.js';

const endpoint = (name: string, ipv4: string): Endpoint => ({
  container: `id-of-${name}`,
  name,
  state: 'running',
  mode: 'bridge',
  config: { ipv4 },
  has: {},
});
const parked = (name: string, ipv4: string, next?: string): ParkedEndpoint => ({
  host: 'local',
  network: 'network:lan',
  name: 'lan',
  networkId: 'lan-id',
  endpoint: endpoint(name, ipv4),
  ...(next === undefined ? {} : { next: { ipv4: next } }),
});
const network = (name: string, parent: string, holder?: string): FoundNetwork => ({
  id: `${name}-id`,
  name,
  props: {
    driver: 'macvlan',
    ipam: { config: [{ subnet: name === 'other' ? '10.7.0.0/24' : '10.5.0.0/24' }] },
    options: { parent },
    labels: {},
  },
  holders:
    holder === undefined ? [] : [{ type: 'container', id: 'id-of-z', name: 'z', state: 'running', ipv4: holder }],
});
const back = (one: ParkedEndpoint, ...networks: readonly FoundNetwork[]): string | undefined =>
  waysBack([one], networks)[0]?.endpoint.config.ipv4;

describe('the way back of one who was to get another address', () => {
  test('is the address that he had, unless somebody who could meet him has it', () => {
    const lan = network('lan', 'eth0');
    expect(back(parked('a', '10.5.0.5', '10.5.0.9'), lan)).toBe('10.5.0.5');
    expect(back(parked('a', '10.5.0.5', '10.5.0.9'), network('lan', 'eth0', '10.5.0.5'))).toBe('10.5.0.9');
    expect(back(parked('a', '10.5.0.5', '10.5.0.9'), lan, network('lan2', 'eth0', '10.5.0.5'))).toBe('10.5.0.9');
    expect(back(parked('a', '10.5.0.5', '10.5.0.9'), lan, network('other', 'eth1', '10.5.0.5'))).toBe('10.5.0.5');
  });

  test('is known of one whom an earlier apply took off, and whom this one puts on otherwise', () => {
    const earlier = {
      version: 1,
      stack: 'home',
      startedAt: '',
      owner: {},
      parked: [],
      networks: [],
      links: [],
    } as never;
    const step = {
      op: 'endpoint.attach',
      host: 'local',
      ref: 'endpoint:lan/a',
      why: '',
      disruptive: false,
      network: 'lan',
      networkId: 'lan-id',
      endpoint: endpoint('a', '10.5.0.6'),
      was: endpoint('a', '10.5.0.5'),
    } as const;
    const plan: Plan = { version: 1, stack: 'home', stages: [[step]], problems: [] };
    const journal = journalOf(plan, {} as never, '', [], {
      journal: earlier,
      parked: [parked('a', '10.5.0.5', '10.5.0.7')],
    });
    expect(journal.parked).toEqual([parked('a', '10.5.0.5', '10.5.0.6')]);
  });
});
