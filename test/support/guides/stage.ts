import { type EngineOptions, type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { cachedEngines } from '../engines.js';

/** The newest engine: what a guide prints is what it prints there. */
export function newestEngine(): EngineOptions & { readonly path: readonly [string] } {
  const newest = cachedEngines().at(-1);
  if (newest === undefined) throw new Error('no engine in the cache: run scripts/engines');
  return { path: [newest.folder] };
}

/** Images that guides name. They are played by BusyBox, which serves HTTP on port 80. */
const IMAGES = ['pihole/pihole', 'print-server', 'nginx', 'postgres', 'shop/web'];

/** Gives an engine the images that guides name. */
export async function playImages(host: Host, images = IMAGES): Promise<void> {
  await host.importImage('busybox', { busybox: true });
  await host.run('docker', ['create', '--name', 'image', 'busybox', 'sh']);
  // Process 1 ends at SIGTERM only where it says so.
  const command = `CMD ["sh", "-c", "trap exit TERM; httpd -f -p 80 & wait"]`;
  for (const image of images) {
    await host.run('docker', ['commit', '--change', command, '--change', 'EXPOSE 80', 'image', image]);
  }
  await host.run('docker', ['rm', 'image']);
}

/** A LAN with a router, and hosts on it with an engine each: 192.168.1.10, .11 and so on. */
export interface HomeLan extends AsyncDisposable {
  readonly router: Lan;
  readonly hosts: readonly [Host, ...Host[]];
}

export async function startHomeLan(...names: readonly string[]): Promise<HomeLan> {
  const opened: AsyncDisposable[] = [];
  const close = async (): Promise<void> => {
    for (const one of opened.reverse()) await one[Symbol.asyncDispose]();
  };
  try {
    const router = await startLan({ addresses: ['192.168.1.1/24'] });
    opened.push(router);
    const start = async (name: string, index: number): Promise<Host> => {
      const addresses = [`192.168.1.${String(10 + index)}/24`];
      const eth0 = { name: 'eth0', lan: router, addresses, gateway: '192.168.1.1' };
      const host = await startHost({ name, interfaces: [eth0], engine: newestEngine() });
      opened.push(host);
      await playImages(host);
      return host;
    };
    const [first = 'box', ...others] = names;
    const hosts: [Host, ...Host[]] = [await start(first, 0)];
    for (const [index, name] of others.entries()) hosts.push(await start(name, index + 1));
    return { router, hosts, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
