import { access, readFile, realpath } from 'node:fs/promises';

import { ifupdownFiles, networkdFiles, networkManagerFiles, NetctlError, shellFiles, systemdFiles } from '@netctl/core';
import type { LinkFacts, PersistedLinks, PersistFile } from '@netctl/core';

import { checkUsableByRoot } from './usable.js';

export type Format = 'systemd' | 'networkd' | 'networkmanager' | 'ifupdown' | 'shell';

/** The files by which a host makes these links when it boots. */
export async function filesOf(
  format: Format,
  wanted: PersistedLinks,
  { links }: LinkFacts,
  root: string,
): Promise<readonly PersistFile[]> {
  switch (format) {
    case 'systemd': {
      const command = await ownCommand();
      // An image is booted with udev; what runs here may have none, as a container.
      const devices = root !== '/' || (await isThere('/run/udev/control'));
      return systemdFiles(wanted, { command, devices });
    }
    case 'networkd': {
      const indexes = new Map(links.map(({ name, index }) => [name, index]));
      const named = wanted.parents.map(
        async (parent) => [parent, await networkFileOf(parent, indexes.get(parent) ?? 0)] as const,
      );
      const files = new Map(await Promise.all(named));
      return networkdFiles(wanted, (parent) => files.get(parent) ?? '');
    }
    case 'networkmanager':
      return networkManagerFiles(wanted);
    case 'ifupdown':
      return ifupdownFiles(wanted);
    case 'shell':
      return shellFiles(wanted);
  }
}

/** What runs this very netctl, whatever the PATH is when the host boots. */
async function ownCommand(): Promise<readonly string[]> {
  const command = [process.execPath, await realpath(process.argv[1] ?? '')];
  for (const path of command) await checkUsableByRoot(path);
  return command;
}

/** The name of the .network file of a link, from where sd-network(3) has it: the state of systemd-networkd. */
async function networkFileOf(link: string, index: number): Promise<string> {
  const state = await readFile(`/run/systemd/netif/links/${String(index)}`, 'utf8').catch(() => '');
  const name = /^NETWORK_FILE=(?:.*\/)?([^/\n]+\.network)$/m.exec(state)?.[1];
  if (name !== undefined) return name;
  throw new NetctlError('REFUSED', `systemd-networkd does not manage ${link}, so it stacks no link on it`, {
    hint: `Give ${link} a .network file first, or use another --format.`,
  });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
