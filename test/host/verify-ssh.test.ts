import type { VerifyResult } from '@netctl/core';
import { expect, test } from 'vitest';
import { documentOf } from '../integration/support/netctl.js';
import { snapshotOf } from '../integration/support/host-snapshot.js';
import { busyboxImage, startContainer } from '../integration/support/workload.js';
import { openSshBench, targetAddress } from './support/ssh-bench.js';

/* From another machine: the packets are sent on the host that ssh leads to, and nothing is left on either. */

test('the namespaces of a host that ssh leads to are entered there', async () => {
  await using bench = await openSshBench();
  const { desk, target } = bench;
  const file = await desk.write('far.yaml', {
    name: 'far',
    networks: { web: { subnet: '10.71.0.0/24' }, empty: { subnet: '10.72.0.0/24' } },
  });
  const on = ['-H', `ssh://root@${targetAddress}`];
  const applied = await desk.netctl(['apply', file, ...on]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  const image = await busyboxImage(target);
  for (const name of ['front', 'back'])
    await startContainer(target, { image, name, network: 'web', aliases: [`${name}-alias`] });
  const before = await snapshotOf(target);

  const verified = await desk.netctl(['verify', file, '--json', ...on]);
  const { checks } = documentOf<VerifyResult>(verified);
  const unproved = checks
    .filter(({ state }) => state !== 'passed')
    .map(({ kind, claim, cause }) => [kind, claim, cause]);
  // The target has no router, and nobody else is known there.
  const nobody = 'the host has no default route and no other host is in the spec, so nobody is known outside';
  expect(unproved).toEqual([
    ['outside', 'containers of web get out through the host', nobody],
    ['outside', 'containers of empty get out through the host', nobody],
  ]);
  const proved = (key: string): readonly string[] =>
    [
      ...new Set(
        checks
          .filter(({ network, state }) => state === 'passed' && network === `network:${key}`)
          .map(({ kind }) => kind),
      ),
    ].sort();
  expect(proved('web')).toEqual(['container', 'gateway', 'mtu', 'name', 'route']);
  expect(proved('empty')).toEqual(['gateway', 'mtu']);
  expect(verified.exitCode).toBe(0);
  expect(await snapshotOf(target)).toEqual(before);
  expect(await bench.left()).toEqual([]);
});
