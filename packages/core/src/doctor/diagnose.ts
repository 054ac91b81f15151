import { bridges } from './checks/bridges.js';
import type { Check } from './checks/check.js';
import { endpoints } from './checks/endpoints.js';
import { engine } from './checks/engine.js';
import { exposure } from './checks/exposure.js';
import { firewall } from './checks/firewall.js';
import { kernel } from './checks/kernel.js';
import { managers } from './checks/managers.js';
import { networks } from './checks/networks.js';
import { platform } from './checks/platform.js';
import { pools } from './checks/pools.js';
import { settings } from './checks/settings.js';
import { spec } from './checks/spec.js';
import { storage } from './checks/storage.js';
import { iproute2, privileges } from './checks/tools.js';
import type { DoctorFacts } from './facts.js';
import type { Finding } from './finding.js';

/** In the order of the report. */
const CHECKS: readonly Check[] = [
  engine,
  storage,
  kernel,
  iproute2,
  privileges,
  platform,
  managers,
  firewall,
  settings,
  pools,
  networks,
  endpoints,
  bridges,
  exposure,
  spec,
];

/** What the facts of a host mean; pure. */
export function diagnose(facts: DoctorFacts): readonly Finding[] {
  return CHECKS.flatMap((check) => check(facts));
}
