import { expect, test } from 'vitest';
import { examine } from '../../../packages/core/src/doctor/examine.js';
import type { Instruments } from '../../../packages/core/src/doctor/examine.js';
import type { LinkFact } from '../../../packages/core/src/links.js';
import type { FoundNetwork } from '../../../packages/core/src/model.js';
import { memoryHost } from '../../support/memory/index.js';
import { ENGINE, link, LINKS, network } from './healthy.js';

const NEW = network('new', 'ab'.repeat(32), { ipam: { config: [{ subnet: '172.19.0.0/16', gateway: '172.19.0.1' }] } });
const BRIDGE = link('br-abababababab', { kind: 'bridge' });

/** The codes of what is found where the links and the network are there as told: before, at, and after the look at the engine. */
async function found(before: readonly LinkFact[], at: readonly FoundNetwork[], after: readonly LinkFact[]) {
  const looks = [before, after];
  const instruments: Instruments = {
    engine: () => Promise.resolve({ ...ENGINE, networks: [...ENGINE.networks, ...at] }),
    links: {
      ...memoryHost().links,
      observe: () => Promise.resolve({ ...LINKS, links: [...LINKS.links, ...(looks.shift() ?? [])] }),
    },
    reader: { why: 'not here' },
  };
  const findings = await examine(instruments);
  return findings.flatMap(({ code, severity }) => (severity === 'ok' || code === 'NOT_LOOKED' ? [] : [code]));
}

test.each([
  ['is made before the look at the engine', [], [NEW], [BRIDGE]],
  ['is made after it', [], [], [BRIDGE]],
  ['is removed before it', [BRIDGE], [], []],
  ['is removed after it', [BRIDGE], [NEW], []],
])('a network that %s is no fault', async (_, before, at, after) => {
  expect(await found(before, at, after)).toEqual([]);
});

test('a bridge or a network that stays alone is one', async () => {
  expect(await found([BRIDGE], [], [BRIDGE])).toEqual(['BRIDGE_STALE']);
  expect(await found([], [NEW], [])).toEqual(['BRIDGE_GONE']);
});
