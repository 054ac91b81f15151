import { expect } from 'vitest';
import { type Bench, linkOf, traces } from '../support/bench.js';

const inVlan = (shim: string) => ({
  name: 'asking',
  networks: {
    iot: {
      driver: 'macvlan',
      parent: 'eth0',
      vlan: 30,
      subnet: '192.168.30.0/24',
      gateway: '192.168.30.1',
      ip_range: '192.168.30.128/25',
      shim: { address: shim },
    },
  },
});

/** A VLAN that the same apply makes is asked before it is there: through a link of its own, which is gone in time. */
export async function vlanAsked({ lan, first: { host, netctl } }: Bench): Promise<void> {
  const before = await traces(host);
  await lan.run('ip', ['address', 'add', '192.168.30.77/24', 'dev', 'lan0.30']);
  const refused = netctl.apply(inVlan('192.168.30.77'), { probe: true });
  await expect(refused).rejects.toMatchObject({ code: 'REFUSED', problems: [{ code: 'ADDRESS_ANSWERED' }] });
  await expect(refused).rejects.toThrow(/answers for it on VLAN 30 on eth0/);
  expect(await traces(host)).toEqual(before);

  await netctl.apply(inVlan('192.168.30.78'), { probe: true });
  expect(await linkOf(host, 'eth0-v30')).toMatchObject({ link: 'eth0' });
  expect(await netctl.plan(inVlan('192.168.30.78'))).toEqual([]);
  // Now that it is there, through itself.
  await expect(netctl.apply(inVlan('192.168.30.77'), { probe: true })).rejects.toThrow(/answers for it on eth0-v30/);
  await netctl.destroy(inVlan('192.168.30.78'));
  await lan.run('ip', ['address', 'delete', '192.168.30.77/24', 'dev', 'lan0.30']);
  expect(await traces(host)).toEqual(before);
}

/** Beside an ipvlan link no macvlan link can ask, and the answer to an ipvlan link is the parent's. */
export async function ipvlanAsked({ lan, first: { host, netctl } }: Bench): Promise<void> {
  const before = await traces(host);
  const spec = (shim: string) => ({
    name: 'asking',
    networks: {
      cells: {
        driver: 'ipvlan',
        parent: 'eth0',
        subnet: '192.168.1.0/24',
        gateway: '192.168.1.1',
        ip_range: '192.168.1.192/27',
        shim: { address: shim },
      },
    },
  });
  await lan.run('ip', ['address', 'add', '192.168.1.77/24', 'dev', 'lan0']);
  await netctl.apply(spec('192.168.1.78'), { probe: true });
  const refused = netctl.apply(spec('192.168.1.77'), { probe: true });
  await expect(refused).rejects.toThrow(/192\.168\.1\.77 is somebody's: [0-9a-f:]{17} answers for it on eth0/);
  expect(await netctl.plan(spec('192.168.1.78'))).toEqual([]);
  await netctl.destroy(spec('192.168.1.78'));
  await lan.run('ip', ['address', 'delete', '192.168.1.77/24', 'dev', 'lan0']);
  expect(await traces(host)).toEqual(before);
}
