import type { LinkBackend } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import { addLink, kernel, memoryHost } from '../support/memory/index.js';
import { linkBackendContract } from './links.js';

linkBackendContract('the host in memory that the planner is tested against', () => {
  const { links, world } = memoryHost();
  const stuck: LinkBackend = {
    observe: (signal) => noAnswer(signal),
    watch: (_onChange, signal) => noAnswer(signal),
    probe: (_kinds, signal) => noAnswer(signal),
    ask: (_segment, _addresses, signal) => noAnswer(signal),
    add: (_props, _alias, _parentIndex, signal) => noAnswer(signal),
    set: (_name, _index, _change, signal) => noAnswer(signal),
    remove: (_name, _index, signal) => noAnswer(signal),
  };
  return Promise.resolve({
    backend: links,
    stuck,
    parent: 'eth0',
    down: (name) => {
      kernel.setDown(world, name);
      return Promise.resolve();
    },
    replace: (name) => {
      kernel.removeLink(world, name);
      addLink(world, { name, kind: 'macvlan', parent: 'eth0', mode: 'bridge', up: false });
      return Promise.resolve();
    },
    route: (destination, link, via) => {
      world.routes.push({ destination, table: 'main', link, protocol: 'boot', ...(via === undefined ? {} : { via }) });
      return Promise.resolve();
    },
    address: (address, link) => {
      kernel.addAddress(world, link, address);
      return Promise.resolve();
    },
    neighbour: (whole) => {
      const mac = '52:54:00:00:00:99';
      world.neighbours.push({ link: 'eth0', address: whole.replace(/\/\d+$/, ''), mac });
      return Promise.resolve(mac);
    },
    close: () => Promise.resolve(),
  });
});

/** Nothing in memory can be stuck, so this only keeps the promise about how that ends. */
function noAnswer(signal: AbortSignal | undefined): Promise<never> {
  if (signal === undefined) return Promise.reject(new NetctlError('LINK_TIMEOUT', 'no answer'));
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new NetctlError('INTERRUPTED', 'interrupted')), { once: true });
  });
}
