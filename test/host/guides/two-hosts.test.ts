import { afterAll, beforeAll, test } from 'vitest';
import { follow, type Machines } from '../../support/guides/follow.js';
import { type HomeLan, startHomeLan } from '../../support/guides/stage.js';
import { configureSsh, installSshd, type Sshd } from '../support/sshd.js';

/* Guides for two hosts that netctl reaches from a third machine, by a real sshd. */

let home: HomeLan;
let servers: readonly Sshd[];
let machines: Machines;

beforeAll(async () => {
  home = await startHomeLan('admin', 'node01', 'node02');
  const [admin, ...nodes] = home.hosts;
  servers = await Promise.all(nodes.map(async (node, index) => installSshd(node, `192.168.1.${String(11 + index)}`)));
  for (const server of servers) await server.start();
  const keys = servers.map(({ userKey }) => `IdentityFile ${userKey}`);
  const known = servers.map(({ knownHost }) => knownHost);
  for (const server of servers.slice(0, 1)) await configureSsh(admin, server, known, ...keys);
  machines = { '': admin, router: home.router, ...Object.fromEntries(nodes.map((node) => [node.name, node])) };
});

afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

// One after the other: the second finds the hosts as the first has left them.
test.each(['guides/two-hosts.md', 'guides/overlay.md'])('%s', async (page) => {
  await follow(page, machines);
  for (const node of home.hosts.slice(1)) {
    const { stdout } = await node.run('docker', ['ps', '--all', '--quiet']);
    if (stdout !== '') await node.run('docker', ['rm', '--force', ...stdout.split('\n')]);
  }
});
