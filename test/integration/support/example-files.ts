import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './netctl.js';
import type { TestedKind } from './kernel.js';

export interface Example {
  /** Below examples/. */
  readonly name: string;
  readonly path: string;
  readonly overlay: boolean;
  /** Kinds of links that it cannot do without. */
  readonly kinds: readonly TestedKind[];
}

/** Every spec for one host in examples/. */
export async function exampleSpecs(): Promise<readonly Example[]> {
  return (await allSpecs()).filter(({ hosts }) => !hosts);
}

/** Those for several. */
export async function exampleSpecsOfHosts(): Promise<readonly Example[]> {
  return (await allSpecs()).filter(({ hosts }) => hosts);
}

/** Found by looking, so that none can be forgotten. What it needs is read off its text. */
async function allSpecs(): Promise<readonly (Example & { readonly hosts: boolean })[]> {
  const folder = join(repository, 'examples');
  // What `docker stack deploy` and pipelines take is no spec.
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => /(?<!\.stack)\.ya?ml$/.test(name) && !name.startsWith('ci/'))
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const text = (await readFile(path, 'utf8')).replaceAll(/#.*/g, '');
      const signs: readonly (readonly [TestedKind, RegExp])[] = [
        ['macvlan', /driver: macvlan/],
        ['ipvlan', /driver: ipvlan/],
        ['vlan', /^vlans:|\bvlan: \d|parent: \S+\.\d+\s/m],
        ['vxlan', /driver: overlay/],
      ];
      const kinds = signs.filter(([, sign]) => sign.test(text)).map(([kind]) => kind);
      return { name, path, overlay: kinds.includes('vxlan'), kinds, hosts: /^hosts:/m.test(text) };
    }),
  );
}
