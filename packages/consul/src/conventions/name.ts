import type { Workload } from '@netctl/core';
import { hasControl, quote } from './report.js';
import type { Report } from './report.js';
import { setting } from './settings.js';
import type { Settings } from './settings.js';

/**
 * The name of the service on a port: `SERVICE_NAME`, or else the image without registry and tag; with `-<port>` when the
 * container has several ports and the name is not this port's own. Undefined where Consul could not use it.
 */
export function nameOf(
  workload: Workload,
  port: number,
  several: boolean,
  settings: Settings,
  report: Report,
): string | undefined {
  const given = setting(settings, 'name');
  const base = given?.value ?? (imageName(workload.image) || workload.name);
  // As in Registrator, an empty SERVICE_80_NAME still means that this port has its own.
  const name = several && settings.get('name')?.ports === undefined ? `${base}-${port}` : base;
  const cause = given === undefined ? 'The name of its image' : given.written;
  if (hasControl(name) || name.trim() === '') {
    const message = `${cause} gives the service the name ${quote(name)}, which nobody could ask for: it is not registered.`;
    report('SERVICE_NAME_INVALID', message, HINT);
    return undefined;
  }
  if (!isLabel(name)) {
    const message = `${cause} gives the service the name ${quote(name)}, which is no label of DNS: Consul’s DNS may not find it, its API does.`;
    report('SERVICE_NAME_INVALID', message, HINT);
  }
  return name;
}

const HINT = 'Set SERVICE_NAME to letters, digits and dashes, at most 63.';

/** Of others Consul says "will not be discoverable via DNS"; 1.8.7 finds those with `_`, and none with a dot or a space. */
function isLabel(name: string): boolean {
  return /^[A-Za-z0-9-]{1,63}$/.test(name);
}

/** `redis` of `localhost:5000/foo/redis:7@sha256:…`; empty where the image was asked for by its id. */
function imageName(image: string): string {
  const base = image.replace(/\/+$/, '').replace(/^.*\//, '');
  const name = base.replace(/[@:][^]*$/, '');
  return base.startsWith('sha256:') || /^[0-9a-f]{12}(?:[0-9a-f]{52})?$/.test(base) ? '' : name;
}
