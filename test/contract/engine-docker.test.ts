import { connectDocker } from '@netctl/core';
import { startHost } from '@netctl/lab';
import { testEngine } from '../integration/support/engine.js';
import { engineBackendContract } from './engine.js';

const IMAGE = 'netctl/sleep';

engineBackendContract('Docker', async () => {
  const host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  await host.importImage(IMAGE, { programs: ['/bin/sleep'] });
  const backend = await connectDocker({ host: host.dockerHost });
  const docker = async (...args: string[]): Promise<void> => {
    await host.run('docker', args);
  };
  return {
    backend,
    parent: 'eth0',
    image: IMAGE,
    container: async (name, network, state, declared) => {
      const options = [
        ...(declared?.env ?? []).map((text) => `--env=${text}`),
        ...(declared?.exposed ?? []).map((port) => `--expose=${port}`),
        ...(declared?.published ?? []).map(
          (port) => `--publish=0.0.0.0:${port.replace('/', `:${port.split('/')[0] ?? ''}/`)}`,
        ),
        ...Object.entries(declared?.labels ?? {}).map(([key, value]) => `--label=${key}=${value}`),
      ];
      const command = [IMAGE, '/bin/sleep', 'infinity'];
      await docker('create', '--name', name, '--network', network, '--init=false', ...options, ...command);
      if (state !== 'created') await docker('start', name);
      if (state === 'paused') await docker('pause', name);
      if (state !== 'exited') return;
      await docker('kill', name);
      // The signal is sent, and the engine has still to see the end.
      await docker('wait', name);
    },
    removeContainer: (name) => docker('rm', '--force', name),
    restart: () => host.restartEngine(),
    close: async () => {
      await backend[Symbol.asyncDispose]();
      await host.close();
    },
  };
});
