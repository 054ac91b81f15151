import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importHost } from '../../../packages/core/src/apply/import.js';
import { addLink, create, memoryHost } from '../../support/memory/index.js';

test('the page on networks that are there already shows what is written', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/existing-networks.md'), 'utf8');
  const [, shown] = /\$ cat netctl\.yaml\n([^]*?)\n\$ netctl apply --adopt\n/.exec(page) ?? [];
  const host = memoryHost();
  const { world } = host;
  create(world, { Name: 'web', Driver: 'bridge' });
  create(world, { Name: 'shop_default', Driver: 'bridge', Labels: { 'com.docker.compose.project': 'shop' } });
  const pool = { Subnet: '192.168.1.0/24', Gateway: '192.168.1.1', IPRange: '192.168.1.192/27' };
  const AuxiliaryAddresses = { host: '192.168.1.223' };
  create(world, {
    Name: 'lan',
    Driver: 'macvlan',
    Options: { parent: 'eth0' },
    IPAM: { Config: [{ ...pool, AuxiliaryAddresses }] },
  });
  const addresses = [{ address: '192.168.1.223', prefixLength: 32, scope: 'global' }];
  addLink(world, { name: 'mac0', kind: 'macvlan', mode: 'bridge', parent: 'eth0', addresses });
  world.routes.push({ destination: '192.168.1.192/27', table: 'main', link: 'mac0' });
  const settings = { IPAMConfig: { IPv4Address: '192.168.1.180' }, Aliases: ['lp'] };
  world.containers.push({ name: 'printer', state: 'running', networks: { lan: { ip: '192.168.1.180', settings } } });
  expect((await importHost(host)).spec).toBe(shown);
});
