import { access, readFile } from 'node:fs/promises';

import { ifupdownFiles, networkdFiles, networkManagerFiles, NetctlError, shellFiles, systemdFiles } from '@netctl/core';
import type { LinkFacts, PersistedLinks, PersistFile } from '@netctl/core';

import { ownProgram } from '../own-program.js';

export type Format = 'systemd' | 'networkd' | 'networkmanager' | 'ifupdown' | 'shell';

/** The files by which a host makes these links when it boots. */
export async function filesOf(
  format: Format,
  wanted: PersistedLinks,
  { links }: LinkFacts,
  root: string,
): Promise<readonly PersistFile[]> {
  if (root !== '/' && format !== 'systemd') refuseMacOfThisHost(wanted);
  switch (format) {
    case 'systemd': {
      const command = await ownProgram();
      // An image is booted with udev; what runs here may have none, as a container.
      const devices = root !== '/' || (await isThere('/run/udev/control'));
      return systemdFiles(wanted, { command, devices });
    }
    case 'networkd': {
      const files = await networkFilesOf(wanted.parents, links);
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

/** The MAC of a shim follows from that of its parent, which only the unit sees on the host that boots. */
function refuseMacOfThisHost({ links }: PersistedLinks): void {
  const shim = links.find(({ props }) => props.mac !== undefined)?.props.name;
  if (shim === undefined) return;
  throw new NetctlError('REFUSED', `Nothing was written: every host with this image would give ${shim} the same MAC`, {
    hint: 'It follows from the MAC of a link of this host. Use --format systemd, which takes that of the host that boots.',
  });
}

/**
 * The .network file of each parent. A drop-in for one that is also that of another link would stack our links on both, so
 * that is refused.
 */
async function networkFilesOf(parents: readonly string[], links: LinkFacts['links']): Promise<Map<string, string>> {
  const named = links.map(async ({ name, index }) => [name, await networkFileOf(index)] as const);
  const all = new Map(await Promise.all(named));
  return new Map(
    parents.map((parent) => {
      const file = all.get(parent);
      if (file === undefined) {
        throw new NetctlError('REFUSED', `systemd-networkd does not manage ${parent}, so it stacks no link on it`, {
          hint: `Give ${parent} a .network file first, or use another --format.`,
        });
      }
      const other = [...all].find(([name, its]) => its === file && name !== parent)?.[0];
      if (other !== undefined) {
        throw new NetctlError('REFUSED', `${file} is the .network file of ${parent} and of ${other}`, {
          hint: `Give ${parent} a .network file of its own, or use another --format.`,
        });
      }
      return [parent, file];
    }),
  );
}

/** The name of the .network file of a link, from where sd-network(3) has it: the state of systemd-networkd. */
async function networkFileOf(index: number): Promise<string | undefined> {
  const state = await readFile(`/run/systemd/netif/links/${String(index)}`, 'utf8').catch(() => '');
  return /^NETWORK_FILE=(?:.*\/)?([^/\n]+\.network)$/m.exec(state)?.[1];
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
