import { NetctlError } from '../errors.js';
import type { StepOf } from '../model.js';
import type { Company } from './company.js';

/**
 * Looks on every host that is to have it for the configuration of a network of the swarm, before that is made: a node without
 * it lets containers wait for 20 s and says nothing of why.
 * @throws NetctlError CHANGED_MEANWHILE, and what the engines throw
 */
export async function everyNodeHasIt(
  { name, props, awaits = [] }: StepOf<'network.create'>,
  together: Company,
): Promise<void> {
  const { configFrom } = props;
  if (configFrom === undefined) return;
  const had = [...together.observed()].filter(
    ([host, { networks }]) => networks.some(isIt) && together.keeps(host, configFrom),
  );
  const hosts = new Set([...awaits, ...had.map(([host]) => ({ host }))].map(({ host }) => host));
  const looks = await Promise.all(
    [...hosts].map(async (host) => {
      const { networks } = await together.engineOf(host).observe();
      return networks.some(isIt) ? [] : [host];
    }),
  );
  const [lacking] = looks.flat();
  if (lacking === undefined) return;
  throw new NetctlError('CHANGED_MEANWHILE', `${configFrom}, of which ${name} is made, is gone on ${lacking}`, {
    hint: 'Run the same command again, which makes it.',
  });

  function isIt(found: { readonly name: string; readonly props: { readonly configOnly?: boolean } }): boolean {
    return found.name === configFrom && found.props.configOnly === true;
  }
}
