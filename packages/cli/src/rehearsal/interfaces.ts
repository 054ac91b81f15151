import type { LinkBackend, Spec } from '@netctl/core';

export interface RehearsalInterface {
  readonly name: string;
  /** With their prefix lengths. */
  readonly addresses: readonly string[];
}

/**
 * The interfaces that the throwaway host needs: every parent that the spec names and does not make, with the addresses
 * that the real one has where there is one.
 */
export async function rehearsalInterfaces(spec: Spec, links: LinkBackend): Promise<readonly RehearsalInterface[]> {
  const real = await links.observe().then(
    (facts) => facts.links,
    () => [],
  );
  const made = new Set(Object.keys(spec.vlans));
  const parents = [
    ...Object.values(spec.vlans).map(({ parent }) => parent),
    ...Object.values(spec.networks).flatMap(({ parent, driver_opts }) => parent ?? driver_opts?.['parent'] ?? []),
  ];
  const names = new Set(parents.filter((parent) => !made.has(parent)).map((parent) => baseOf(parent)));
  return [...names].sort().map((name) => ({
    name,
    addresses: (real.find((link) => link.name === name)?.addresses ?? [])
      .filter(({ scope }) => scope === 'global')
      .map(({ address, prefixLength }) => `${address}/${prefixLength}`),
  }));
}

/** netctl makes `eth0.40` on `eth0` when it is missing, so the base is what has to be there. */
function baseOf(parent: string): string {
  return /^(.+)\.\d+$/.exec(parent)?.[1] ?? parent;
}
