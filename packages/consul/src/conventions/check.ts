import type { CheckRegistration } from '../registration.js';
import { CHECK_KINDS } from './check-kinds.js';
import type { CheckTarget } from './check-kinds.js';
import { optionsOfAll, optionsOfRun } from './check-options.js';
import { quote } from './report.js';
import type { Report } from './report.js';
import { setting } from './settings.js';
import type { Settings } from './settings.js';

const OPTIONS = [
  'check_http_method',
  'check_https_method',
  'check_grpc_use_tls',
  'check_tls_skip_verify',
  'check_initial_status',
  'check_interval',
  'check_timeout',
  'check_deregister_after',
];
const KNOWN: ReadonlySet<string> = new Set([...CHECK_KINDS.map(([key]) => key), ...OPTIONS]);

/**
 * The check of a service, at most one; none where it asks for none. Undefined where it asks for one that cannot be made:
 * Consul would say for ever that a service without a check is well.
 */
export function checksOf(
  settings: Settings,
  target: CheckTarget,
  report: Report,
): readonly CheckRegistration[] | undefined {
  for (const { key, written } of settings.values()) {
    if (!key.startsWith('check_') || KNOWN.has(key)) continue;
    const known = [...KNOWN].map((one) => `SERVICE_${one.toUpperCase()}`).join(', ');
    report('SERVICE_CHECK_INVALID', `${quote(written)} is not known, and not read.`, `These are: ${known}.`);
  }
  for (const [key, make] of CHECK_KINDS) {
    const variable = setting(settings, key);
    if (variable === undefined) continue;
    const made = make(variable, target, settings, report);
    const always = optionsOfAll(settings, report);
    if (!('fault' in made)) {
      return [{ ...made, ...(made.TTL === undefined ? optionsOfRun(settings, report) : {}), ...always }];
    }
    const message = `${variable.written} is ${quote(variable.value)}, and no check can be made of it: ${made.fault}. The service is not registered, since without its check it would always pass.`;
    report('SERVICE_CHECK_INVALID', message, made.hint);
    return undefined;
  }
  return [];
}
