import type { HostName } from '../model.js';
import type { Problem } from '../problem.js';
import { namesHosts, pathOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';

/** With its place in the file, where it has one, and with the host where there are several. */
export function located(one: Problem, { spec, locate }: LoadedSpec, host: HostName): Problem {
  const path = pathOn(spec, host, one.path);
  const position = path === '' ? undefined : locate(path);
  const named = namesHosts(spec) ? { host: one.host ?? host } : {};
  return { ...one, path, ...named, ...position };
}
