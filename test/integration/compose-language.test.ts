import { type Host, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cachedEngines } from '../support/engines.js';
import { type Block, blocks, THEIRS } from './support/compose-language/blocks.js';
import { inspected, type Shown } from './support/compose-language/compare.js';
import { refusals } from './support/compose-language/refusals.js';
import { type Makers, openMakers, PROJECT } from './support/compose-language/makers.js';
import { askEngine, engineVersion, type Inspected, isAtLeast, makeForeignNetwork } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { kernelLacks, lacking, linkKinds, type TestedKind } from './support/kernel.js';
import { composeProgram } from './support/replace/compose.js';
import { until } from './support/until.js';

/* A network block means to netctl what it means to Compose: both make all of them on one engine, one after the other. */

const ADDRESS = '192.168.1.10';
const IMAGE = 'netctl/sleep';
const parents = blocks.filter(({ yaml }) => yaml.includes('eth@')).map((_, index) => `eth${String(index + 1)}`);

/** The blocks as they are written: each with subnets of its own, those on a LAN with a parent of their own. */
function written(): readonly (Block & { readonly key: string })[] {
  const free = [...parents];
  return blocks.map((block, index) => ({
    ...block,
    key: `n-${block.name}`,
    yaml: block.yaml.replaceAll('#', String(index + 1)).replace('eth@', () => free.shift() ?? ''),
  }));
}

describe.skipIf(composeProgram === undefined)('Compose as a language', () => {
  const opened: AsyncDisposable[] = [];
  const all = written();
  const shown = { compose: new Map<string, Shown>(), netctl: new Map<string, Shown>() };
  let theirs: readonly object[];
  let version: string;
  let lacks: readonly TestedKind[];
  let host: Host;
  let makers: Makers;

  const why = ({ since = '0', kinds = [] }: Block): string | undefined => {
    const missing = kinds.filter((kind) => lacks.includes(kind));
    if (missing.length > 0) return lacking(missing);
    return isAtLeast(version, since) ? undefined : `needs engine ${since}, this one is ${version}`;
  };
  const look = async (prefix: string): Promise<Map<string, Shown>> => {
    const here = all.filter((block) => why(block) === undefined);
    return new Map(
      await Promise.all(
        here.map(
          async ({ key, named, yaml }) => [key, await inspected(host, named ?? `${prefix}${key}`, yaml)] as const,
        ),
      ),
    );
  };
  const lookAtTheirs = async () =>
    Promise.all(THEIRS.map((name) => askEngine<object>(host, 'GET', `/networks/${name}`)));

  beforeAll(async () => {
    const lan = await startLan();
    opened.push(lan);
    const eth0 = { name: 'eth0', lan, addresses: [`${ADDRESS}/24`] };
    const pools = ['--default-address-pool', 'base=10.240.0.0/16,size=24'];
    host = await startHost({
      interfaces: [eth0, ...parents.map((name) => ({ name, lan }))],
      engine: { ...testEngine(), arguments: pools },
    });
    opened.push(host);
    version = await engineVersion(host);
    lacks = await kernelLacks(Object.keys(linkKinds) as TestedKind[]);
    await host.initSwarm(ADDRESS);
    await host.importImage(IMAGE, { programs: ['/bin/sleep'] });
    makers = await openMakers(host, IMAGE);
    opened.push(makers);
    for (const name of THEIRS) await makeForeignNetwork(host, name);
    theirs = await lookAtTheirs();
    const networks = new Map(all.filter((block) => why(block) === undefined).map(({ key, yaml }) => [key, yaml]));

    const created = await makers.compose(networks);
    expect(created.exitCode, created.stderr.slice(-1000)).toBe(0);
    await until('the swarm has made its networks', async () => {
      const there = await askEngine<readonly Inspected[]>(host, 'GET', '/networks');
      return there.every(({ Driver }) => Driver !== '');
    });
    shown.compose = await look(`${PROJECT}_`);
    const down = await makers.composeDown();
    expect(down.exitCode, down.stderr).toBe(0);

    await makers.netctl(networks);
    shown.netctl = await look('');
  });

  afterAll(async () => {
    for (const one of opened.reverse()) await one[Symbol.asyncDispose]();
  });

  test.for(all)('$name: $yaml', (block, ctx) => {
    const skipped = why(block);
    if (skipped !== undefined) return ctx.skip(skipped);
    const compose = shown.compose.get(block.key);
    if (compose === undefined) throw new Error('Compose has not made it');
    expect(shown.netctl.get(block.key)).toEqual(block.butCompose?.instead(compose) ?? compose);
  });

  test.for(refusals.map((one, index) => ({ ...one, yaml: one.yaml.replaceAll('#', String(index + 1)) })))(
    '$yaml is refused ($code): $why',
    async ({ yaml, code, docker }, ctx) => {
      if (version !== cachedEngines().at(-1)?.version) return ctx.skip('the newest engine speaks for all');
      const networks = new Map([['refused', yaml]]);
      expect(await makers.refusals(networks)).toContain(code);
      const created = await makers.compose(networks);
      await makers.composeDown();
      expect(created.exitCode === 0 ? 'takes it' : 'refuses', created.stderr).toBe(docker);
    },
  );

  test('networks that are external are as they were', async () => {
    expect(await lookAtTheirs()).toEqual(theirs);
  });
});
