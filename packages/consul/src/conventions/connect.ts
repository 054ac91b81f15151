import type { ConnectRegistration, ServiceRegistration, SidecarRegistration } from '../registration.js';
import { quote } from './report.js';
import type { Report } from './report.js';
import { setting } from './settings.js';
import type { Settings } from './settings.js';
import { upstreamsOf } from './upstreams.js';

/* Consul's stanza `connect`, in the words of Registrator: the path of a key with underscores, after SERVICE_. */

const NATIVE = 'connect_native';
const SIDECAR = 'connect_sidecar_service';
const SIDECAR_PORT = 'connect_sidecar_service_port';
const UPSTREAMS = 'connect_upstreams';
const KNOWN = [NATIVE, SIDECAR, SIDECAR_PORT, UPSTREAMS];

/** How a service is in Consul's mesh, if it is. */
export function connectOf(settings: Settings, report: Report): Pick<ServiceRegistration, 'Connect'> {
  for (const { key, written } of settings.values()) {
    if (!key.startsWith('connect_') || KNOWN.includes(key)) continue;
    const hint = `These are: ${KNOWN.map((one) => `SERVICE_${one.toUpperCase()}`).join(', ')}.`;
    report('SERVICE_CONNECT_INVALID', `${quote(written)} is not known, and not read.`, hint);
  }
  const native = isAsked(settings, NATIVE, report);
  const sidecar = isAsked(settings, SIDECAR, report);
  if (sidecar && native) {
    const message =
      'SERVICE_CONNECT_NATIVE and SERVICE_CONNECT_SIDECAR_SERVICE contradict each other: the sidecar counts.';
    report('SERVICE_CONNECT_INVALID', message, 'Take one of the two away.');
  }
  if (sidecar) return { Connect: { SidecarService: sidecarOf(settings, report) } };
  for (const key of [SIDECAR_PORT, UPSTREAMS]) {
    const useless = setting(settings, key);
    if (useless === undefined) continue;
    const message = `${useless.written} is for a sidecar, and the service has none: it is not read.`;
    report('SERVICE_CONNECT_INVALID', message, 'Set SERVICE_CONNECT_SIDECAR_SERVICE=true.');
  }
  const connect: ConnectRegistration = { Native: true };
  return native ? { Connect: connect } : {};
}

function sidecarOf(settings: Settings, report: Report): SidecarRegistration {
  const given = setting(settings, SIDECAR_PORT);
  const port = /^[1-9]\d{0,4}$/.test(given?.value ?? '') ? Number(given?.value) : NaN;
  const usable = port <= 65_535;
  if (given !== undefined && !usable) {
    const message = `${given.written} is ${quote(given.value)}, which is no port: Consul chooses one.`;
    report('SERVICE_CONNECT_INVALID', message, 'Write a port from 1 to 65535.');
  }
  const list = setting(settings, UPSTREAMS);
  const upstreams = list === undefined ? [] : upstreamsOf(list, report);
  return {
    ...(usable ? { Port: port } : {}),
    ...(upstreams.length === 0 ? {} : { Proxy: { Upstreams: upstreams } }),
  };
}

/** `true`, or Consul's own `{}`. */
function isAsked(settings: Settings, key: string, report: Report): boolean {
  const given = setting(settings, key);
  const value = given?.value.trim().toLowerCase() ?? 'false';
  if (given !== undefined && !['true', 'false', '{}'].includes(value)) {
    const message = `${given.written} is ${quote(given.value)}, and neither true nor false: it counts as false.`;
    report('SERVICE_CONNECT_INVALID', message, 'Write true or false.');
  }
  return value === 'true' || value === '{}';
}
