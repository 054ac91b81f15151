import { createRequire } from 'node:module';
import type { Host } from '@netctl/lab';

export type Testcontainers = typeof import('testcontainers');

const require = createRequire(import.meta.url);
const copies = new Map<string, Promise<Testcontainers>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * testcontainers, directed to a host's engine. It keeps one client for the whole process, so each engine gets a copy
 * of the module of its own: loaded afresh, and made to look at DOCKER_HOST before the next copy is.
 */
export async function testcontainersFor(host: Host): Promise<Testcontainers> {
  const loaded = copies.get(host.socket);
  if (loaded) return loaded;
  const copy = last.then(async () => load(host.dockerHost));
  copies.set(host.socket, copy);
  last = copy.catch(() => undefined);
  return copy;
}

async function load(dockerHost: string): Promise<Testcontainers> {
  for (const path of Object.keys(require.cache)) {
    if (path.includes('/node_modules/testcontainers/build/')) Reflect.deleteProperty(require.cache, path);
  }
  // Its reaper is an image to pull; the lab takes the containers with it.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  const before = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = dockerHost;
  try {
    const copy = require('testcontainers') as Testcontainers;
    await copy.getContainerRuntimeClient();
    return copy;
  } finally {
    if (before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = before;
  }
}
