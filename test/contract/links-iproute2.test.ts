import { randomBytes } from 'node:crypto';
import { iproute2 } from '@netctl/iproute2';
import { execa } from 'execa';
import { linkBackendContract } from './links.js';
import type { ContractHost } from './links-host.js';

linkBackendContract('iproute2 on the kernel of this machine', makeHost);

/** A network namespace with one veth pair, of which `eth0` is the parent. */
async function makeHost(): Promise<ContractHost> {
  const name = `netctl-lc-${randomBytes(4).toString('hex')}`;
  const command = ['nsenter', `--net=/run/netns/${name}`, 'ip'];
  const ip = async (...args: string[]): Promise<unknown> => execa('ip', ['-netns', name, ...args]);
  const close = async (): Promise<void> => {
    await execa('ip', ['netns', 'del', name]);
  };
  await execa('ip', ['netns', 'add', name]);
  try {
    await ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'peer0');
    await ip('link', 'set', 'dev', 'peer0', 'up');
    await ip('link', 'set', 'dev', 'eth0', 'up');
  } catch (error) {
    await close();
    throw error;
  }
  return {
    backend: iproute2({ command }),
    stuck: iproute2({ command: ['sh', '-c', 'exec sleep 60', 'ip'], timeout: 300 }),
    parent: 'eth0',
    down: async (link) => {
      await ip('link', 'set', 'dev', link, 'down');
    },
    close,
  };
}
