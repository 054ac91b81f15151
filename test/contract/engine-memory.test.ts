import { memoryHost, restartEngine } from '../support/memory/index.js';
import { engineBackendContract } from './engine.js';

engineBackendContract('the host in memory that the planner is tested against', () => {
  const { engine, world } = memoryHost();
  return Promise.resolve({
    backend: engine,
    parent: 'eth0',
    container: (name, network, state) => {
      world.containers.push({ name, state, networks: { [network]: {} } });
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
