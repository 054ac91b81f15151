import { quote } from './report.js';
import type { Report } from './report.js';
import type { Settings } from './settings.js';

/** Consul takes 64 pairs (`metaMaxKeyPairs`), and netctl’s own marks are some of them. */
const MOST = 60;

/** What Consul takes as metadata of a service (`structs.ValidateServiceMetadata`); lengths are in bytes. */
const KEY = /^[a-zA-Z0-9_-]{1,128}$/;
const LONGEST_VALUE = 512;

/** The keys that are for something else. */
const KNOWN = /^(?:name|tags|id|ignore|enable_tag_override|check_.*|weights?_.*|connect_.*)$/;

/** All other `SERVICE_…` of a container: `SERVICE_REGION=us2` is `region: us2`. What Consul would refuse is left out. */
export function metaOf(settings: Settings, report: Report): Readonly<Record<string, string>> {
  const pairs = [...settings.values()]
    .filter(({ key }) => !KNOWN.test(key))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .filter(({ key, value, written }) => {
      const fault = faultOf(key, value);
      if (fault === undefined) return true;
      const message = `${quote(written)} cannot be metadata of a service, and is left out: ${fault}.`;
      report('SERVICE_META_INVALID', message, 'Give it another name or a shorter value, or take it away.');
      return false;
    });
  if (pairs.length > MOST) {
    const message = `There are ${pairs.length} variables for the metadata of a service, and Consul has room for ${MOST} beside netctl’s: ${quote(pairs[MOST]?.written ?? '')} and what comes after it are left out.`;
    report('SERVICE_META_INVALID', message, 'Take away what nobody reads of the variables that begin with SERVICE_.');
  }
  return Object.fromEntries(pairs.slice(0, MOST).map(({ key, value }) => [key, value]));
}

function faultOf(key: string, value: string): string | undefined {
  if (!KEY.test(key)) return 'Consul takes only keys of letters, digits, "_" and "-", at most 128';
  if (key.startsWith('consul-')) return 'keys that begin with consul- are Consul’s';
  if (key.startsWith('netctl')) return 'keys that begin with netctl are marks of netctl';
  const { length } = new TextEncoder().encode(value);
  return length > LONGEST_VALUE ? `it has ${length} bytes, and Consul takes ${LONGEST_VALUE}` : undefined;
}
