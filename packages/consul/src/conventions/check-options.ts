import type { CheckRegistration } from '../registration.js';
import { isDuration } from './duration.js';
import { quote } from './report.js';
import type { Report } from './report.js';
import { setting } from './settings.js';
import type { Settings } from './settings.js';
import type { Variable } from './variables.js';

/** How often Registrator has a check run when nothing says otherwise; Consul has no default. */
const INTERVAL = '10s';

type Always = Pick<CheckRegistration, 'Status' | 'DeregisterCriticalServiceAfter'>;
type Timed = Pick<CheckRegistration, 'Interval' | 'Timeout' | 'TLSSkipVerify'>;

/** What every check may have. What Consul would refuse is as if it were not there. */
export function optionsOfAll(settings: Settings, report: Report): Always {
  const status = setting(settings, 'check_initial_status');
  if (status !== undefined && !isStatus(status.value)) {
    ignored(status, 'which is no state of a check', 'Write passing, warning or critical.', report);
  }
  const after = durationOf(settings, 'check_deregister_after', report);
  return {
    ...(status !== undefined && isStatus(status.value) ? { Status: status.value } : {}),
    ...(after === undefined ? {} : { DeregisterCriticalServiceAfter: after }),
  };
}

/** What a check may have that Consul runs itself. */
export function optionsOfRun(settings: Settings, report: Report): Timed {
  const timeout = durationOf(settings, 'check_timeout', report);
  return {
    Interval: durationOf(settings, 'check_interval', report) ?? INTERVAL,
    ...(timeout === undefined ? {} : { Timeout: timeout }),
    ...(setting(settings, 'check_tls_skip_verify') === undefined ? {} : { TLSSkipVerify: true }),
  };
}

/** `SERVICE_CHECK_HTTP_METHOD` and the like. */
export function methodOf(settings: Settings, key: string, report: Report): Pick<CheckRegistration, 'Method'> {
  const method = setting(settings, key);
  if (method === undefined) return {};
  if (/^[A-Za-z]{1,20}$/.test(method.value)) return { Method: method.value };
  ignored(method, 'which is no method of HTTP', 'Write GET, HEAD or another method.', report);
  return {};
}

function durationOf(settings: Settings, key: string, report: Report): string | undefined {
  const given = setting(settings, key);
  if (given === undefined) return undefined;
  if (isDuration(given.value)) return given.value;
  ignored(given, 'which is no duration', DURATION_HINT, report);
  return undefined;
}

export const DURATION_HINT = 'Write a number and a unit, as 10s, 500ms or 1m30s.';

function ignored({ written, value }: Variable, what: string, hint: string, report: Report): void {
  report('SERVICE_CHECK_INVALID', `${written} is ${quote(value)}, ${what}: it counts as not set.`, hint);
}

function isStatus(text: string): text is NonNullable<CheckRegistration['Status']> {
  return text === 'passing' || text === 'warning' || text === 'critical';
}
