import { expect, test } from 'vitest';
import type { PersistFile } from '../../../packages/core/src/persist/files.js';
import { ifupdownFiles } from '../../../packages/core/src/persist/ifupdown.js';
import { networkManagerFiles } from '../../../packages/core/src/persist/network-manager.js';
import { networkdFiles } from '../../../packages/core/src/persist/networkd.js';
import { outdatedCopy } from '../../../packages/core/src/persist/outdated.js';
import type { PersistedLinks } from '../../../packages/core/src/persist/persisted-links.js';
import { shellFiles } from '../../../packages/core/src/persist/shell.js';
import { storedSpecFile } from '../../../packages/core/src/persist/systemd.js';
import { parseSpec } from '../../../packages/core/src/spec/load.js';
import { cables, persisted, spec as both } from './persisted.js';

/** Without ipvlan, which NetworkManager does not make. */
const spec = both.replace('driver: ipvlan', 'driver: macvlan');

/** What each format leaves on a host that says which links there are. */
const formats: Readonly<Record<string, (wanted: PersistedLinks) => readonly PersistFile[]>> = {
  systemd: (wanted) => [storedSpecFile(wanted)],
  networkd: (wanted) => networkdFiles({ ...wanted, parents: [] }, () => ''),
  networkmanager: networkManagerFiles,
  ifupdown: ifupdownFiles,
  shell: shellFiles,
};

const said = (text: string, files: readonly PersistFile[], destroy = false): readonly (string | undefined)[] => {
  const kept = files.map((file) => ({ ...file, stack: 'home' }));
  const loaded = parseSpec({ bytes: text, file: 'spec.yaml', env: {} });
  return outdatedCopy(loaded, 'local', { ...cables, persisted: kept }, destroy).map(({ hint }) => hint);
};

test.each(Object.entries(formats))('%s: only what changes a link is told of', (_name, format) => {
  const files = format(persisted(spec));
  expect(said(spec, files)).toEqual([]);
  expect(said(`${spec}  another: { networks: { lan: {} } }\n`, files)).toEqual([]);
  for (const changed of [
    spec.replace('192.168.1.192/27', '192.168.1.64/27'),
    spec.replace('192.168.30.180', '192.168.30.181'),
    spec.replace('vlan: 30', 'vlan: 31'),
    `${spec}vlans: { more0: { parent: eth0, id: 7 } }\n`,
  ]) {
    expect(said(changed, files), changed).toEqual(['netctl persist spec.yaml']);
  }
  expect(said('name: home\nnetworks: { web: {} }\n', files)).toEqual(['netctl persist --remove spec.yaml']);
  expect(said(spec, files, true)).toEqual(['netctl persist --remove spec.yaml']);
  expect(said(spec.replace('name: home', 'name: other'), files)).toEqual([]);
});

test('what an apply refuses is said by the apply', () => {
  const files = shellFiles(persisted(spec));
  expect(said(spec.replaceAll('parent: eth0', 'parent: eth7'), files)).toEqual([]);
});

test('where nothing is kept there is nothing to say', () => {
  expect(said(spec, [])).toEqual([]);
  expect(outdatedCopy(parseSpec({ bytes: spec, file: 'f', env: {} }), 'local', undefined, false)).toEqual([]);
});
