import { expect } from 'vitest';
import { blocks } from '../../integration/support/compose-language/blocks.js';
import { inspected } from '../../integration/support/compose-language/compare.js';
import { openMakers, PROJECT } from '../../integration/support/compose-language/makers.js';
import { isAtLeast } from '../../integration/support/engine-client.js';
import type { Bench } from '../support/bench.js';
import { image } from '../support/container.js';

/** The blocks of test/integration/compose-language.test.ts that the kernel of most test machines lacks a driver for. */
export async function ipvlanBlocks({ first: { host }, engine }: Bench): Promise<void> {
  const ours = blocks
    .filter(({ kinds, since = '0' }) => kinds?.includes('ipvlan') === true && isAtLeast(engine, since))
    .map(({ name, yaml }, index) => {
      const number = String(index + 1);
      return { key: `n-${name}`, yaml: yaml.replaceAll('#', number).replace('eth@', `eth${number}`) };
    });
  const networks = new Map(ours.map(({ key, yaml }) => [key, yaml]));
  const look = async (prefix: string) =>
    Promise.all(ours.map(async ({ key, yaml }) => inspected(host, `${prefix}${key}`, yaml)));
  await using makers = await openMakers(host, image);
  const created = await makers.compose(networks);
  expect(created.exitCode, created.stderr).toBe(0);
  const compose = await look(`${PROJECT}_`);
  const down = await makers.composeDown();
  expect(down.exitCode, down.stderr).toBe(0);
  await makers.netctl(networks);
  expect(await look('')).toEqual(compose);
  await makers.netctl(new Map());
}
