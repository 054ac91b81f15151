import { apply } from '../../../packages/core/src/apply/apply.js';
import { observeTopology } from '../../../packages/core/src/apply/topology.js';
import { parseProof } from '../../../packages/core/src/graph/proof.js';
import type { Proof } from '../../../packages/core/src/graph/proof.js';
import type { Topology } from '../../../packages/core/src/graph/topology.js';
import { parseSpec } from '../../../packages/core/src/spec/load.js';
import { addNetwork, memoryHosts } from '../memory/index.js';
import type { MemoryHost } from '../memory/index.js';

const read = (text: string) => parseSpec({ bytes: text, file: 'home.yaml', env: {} });

/** Two hosts and a swarm of them, with all kinds of links and networks. */
const HOME = `name: home
networks:
  lan:
    driver: macvlan
    parent: eth0
    subnet: 192.168.1.0/24
    gateway: 192.168.1.1
    ip_range: 192.168.1.192/27
    split: 28
    shim: true
    hosts: { node01: {}, node02: {} }
  iot:
    driver: macvlan
    parent: eth0
    vlan: 30
    subnet: 192.168.30.0/24
    gateway: 192.168.30.1
    ip_range: 192.168.30.128/25
    hosts: { node01: {} }
  web: { subnet: 10.20.0.0/24, isolated_from: [lan], hosts: { node01: {} } }
  media: { subnet: 10.21.0.0/24, hosts: { node01: {}, node02: {} } }
  backup: { external: true, hosts: { node02: {} } }
  app: { driver: overlay, attachable: true, subnet: 10.30.0.0/24 }
containers:
  printer: { host: node01, networks: { lan: { ipv4_address: 192.168.1.180 } } }
  camera-door: { host: node01, networks: { iot: { ipv4_address: 192.168.30.20 } } }
  camera-yard: { host: node01, networks: { iot: { ipv4_address: 192.168.30.21 } } }
  dns: { host: node02, networks: { lan: { ipv4_address: 192.168.1.53 } } }
hosts:
  node01: { docker: "unix:///var/run/docker.sock" }
  node02: { docker: "ssh://root@192.168.1.12" }
swarm: { managers: [node01], workers: [node02], advertise: eth0 }
`;

const OLD = HOME.replace('  media:', '  attic: { subnet: 10.22.0.0/24, hosts: { node01: {} } }\n  media:');

/** The hosts after an apply, a few containers, and somebody's work by hand. */
async function homeHosts(): Promise<ReadonlyMap<string, MemoryHost>> {
  const hosts = memoryHosts({
    node01: { containers: [container('printer'), container('camera-door')] },
    node02: { containers: [container('dns')] },
  });
  addNetwork(hostNamed(hosts, 'node02').world, {
    Name: 'backup',
    Driver: 'bridge',
    IPAM: { Driver: 'default', Config: [{ Subnet: '10.99.0.0/24' }] },
  });
  await apply(read(OLD), hosts, { allowDisruptive: true, probe: false });
  const { world } = hostNamed(hosts, 'node01');
  world.containers.push(
    { name: 'traefik', state: 'running', networks: { web: { ip: '10.20.0.2' }, app: { ip: '10.30.0.5' } } },
    { name: 'grafana', state: 'running', networks: { web: { ip: '10.20.0.3' } } },
    { name: 'old-shop', state: 'exited', networks: { attic: {} } },
  );
  hostNamed(hosts, 'node02').world.containers.push({
    name: 'shop-db',
    state: 'running',
    networks: { backup: { ip: '10.99.0.4' }, app: { ip: '10.30.0.6' } },
  });
  // By hand: media is made again with another subnet, and on the other host it is gone.
  for (const [name, host] of hosts) {
    host.world.networks = host.world.networks.flatMap((network) => {
      if (network.Name !== 'media') return [network];
      return name === 'node02'
        ? []
        : [{ ...network, IPAM: { Driver: 'default', Config: [{ Subnet: '10.88.0.0/24' }] } }];
    });
  }
  return hosts;
}

function container(name: string): MemoryHost['world']['containers'][number] {
  return { name, state: 'running', networks: {} };
}

function hostNamed(hosts: ReadonlyMap<string, MemoryHost>, name: string): MemoryHost {
  const host = hosts.get(name);
  if (host === undefined) throw new Error(`no ${name}`);
  return host;
}

/** As `netctl verify --json` tells it. */
const HOME_PROOF: Proof = parseProof(
  JSON.stringify({
    version: 1,
    stack: 'home',
    checks: [
      check('lan', 'printer', 'printer reaches the gateway 192.168.1.1', 'passed', 'gateway'),
      check('lan', 'node01', 'node01 reaches printer at 192.168.1.180 by lan-shim', 'passed', 'shim'),
      check('iot', 'camera-door', 'camera-door reaches the gateway 192.168.30.1', 'failed', 'gateway'),
      check('web', 'traefik', 'traefik reaches nothing of lan', 'passed', 'isolation'),
    ],
  }),
  'proof.json',
  'home',
);

function check(network: string, from: string, claim: string, state: string, kind: string): object {
  const cause = state === 'failed' ? { cause: 'no answer on VLAN 30', cure: 'Let the switch port carry VLAN 30.' } : {};
  return {
    id: claim,
    kind,
    host: 'node01',
    network: `network:${network}`,
    from: { type: 'container', host: 'node01', name: from },
    claim,
    state,
    evidence: [],
    ...(kind === 'isolation' ? { isolatedFrom: 'network:lan' } : {}),
    ...cause,
  };
}

export async function homeTopology(): Promise<Topology> {
  const { topology } = await observeTopology(read(HOME), await homeHosts(), { proof: HOME_PROOF });
  return topology;
}
