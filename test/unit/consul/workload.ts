import type { Workload, WorkloadPlace, WorkloadPort } from '@netctl/core';
import { wantedServices } from '../../../packages/consul/src/wanted.js';
import type { Wanted } from '../../../packages/consul/src/wanted.js';

/** What a test says of a container; ports are `80` or `53/udp`, and an address is its place on network app. */
export interface Sketch extends Partial<Pick<Workload, 'id' | 'name' | 'image' | 'state' | 'labels' | 'env'>> {
  readonly ports?: readonly (number | `${number}/${WorkloadPort['protocol']}`)[];
  readonly address?: string;
  readonly places?: readonly WorkloadPlace[];
}

export const APP: WorkloadPlace = { network: 'app', networkId: 'a'.repeat(64), ipv4: '10.0.0.2' };

export function workload({ ports = [], address, places, ...rest }: Sketch): Workload {
  return {
    id: 'c0ffee'.repeat(10).padEnd(64, '0'),
    name: 'web',
    image: 'nginx',
    state: 'running',
    labels: {},
    env: {},
    published: [],
    ...rest,
    exposed: ports.map((one) => {
      const [port, protocol = 'tcp'] = String(one).split('/');
      return { port: Number(port), protocol: protocol as WorkloadPort['protocol'] };
    }),
    places: places ?? [address === undefined ? APP : { ...APP, ipv4: address }],
  };
}

/** What is registered of these containers of host node01 in stack home, for network app. */
export function wanted(sketches: readonly Sketch[], networks: readonly string[] = ['app']): Wanted {
  return wantedServices({ stack: 'home', host: 'node01', networks, workloads: sketches.map(workload) });
}

/** The problems as `CODE message`. */
export function said({ problems }: Pick<Wanted, 'problems'>): readonly string[] {
  return problems.map(({ code, message }) => `${code} ${message}`);
}
