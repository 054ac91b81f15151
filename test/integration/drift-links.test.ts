import { afterAll, beforeAll, test } from 'vitest';
import { driftsOf, shimCases } from './support/drift/link-cases.js';
import { lookAtLink } from './support/drift/look-at-link.js';
import { type FaultBench, lanNetwork, openFaultBench } from './support/fault-bench.js';
import { byCommand, type OnHost } from './support/planned.js';

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
let spec: OnHost;

beforeAll(async () => {
  bench = await openFaultBench();
  const { desk } = bench;
  const path = await desk.write('links.yaml', { name: 'links', networks: { lan: { ...lanNetwork, shim: true } } });
  spec = byCommand(desk, path);
  await spec.apply();
});

afterAll(() => bench[Symbol.asyncDispose]());

test.for(driftsOf(cases))('a shim of which somebody made that $label', async (drift) => {
  await lookAtLink({ host: bench.host, spec, link: 'lan-shim' }, drift);
});
