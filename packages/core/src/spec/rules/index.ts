import { addressRules } from './addresses.js';
import { containerRules } from './containers.js';
import { driverRules } from './drivers.js';
import { ignoreRules } from './ignore.js';
import { lanRules } from './lan.js';
import { linkNameRules } from './link-names.js';
import { linkRules } from './links.js';
import { nameRules } from './names.js';
import { optionRules } from './options.js';
import { overlapRules } from './overlap.js';
import { poolRules } from './pools.js';
import { reserveRules } from './reserve.js';
import { roomRules } from './room.js';
import type { Rule } from './rule.js';
import { scopeRules } from './scope.js';
import { serviceRules } from './services.js';
import { shimRules } from './shim.js';
import { staticRules } from './statics.js';

/** Everything that can be known of a spec without looking at any host. */
export const RULES: readonly Rule[] = [
  ...nameRules,
  ...driverRules,
  ...scopeRules,
  ...optionRules,
  ...linkRules,
  ...linkNameRules,
  ...addressRules,
  ...poolRules,
  ...reserveRules,
  ...overlapRules,
  ...shimRules,
  ...lanRules,
  ...roomRules,
  ...ignoreRules,
  ...containerRules,
  ...staticRules,
  ...serviceRules,
];

/** Problems about what is not there, which say nothing when a key of that network could not be read. */
export const ABOUT_ABSENCE: ReadonlySet<string> = new Set([
  'NO_GATEWAY',
  'NO_IP_RANGE',
  'NO_SUBNET',
  'PARENT_REQUIRED',
  'SHIM_NEEDS_RANGE',
  'SUBNET_REQUIRED',
  'SWARM_NEEDS_CONFIG_FROM',
]);
