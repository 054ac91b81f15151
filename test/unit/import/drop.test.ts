import { expect, test } from 'vitest';
import { drop, NOTHING_DROPPED } from '../../../packages/core/src/import/drop.js';

const index = {
  networks: new Map([['key', 'lan']]),
  shims: new Map([['key', 'lan-shim']]),
  parents: new Map([['key', 'eth0-v30']]),
};
const at = (...path: (string | number)[]) => ({ path, why: path.join('.') });

test('a network goes only when nothing less is to blame', () => {
  const both = [at('networks', 'key', 'subnet'), at('networks', 'key', 'shim', 'address')];
  const first = drop(NOTHING_DROPPED, both, index);
  expect([first?.networks.size, first?.links.get('lan-shim')]).toEqual([0, 'networks.key.shim.address']);
  const second = drop(first ?? NOTHING_DROPPED, both, index);
  expect(second?.networks.get('lan')).toBe('networks.key.subnet');
  expect(drop(second ?? NOTHING_DROPPED, both, index)).toBeUndefined();
});

test('each part goes by itself, and what nobody can place is not dropped', () => {
  const objections = [
    at('networks', 'key', 'vlan'),
    at('networks', 'key', 'labels', 'a.b'),
    at('vlans', 'v50', 'id'),
    at('containers', 'web', 'networks', 'key', 'aliases', 0),
    at('containers', 'db'),
  ];
  const { links, labels, places } = drop(NOTHING_DROPPED, objections, index) ?? NOTHING_DROPPED;
  expect([...links.keys()]).toEqual(['eth0-v30', 'v50']);
  expect(labels).toEqual(new Map([['lan', new Set(['a.b'])]]));
  expect([...places.keys()]).toEqual(['web\0key\0aliases', 'db']);
  expect(drop(NOTHING_DROPPED, [at(), at('name'), at('networks', 'other')], index)).toBeUndefined();
});
