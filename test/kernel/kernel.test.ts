import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import { composeProgram } from '../integration/support/replace/compose.js';
import { ipvlanBlocks } from './subjects/compose-language.js';
import { vlanGuide } from './subjects/guides.js';
import { ipvlanAsked, vlanAsked } from './subjects/ask.js';
import { vlanIsTheWayOut } from './subjects/host-safety.js';
import { ipvlanFlag, ipvlanL2, ipvlanMode } from './subjects/ipvlan-l2.js';
import { ipvlanOfSwarm } from './subjects/ipvlan-swarm.js';
import { ipvlanRouted } from './subjects/ipvlan-l3.js';
import { encryptedOverlay, services } from './subjects/overlay.js';
import { linksPersisted } from './subjects/persist.js';
import { bondAndBridge, mixedParent, twoIpvlans } from './subjects/shared-parent.js';
import {
  parentDownAndUp,
  plugVlans,
  vlanAdopted,
  vlanIdTaken,
  vlanImported,
  vlanLinks,
  vlanOwnership,
} from './subjects/vlan.js';
import { linksVerified } from './subjects/verify.js';
import { watchedVlan } from './subjects/watch.js';
import { type Bench, openBench } from './support/bench.js';
import { clearAway } from './support/clear-away.js';
import { inTheMiddle, kernelAlone } from './support/kernel-alone.js';
import { formSwarm } from './support/swarm.js';

// One file, since User Mode Linux takes half a minute to start two engines: all tests share them. What is tested is in
// the folder `subjects`.

let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => bench[Symbol.asyncDispose]());
// A test that failed would have the next ones fail for what it left.
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await clearAway(bench);
});

describe('ipvlan', () => {
  test('l2: containers of two hosts, the LAN, and each host through its shim', async (ctx) => ipvlanL2(bench, ctx));
  test('ipvlan_flag private: containers reach the LAN and not each other', async (ctx) => ipvlanFlag(bench, ctx));
  test.for(['l3', 'l3s'] as const)('%s: two hosts, each the router of its containers', async (mode, ctx) =>
    ipvlanRouted(bench, ctx, mode),
  );
  if (kernelAlone)
    test.skipIf(composeProgram === undefined)('blocks mean what they mean to Compose', async () => ipvlanBlocks(bench));
  if (kernelAlone) test('an address that somebody has is asked for by the parent', async () => ipvlanAsked(bench));
  if (kernelAlone) test('the mode is its parent’s: a link of another mode is refused', async () => ipvlanMode(bench));
});

describe('a parent', () => {
  test('of two ipvlan networks is refused', async (ctx) => twoIpvlans(bench, ctx));
  test('of ipvlan is refused to macvlan', async (ctx) => mixedParent(bench, ctx, 'macvlan'));
  test('of macvlan is refused to ipvlan', async (ctx) => mixedParent(bench, ctx, 'ipvlan'));
  test('may be a bond or a bridge, and no port of one', async (ctx) => bondAndBridge(bench, ctx));
});

describe('VLAN', () => {
  beforeAll(async () => plugVlans(bench.lan));
  test('links, and macvlan and ipvlan networks on them', async (ctx) => vlanLinks(bench, ctx));
  if (!inTheMiddle)
    test('links are never Docker’s: they outlive their networks and a restart', async () => vlanOwnership(bench));
  if (kernelAlone) {
    test('the guide on VLANs shows what is printed', async () => vlanGuide(bench));
    test('a VLAN that is to be made is asked before', async () => vlanAsked(bench));
    test('macvlan and ipvlan on VLANs are verified, with containers and without', async () => linksVerified(bench));
    test('links made by hand are used as they are, and taken over with --adopt', async () => vlanAdopted(bench));
    test('links, networks and an ipvlan shim made by hand are imported and taken over', async () =>
      vlanImported(bench));
    test('an id that is in use under another name is named', async () => vlanIdTaken(bench));
    test('a link by which the host is reached is not taken away', async () => vlanIsTheWayOut(bench));
    test('links that are made at boot carry the containers that the engine starts then', async () =>
      linksPersisted(bench));
    test('a link that somebody removes is made again while netctl watches', async () => watchedVlan(bench));
    test('links and shims whose parent went down and up work after an apply', async () => parentDownAndUp(bench));
  }
});

describe('a swarm', () => {
  beforeAll(async () => formSwarm(bench));
  describe('overlay', () => {
    test('encrypted: between two engines nothing goes in the clear', async (ctx) => encryptedOverlay(bench, ctx));
    test('services: behind a VIP, where IPVS shares connections among tasks on two hosts, and with DNSRR', async (ctx) =>
      services(bench, ctx));
  });
  if (!inTheMiddle)
    test('ipvlan: one entry is a network of both hosts, whose containers reach each other', async () =>
      ipvlanOfSwarm(bench));
});
