import type { Host, Lan } from '@netctl/lab';

/** Packets that came over the LAN's cables since they are counted, from all of its machines. */
export interface Wire {
  /** What carries an overlay in the clear: VXLAN, UDP to port 4789. */
  readonly vxlan: number;
  /** What carries it encrypted: IPsec ESP, IP protocol 50. */
  readonly esp: number;
}

interface Filter {
  readonly options?: {
    readonly actions?: readonly { readonly stats?: { readonly packets?: number } }[];
  };
}

const preferences = { vxlan: '10', esp: '20' } as const;

/** Begins to count at the ports of the LAN's bridge, and gives what asks for the numbers. */
export async function tapWire(lan: Lan): Promise<() => Promise<Wire>> {
  const { stdout } = await lan.run('ip', ['-json', 'link', 'show', 'master', 'lan0']);
  const ports = (JSON.parse(stdout) as readonly { ifname: string }[]).map(({ ifname }) => ifname);
  const matches = {
    vxlan: ['match', 'ip', 'protocol', '17', '0xff', 'match', 'ip', 'dport', '4789', '0xffff'],
    esp: ['match', 'ip', 'protocol', '50', '0xff'],
  };
  for (const port of ports) {
    await lan.run('tc', ['qdisc', 'add', 'dev', port, 'ingress']);
    for (const kind of ['vxlan', 'esp'] as const) {
      const filter = ['dev', port, 'ingress', 'protocol', 'ip', 'pref', preferences[kind], 'u32', ...matches[kind]];
      await lan.run('tc', ['filter', 'add', ...filter, 'action', 'pass']);
    }
  }
  const count = async (kind: keyof Wire) => {
    let packets = 0;
    for (const port of ports) {
      const show = ['-statistics', '-json', 'filter', 'show', 'dev', port, 'ingress', 'pref', preferences[kind]];
      const filters = JSON.parse((await lan.run('tc', show)).stdout) as readonly Filter[];
      for (const { options } of filters) packets += options?.actions?.[0]?.stats?.packets ?? 0;
    }
    return packets;
  };
  return async () => ({ vxlan: await count('vxlan'), esp: await count('esp') });
}

/** Pieces of packets that a host has sent since it is there. */
export async function fragments(host: Host): Promise<number> {
  const { stdout } = await host.run('cat', ['/proc/net/snmp']);
  const [names = [], values = []] = stdout
    .split('\n')
    .filter((line) => line.startsWith('Ip:'))
    .map((line) => line.split(/\s+/));
  return Number(values[names.indexOf('FragCreates')]);
}
