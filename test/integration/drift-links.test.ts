import { afterAll, beforeAll, expect, test } from 'vitest';
import { driftsOf, shimCases } from './support/drift/link-cases.js';
import { lookAtLink } from './support/drift/look-at-link.js';
import { type FaultBench, lanNetwork, openFaultBench } from './support/fault-bench.js';
import { ownLan } from './support/own-lan.js';
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

test('a spec that changes after persist is told of, with the cure; so is what would come back', async () => {
  const { desk } = bench;
  const file = await desk.write('kept.yaml', {
    name: 'kept',
    networks: { side: { ...ownLan(60, { parent: 'eth1' }), shim: true } },
  });
  const netctl = async (...args: readonly string[]) => desk.netctl([...args, file]);
  const told = async (...args: readonly string[]) =>
    (await netctl('plan', ...args)).stderr.includes('PERSISTED_OTHERWISE');
  try {
    expect((await netctl('persist', '--format', 'shell')).exitCode).toBe(0);
    expect(await told()).toBe(false);
    await desk.write('kept.yaml', {
      name: 'kept',
      networks: { side: { ...ownLan(60, { parent: 'eth1' }), shim: { address: '10.60.0.9' } } },
    });
    const { stderr } = await netctl('plan');
    expect(stderr).toMatch(/^warning: .*was written for another .*: at boot the links are made as they were then/m);
    expect(stderr).toContain(`netctl persist ${file}`);
    expect((await netctl('status')).stderr).toContain('PERSISTED_OTHERWISE');
    expect((await netctl('persist', '--format', 'shell')).exitCode).toBe(0);
    expect(await told()).toBe(false);
    expect(await told('--destroy')).toBe(true);
    await desk.write('kept.yaml', { name: 'kept', networks: { web: { subnet: '10.5.0.0/24' } } });
    expect((await netctl('plan')).stderr).toContain(`netctl persist --remove ${file}`);
  } finally {
    await netctl('persist', '--remove');
  }
  expect(await told()).toBe(false);
});
