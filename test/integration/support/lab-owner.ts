import { startHost, startLan } from '@netctl/lab';
import { testEngine } from './engine.js';

/** What the process below tells about its host. */
export interface OwnedHost {
  readonly pid: number;
  readonly namespace: string;
  /** As `pid:[…]`. */
  readonly pidNamespace: string;
}

// Runs as a process of its own, to be killed: a LAN and a host on it, with a running container.
const lan = await startLan();
const host = await startHost({ interfaces: [{ name: 'eth0', lan }], engine: testEngine() });
await host.importImage('netctl/sleep', { programs: ['/bin/sleep'] });
await host.run('docker', ['run', '--detach', 'netctl/sleep', '/bin/sleep', 'infinity']);
const { stdout: pidNamespace } = await host.run('readlink', ['/proc/self/ns/pid']);
const owned: OwnedHost = { pid: process.pid, namespace: host.namespace, pidNamespace };
process.send?.(owned);
setInterval(() => undefined, 60_000);
