// The story of `./scripts/demo`: a home LAN on a throwaway host, by the built command line. Everything that is printed
// happened; a step that does not end as it should ends the demo with status 1.
import { homedir } from 'node:os';
import { join } from 'node:path';

import { startHost, startLan } from '../packages/lab/dist/index.js';

const root = new URL('..', import.meta.url).pathname;
const netctl = join(root, 'packages/cli/dist/bundle/netctl.js');
const engines = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'netctl/engines/default/bin');

const say = (text) => console.log(`\n== ${text}`);
const show = (text) => text !== '' && console.log(text);

/** Runs netctl on the host and prints what it printed. */
async function run(host, args, expected = 0) {
  console.log(`\n$ netctl ${args.join(' ')}`);
  const result = await host.run(process.execPath, [netctl, ...args], { reject: false, cwd: root });
  show(result.stdout.trimEnd());
  show(result.stderr.trimEnd());
  if (result.exitCode !== expected) throw new Error(`netctl ended with ${result.exitCode}, not ${expected}`);
  return result.stdout;
}

/** One ping, and whether it was answered. */
async function ping(from, address, expected, who) {
  const { exitCode } = await from.run('ping', ['-c', '1', '-W', '2', address], { reject: false });
  console.log(`   ping ${address} from ${who}: ${exitCode === 0 ? 'answered' : 'no answer'}`);
  if ((exitCode === 0) !== expected) throw new Error(`expected ${expected ? 'an answer' : 'none'}`);
}

async function story() {
  say('A LAN 192.168.1.0/24 with a router, and on it a host of its own with its own Docker Engine');
  const lan = await startLan({ addresses: ['192.168.1.1/24'] });
  try {
    const host = await startHost({
      name: 'home',
      interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' }],
      engine: { path: [engines] },
    });
    try {
      await act(lan, host);
    } finally {
      await host.close();
    }
  } finally {
    await lan.close();
  }
}

async function act(lan, host) {
  await host.importImage('busybox', { busybox: true });
  const workload = (network) => host.startWorkload({ image: 'busybox', command: ['/bin/sleep', '600'], network });

  say('The way of the tutorials: a macvlan network by hand, and a container on it');
  await host.run('docker', byHand.split(' '));
  console.log(`$ docker ${byHand}`);
  const lonely = await workload('by-hand');
  await ping(lan, lonely.ipv4, true, 'the LAN');
  await ping(host, lonely.ipv4, false, 'the host itself');
  await lonely.remove();
  await host.run('docker', ['network', 'rm', 'by-hand']);

  say('The same with netctl: examples/home-lan.yaml');
  await run(host, ['plan', 'examples/home-lan.yaml']);
  await run(host, ['apply', 'examples/home-lan.yaml']);
  const container = await workload('lan');
  say('The proof');
  await ping(lan, container.ipv4, true, 'the LAN');
  await ping(host, container.ipv4, true, 'the host itself, by the shim');
  await ping(host, '192.168.1.1', true, 'the host to its router, as before');
  await run(host, ['status', 'examples/home-lan.yaml']);
  await run(host, ['apply', 'examples/home-lan.yaml']);
  await container.remove();

  say('VLANs on the same cable: examples/vlan-trunk.yaml');
  const vlan = await host.run('unshare', ['--net', 'ip', '-batch', '-'], { input: tryVlan, reject: false });
  const can = vlan.exitCode === 0;
  if (!can) console.log('   (this kernel has no 802.1Q links: netctl says so before it writes anything)');
  await run(host, ['apply', 'examples/vlan-trunk.yaml'], can ? 0 : 3);
  if (can) await run(host, ['destroy', '--yes', 'examples/vlan-trunk.yaml']);

  say('And all of it goes again');
  await run(host, ['destroy', '--yes', 'examples/home-lan.yaml']);
  const links = await host.run('ip', ['-brief', 'address']);
  show(links.stdout);
  if (/shim|-v\d/.test(links.stdout)) throw new Error('a link was left behind');
}

const byHand =
  'network create -d macvlan --subnet 192.168.1.0/24 --gateway 192.168.1.1 --ip-range 192.168.1.192/27 -o parent=eth0 by-hand';
const tryVlan = 'link add np0 type veth peer name np1\nlink add link np0 name np2 type vlan id 2\n';

const began = performance.now();
await story();
say(`Done in ${Math.round((performance.now() - began) / 1000)} s: the host, its engine and its LAN are gone.`);
