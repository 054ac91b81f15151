import type { ServiceRegistration } from '../registration.js';
import { quote } from './report.js';
import type { Report } from './report.js';
import { setting } from './settings.js';
import type { Settings } from './settings.js';

/** Consul's own weights where only one is given. */
const DEFAULT = 1;

/** `SERVICE_WEIGHTS_PASSING` and `SERVICE_WEIGHTS_WARNING`: Consul's stanza `weights`, in the words of Registrator. */
export function weightsOf(settings: Settings, report: Report): Pick<ServiceRegistration, 'Weights'> {
  for (const { key, written } of settings.values()) {
    if (!/^weights?_/.test(key) || key === 'weights_passing' || key === 'weights_warning') continue;
    const hint = 'Write SERVICE_WEIGHTS_PASSING or SERVICE_WEIGHTS_WARNING.';
    report('SERVICE_VALUE_INVALID', `${quote(written)} is not known, and not read.`, hint);
  }
  const passing = weightOf(settings, 'weights_passing', 1, report);
  const warning = weightOf(settings, 'weights_warning', 0, report);
  if (passing === undefined && warning === undefined) return {};
  return { Weights: { Passing: passing ?? DEFAULT, Warning: warning ?? DEFAULT } };
}

/** Consul refuses what is over 65535, and a service that passes with a weight of 0 (`structs.ValidateWeights`). */
function weightOf(settings: Settings, key: string, least: number, report: Report): number | undefined {
  const given = setting(settings, key);
  if (given === undefined) return undefined;
  const weight = /^\d{1,5}$/.test(given.value) ? Number(given.value) : NaN;
  if (weight >= least && weight <= 65_535) return weight;
  const message = `${given.written} is ${quote(given.value)}, which is no weight: it counts as not set.`;
  report('SERVICE_VALUE_INVALID', message, `Write a whole number from ${least} to 65535.`);
  return undefined;
}
