import type { EngineOptions } from './engine.js';
import { LabError } from './error.js';
import { findProgram } from './programs.js';

/** Debian's package for each program, so that the message can say what to install. */
const basics = {
  ip: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  umount: 'mount',
  hostname: 'hostname',
};
const forEngine = { iptables: 'iptables', containerd: 'containerd', runc: 'runc' };

/**
 * One line that says what is missing on this machine to start a host, or undefined when nothing is. `false` asks for
 * a host without an engine.
 */
export async function engineMissing(engine: EngineOptions | false = {}): Promise<string | undefined> {
  if (process.platform !== 'linux') return `a lab host needs Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'a lab host needs root: it makes network namespaces and runs a Docker Engine';
  const wanted: Record<string, string> = { ...basics };
  const path = engine === false ? [] : (engine.path ?? []);
  if (engine !== false) Object.assign(wanted, { [engine.dockerd ?? 'dockerd']: 'docker.io' }, forEngine);
  const missing: string[] = [];
  for (const [program, debian] of Object.entries(wanted)) {
    if ((await findProgram(program, path)) === undefined) missing.push(`${program} (Debian package ${debian})`);
  }
  return missing.length === 0 ? undefined : `a lab host needs ${missing.join(', ')}`;
}

/** Throws the line of `engineMissing`, if there is one. */
export async function requireHostPrograms(engine: EngineOptions | false): Promise<void> {
  const line = await engineMissing(engine);
  if (line !== undefined) throw new LabError(line);
}
