import { describe, test } from 'vitest';
import { consulProgram } from '../../consul/support/agent.js';
import { composeProgram } from '../../integration/support/replace/compose.js';
import { follow } from '../../support/guides/follow.js';
import { startHomeLan } from '../../support/guides/stage.js';

/* Guides for one host on a LAN: their commands are typed, and what they show is what is printed. */

async function followAtHome(page: string): Promise<void> {
  await using home = await startHomeLan();
  const [host] = home.hosts;
  await follow(page, { '': host, router: home.router });
}

test.each([
  'guides/lan-address.md',
  'guides/host-access.md',
  'guides/from-shell-scripts.md',
  'when-it-does-not-work.md',
])('%s', followAtHome);

describe.skipIf(composeProgram === undefined)('with Compose', () => {
  test.each(['guides/from-compose.md'])('%s', followAtHome);
});

describe.skipIf(consulProgram === undefined)('with Consul', () => {
  test.each(['guides/consul.md', 'guides/from-registrator.md'])('%s', followAtHome);
});
