import { memoryHost, restartEngine } from '../support/memory/index.js';
import { engineBackendContract } from './engine.js';

engineBackendContract('the host in memory that the planner is tested against', () => {
  const { engine, world } = memoryHost();
  let made = 0;
  return Promise.resolve({
    backend: engine,
    parent: 'eth0',
    image: 'memory',
    container: (name, network, state, declared) => {
      const { published: ports = [], ...rest } = declared ?? {};
      made += 1;
      const id = `id-${String(made)}-of-${name}`;
      const ip = state === 'running' || state === 'paused' ? { ip: `10.77.0.${String(made)}` } : {};
      world.containers.push({ id, name, state, ...rest, ports, networks: { [network]: ip } });
      return Promise.resolve();
    },
    removeContainer: (name) => {
      world.containers = world.containers.filter((one) => one.name !== name);
      return Promise.resolve();
    },
    restart: () => {
      restartEngine(world);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});
