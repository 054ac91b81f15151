import type { NetworkKind } from './kind.js';

/** A driver that an engine plugin brings. netctl knows nothing about its options and passes them on. */
export function plugin(driver: string): NetworkKind {
  return {
    driver,
    filledIn: [],
    sharesSubnets: true,
    reserves: true,
    defaults: {},
    options: () => ({}),
    derivedOptions: () => ({}),
    check: () => [],
  };
}
