import type { LintCode } from '../../codes.js';
import { macFilterOf } from '../../kinds/mac-filter.js';
import { platformOf } from '../../kinds/machine.js';
import type { FindingCode } from '../codes.js';
import type { DoctorFacts } from '../facts.js';
import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Finding } from '../finding.js';
import { containerOf, isDesktop } from '../place.js';
import type { Check } from './check.js';

const ROOT_ON_HOST =
  'Use an engine that runs as root on a Linux host of its own for macvlan, ipvlan and shims; bridge networks work here.';

/** What the host is, where that decides which networks can work on it. */
export const platform: Check = (facts) => {
  const found = [...engineElsewhere(facts), ...wsl(facts), ...container(facts), ...filters(facts)];
  if (found.length > 0) return found;
  const unseen = [facts.host, facts.links].find((looked) => 'why' in looked);
  if (unseen !== undefined && 'why' in unseen) return [notLooked('platform', unseen.why)];
  return [inOrder('platform', 'nothing that keeps macvlan, ipvlan and shims from working')];
};

function engineElsewhere(facts: DoctorFacts): readonly Finding[] {
  const view = seenOf(facts.engine);
  if (view === undefined) return [];
  const { operatingSystem, rootless } = view.engine;
  const evidence = [`docker info: Operating System ${operatingSystem}${rootless ? ', Security Options rootless' : ''}`];
  if (rootless) {
    const cause =
      'A rootless engine has a network namespace of its own, and its networks never reach the links of the host.';
    return [finding('ROOTLESS', { evidence, cause, cure: [ROOT_ON_HOST] })];
  }
  if (!isDesktop(view.engine)) return [];
  const cause = 'Its networks are links of that machine, so macvlan and ipvlan reach nobody on your LAN.';
  return [finding('DOCKER_DESKTOP', { evidence, cause, cure: [ROOT_ON_HOST] })];
}

function wsl({ host }: DoctorFacts): readonly Finding[] {
  const release = seenOf(host)?.kernelRelease ?? '';
  if (!/microsoft|WSL2/i.test(release)) return [];
  const cause =
    'Its network is behind a virtual switch of Windows, which knows one MAC address, and its kernel lacks modules.';
  return [finding('WSL2', { evidence: [`the kernel is ${release}`], cause, cure: [ROOT_ON_HOST] })];
}

function container(facts: DoctorFacts): readonly Finding[] {
  const { evidence } = containerOf(facts) ?? {};
  if (evidence === undefined) return [];
  return [
    finding('IN_CONTAINER', {
      evidence: [evidence],
      cause:
        'The links, files and settings seen from here are those of the container, unless it was given those of its host.',
      cure: [
        'Run netctl on the host, or in a container with --network host --pid host --privileged, or name the host by ssh://USER@HOST.',
      ],
    }),
  ];
}

const CODES: Readonly<Partial<Record<LintCode, FindingCode>>> = {
  WIFI_PARENT: 'WIFI_LINK',
  CLOUD_FILTERS_MAC: 'CLOUD_FILTERS_MAC',
  HYPERVISOR_FILTERS_MAC: 'HYPERVISOR_FILTERS_MAC',
};

/** With a macvlan network on such a wire it is as severe as the table says; without one it is good to know. */
function filters({ engine, links }: DoctorFacts): readonly Finding[] {
  const seen = seenOf(links);
  if (seen === undefined) return [];
  const stack = { facts: { links: seen }, wanted: [] };
  const used = (seenOf(engine)?.networks ?? []).flatMap(({ name, props }) => {
    const parent = props.driver === 'macvlan' ? props.options['parent'] : undefined;
    const filter = parent === undefined ? undefined : macFilterOf(parent, stack);
    const code = filter === undefined ? undefined : CODES[filter.code];
    return filter === undefined || code === undefined
      ? []
      : [
          finding(code, {
            evidence: [`macvlan network ${name} on ${parent ?? ''}`, filter.message],
            cause: FILTERED,
            cure: [filter.cure],
          }),
        ];
  });
  if (used.length > 0) return used;
  const machine = platformOf(seen.machine);
  const wireless = seen.links.filter((link) => link.wireless).map(({ name }) => name);
  return [
    ...(machine === undefined
      ? []
      : [
          finding(machine.setting === undefined ? 'CLOUD_FILTERS_MAC' : 'HYPERVISOR_FILTERS_MAC', {
            severity: 'note',
            evidence: [`the firmware says that this machine is one of ${machine.name}`],
            cause: FILTERED,
            cure: [machine.setting ?? 'Use a bridge or an overlay network, or ipvlan with addresses of the cloud.'],
          }),
        ]),
    ...wireless.map((name) =>
      finding('WIFI_LINK', {
        severity: 'note',
        evidence: [`${name} is a Wi-Fi link`],
        cause: FILTERED,
        cure: ['Use ipvlan in mode l2 there, or a wired link.'],
      }),
    ),
  ];
}

const FILTERED = 'macvlan gives each container a MAC address of its own, and this wire lets one through.';
