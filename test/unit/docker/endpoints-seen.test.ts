import { describe, expect, test } from 'vitest';
import { claimsIn, inBoth, settled, suspects } from '../../../packages/core/src/docker/endpoints-seen.js';
import type { Claim } from '../../../packages/core/src/docker/endpoints-seen.js';

const claim = (endpointId: string): Claim => ({ container: 'c1', name: 'shop', networkId: 'web', endpointId });
const endpoint = (container: string, name = 'shop') => ({ container, name, address: '172.18.0.2/16' });
const web = (...on: ReturnType<typeof endpoint>[]) => new Map([['web', on]]);

describe('claims of containers', () => {
  test('count where they are the same before and after, and not of one that was started again', () => {
    expect(inBoth([claim('e1')], [claim('e1')])).toEqual([claim('e1')]);
    expect(inBoth([claim('e1')], [claim('e2')])).toEqual([]);
  });

  test('are those with an endpoint', () => {
    const Networks = { web: { NetworkID: 'web', EndpointID: 'e1' }, old: { NetworkID: 'old', EndpointID: '' } };
    expect(claimsIn({ Id: 'c1', Name: '/shop', NetworkSettings: { Networks } })).toEqual([claim('e1')]);
  });
});

describe('endpoints without a container', () => {
  const containers = new Set(['c1']);
  const of = (second: ReturnType<typeof web>, claims: readonly Claim[] = []) =>
    settled(web(endpoint('ep-1'), endpoint('c1', 'other')), second, { containers, claims }).get('web');

  test('make their network be looked at once more, others do not', () => {
    expect(suspects(web(endpoint('ep-1'), endpoint('c1')), containers)).toEqual(['web']);
    expect(suspects(web(endpoint('c1')), containers)).toEqual([]);
  });

  test('count when they are there at both looks', () => {
    expect(of(web(endpoint('ep-1')))).toEqual([endpoint('ep-1'), endpoint('c1', 'other')]);
  });

  test.each([
    ['gone', web()],
    ['those of another start', web(endpoint('ep-2'))],
    ['of their container by now', web(endpoint('c1'))],
    ['gone with their network', new Map<string, never[]>()],
  ])('do not when they are %s', (_, second) => {
    expect(of(second)).toEqual([endpoint('c1', 'other')]);
  });

  test('do not when a container of the name claims the network after both', () => {
    expect(of(web(endpoint('ep-1')), [claim('e1')])).toEqual([endpoint('c1', 'other')]);
    expect(of(web(endpoint('ep-1')), [{ ...claim('e1'), networkId: 'lan' }])).toHaveLength(2);
  });
});
