import { afterAll, beforeAll, expect, test } from 'vitest';
import { driftsOf, shimCases } from './support/drift/link-cases.js';
import { lookAtLink } from './support/drift/look-at-link.js';
import { type FaultBench, lanNetwork, openFaultBench } from './support/fault-bench.js';

const cases = shimCases({
  name: 'lan-shim',
  stack: 'links',
  kind: 'macvlan',
  modes: ['bridge', 'vepa'],
  parent: 'eth0',
  otherParent: 'eth1',
  address: '192.168.1.223',
  otherAddress: '192.168.1.77',
  range: '192.168.1.192/27',
  otherRange: '192.168.1.64/27',
});

let bench: FaultBench;
let spec: string;

beforeAll(async () => {
  bench = await openFaultBench();
  spec = await bench.desk.write('links.yaml', { name: 'links', networks: { lan: { ...lanNetwork, shim: true } } });
  const applied = await bench.desk.netctl(['apply', spec]);
  expect(applied.exitCode, applied.stderr).toBe(0);
});

afterAll(() => bench[Symbol.asyncDispose]());

test.for(driftsOf(cases))('a shim of which somebody made that $label', async (drift) => {
  await lookAtLink({ ...bench, spec, link: 'lan-shim' }, drift);
});
