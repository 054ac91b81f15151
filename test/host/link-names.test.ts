import type { Problem } from '@netctl/core';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { type Desk, openDesk } from '../integration/support/netctl.js';
import { ownLan } from '../integration/support/own-lan.js';
import { about, problemsWith } from '../integration/support/refusal.js';

/* Names of links that the kernel refuses, and those that it takes and nobody should have. */

const BRIDGE_NAME = 'com.docker.network.bridge.name';

let host: Host;
let desk: Desk;

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  desk = await openDesk(host);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

interface LinkName {
  readonly name: string;
  /** What `ip` and the kernel make of it: the link's name, or nothing. */
  readonly link?: string;
  readonly says: RegExp;
}

const signs = /only letters, digits, "_", "\." and "-", not starting with "\." or "-"/;
const tooLong = (bytes: number): RegExp =>
  new RegExp(`is ${String(bytes)} bytes long, and the kernel takes at most 15`);

const linkNames: readonly LinkName[] = [
  { name: 'abcdefghijklmnop', says: tooLong(16) },
  { name: 'enx001122334455.100', says: tooLong(19) },
  // Sixteen bytes, and eight characters.
  { name: 'üüüüüüüü', says: tooLong(16) },
  { name: 'größe', link: 'größe', says: signs },
  { name: 'a%d', link: 'a0', says: signs },
  { name: 'a@b', link: 'a@b', says: signs },
  { name: 'a/b', says: signs },
  { name: 'a b', says: signs },
  { name: 'a\tb', says: signs },
  { name: 'a:b', says: signs },
  { name: "a'b", link: "a'b", says: signs },
  { name: '-x', link: '-x', says: signs },
  { name: '..', says: signs },
  { name: '.x', link: '.x', says: signs },
  { name: 'all', says: /means all links to the kernel/ },
  { name: 'default', says: /means all links to the kernel/ },
];

/** Every place of a spec that names a link. */
const places: Readonly<Record<string, (name: string, index: number) => object>> = {
  parent: (name, index) => ownLan(index, { parent: name }),
  'driver_opts.parent': (name, index) => {
    const { parent: _, ...rest } = ownLan(index, {}) as { parent: string };
    return { ...rest, driver_opts: { parent: name } };
  },
  'shim.name': (name, index) => ownLan(index, { shim: { name } }),
  [`driver_opts["${BRIDGE_NAME}"]`]: (name) => ({ driver_opts: { [BRIDGE_NAME]: name } }),
  'driver_opts["com.docker.network.bridge.trusted_host_interfaces"]': (name) => ({
    driver_opts: { 'com.docker.network.bridge.trusted_host_interfaces': `eth0:${name}` },
  }),
};

describe('the name of a link', () => {
  test.each(linkNames)('$name: what the kernel makes of it', async ({ name, link }) => {
    const before = await links();
    // As one argument: what follows `name` is taken for it, whatever it begins with.
    const { exitCode } = await host.run('ip', ['link', 'add', 'name', name, 'type', 'bridge'], { reject: false });
    const made = (await links()).filter((one) => !before.includes(one));
    expect(made).toEqual(link === undefined ? [] : [link]);
    expect(exitCode === 0).toBe(link !== undefined);
    for (const one of made) await host.run('ip', ['link', 'delete', 'dev', one]);
  });

  describe.each(Object.entries(places))('in %s is refused', (place, network) => {
    let problems: readonly Problem[];
    beforeAll(async () => {
      const networks = Object.fromEntries(
        linkNames.map(({ name }, index) => [`n${String(index)}`, network(name, 100 + index)]),
      );
      problems = await problemsWith(desk, { name: 'links', networks });
    });

    test.each(linkNames.map((row, index) => ({ ...row, key: `n${String(index)}` })))('$name', ({ key, name, says }) => {
      // In a list the colon is what stands between two names.
      if (place.includes('trusted_host_interfaces') && name === 'a:b') return;
      const mine = about(key, problems).filter(({ path }) => path === `networks.${key}.${place}`);
      expect(mine).toHaveLength(1);
      const [problem] = mine;
      expect(problem?.severity).toBe('error');
      expect(problem?.code).toBe(place.startsWith('driver_opts[') ? 'INVALID_OPTION' : 'INVALID_LINK_NAME');
      if (problem?.code === 'INVALID_LINK_NAME') expect(problem.message).toMatch(says);
      else
        expect(problem?.message).toMatch(/must be (the name of a link|names of links with ":" between them), and is "/);
    });
  });

  test('of vlans is refused', async () => {
    const vlans = Object.fromEntries(linkNames.map(({ name }, index) => [name, { parent: 'eth0', id: 10 + index }]));
    const problems = await problemsWith(desk, { name: 'links', vlans });
    expect(problems.map(({ code }) => code)).toEqual(linkNames.map(() => 'INVALID_LINK_NAME'));
    for (const [index, { says }] of linkNames.entries()) expect(problems[index]?.message).toMatch(says);
  });

  test('that netctl makes of others is refused when it comes out too long', async () => {
    const problems = await problemsWith(desk, {
      name: 'derived',
      networks: {
        'eleven-long': ownLan(1, { shim: true }),
        'a.key.name': ownLan(2, { parent: 'eth1', shim: true }),
        tagged: ownLan(3, { parent: 'enp0s31f6abc', vlan: 1000 }),
      },
    });
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      {
        code: 'INVALID_LINK_NAME',
        path: 'networks.eleven-long.shim',
        message: expect.stringContaining('name of the shim does not fit: "eleven-long-shim" is 16 bytes') as string,
      },
      {
        code: 'VLAN_LINK_NAME_TOO_LONG',
        path: 'networks.tagged.vlan',
        message: expect.stringContaining('"enp0s31f6abc-v1000"') as string,
      },
    ]);
  });
});

async function links(): Promise<readonly string[]> {
  const { stdout } = await host.run('ip', ['-json', 'link', 'show']);
  return (JSON.parse(stdout) as readonly { ifname: string }[]).map(({ ifname }) => ifname);
}
