import { KERNEL_KINDS } from '../../kinds/kernel-modules.js';
import type { KernelKind } from '../../links.js';
import type { DoctorFacts } from '../facts.js';
import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Finding } from '../finding.js';
import type { Check } from './check.js';

/** What the kernel knows was found by making one of each kind in a network namespace that is gone since. */
export const kernel: Check = (facts) => {
  const release = seenOf(facts.host)?.kernelRelease ?? '';
  const answers = Object.entries(facts.kernel) as [KernelKind, 'yes' | 'no' | 'unknown'][];
  const of = (answer: string): readonly KernelKind[] => answers.filter(([, is]) => is === answer).map(([kind]) => kind);
  const [has, lacks, unknown] = [of('yes'), of('no'), of('unknown')];
  return [
    ...(has.length === 0 ? [] : [inOrder('kernel', `Linux ${release} makes ${has.join(', ')}`)]),
    ...(unknown.length + answers.length > 0 && unknown.length === 0
      ? []
      : [
          notLooked('kernel', `nobody could try ${unknown.join(', ') || 'what it can make'}`, [
            'Run netctl as root, with iproute2 and unshare.',
          ]),
        ]),
    ...replaced(facts, lacks),
    ...lacking(lacks, facts, release),
  ];
};

/**
 * A kernel that was upgraded and not booted has lost the modules that it had not loaded yet. One that comes from outside (of a
 * microVM, of WSL2, of a vendor) never had any there, and may need none.
 */
function replaced(facts: DoctorFacts, lacks: readonly KernelKind[]): readonly Finding[] {
  const { host } = facts;
  const { kernelRelease = '', modulesOf = [] } = seenOf(host) ?? {};
  if (lacks.length === 0 || modulesOf.length === 0 || modulesOf.includes(kernelRelease)) return [];
  return [
    finding('KERNEL_REPLACED', {
      severity: lacks.some((kind) => usersOf(kind, facts).length > 0) ? 'error' : 'warning',
      evidence: [`Linux ${kernelRelease} runs, and /lib/modules has ${modulesOf.join(', ')}`],
      cause:
        'The kernel was upgraded since the machine started, and the package of the running one is gone; or it comes from outside, as in a microVM, and its modules do not.',
      cure: [
        'systemctl reboot   # after an upgrade',
        `A kernel from outside needs modules of its own in /lib/modules/${kernelRelease}, or the kinds built in.`,
      ],
    }),
  ];
}

/** Those that a network needs are an error, the others a warning; each of the two is said once. */
function lacking(kinds: readonly KernelKind[], facts: DoctorFacts, release: string): readonly Finding[] {
  const used = kinds.filter((kind) => usersOf(kind, facts).length > 0);
  const unused = kinds.filter((kind) => usersOf(kind, facts).length === 0);
  return [
    { severity: 'error' as const, some: used },
    { severity: 'warning' as const, some: unused },
  ].flatMap(({ severity, some }) => {
    if (some.length === 0) return [];
    const names = some.flatMap((kind) => KERNEL_KINDS[kind].modules.split(' '));
    return [
      finding('KERNEL_LACKS', {
        severity,
        evidence: [
          `making one in a network namespace of its own was refused: ${some.join(', ')}`,
          ...used
            .filter((kind) => some.includes(kind))
            .map((kind) => `${kind} is needed by ${usersOf(kind, facts).join(', ')}`),
        ],
        cause: `Linux ${release} has ${some.map((kind) => KERNEL_KINDS[kind].lacks).join('; ')}.`,
        cure: [
          `modprobe -a ${names.join(' ')}`,
          `apt install ${packageOf(release)}   # where there is no such module; Ubuntu has them apart`,
          `printf '%s\\n' ${names.join(' ')} > /etc/modules-load.d/netctl.conf   # for every boot`,
        ],
      }),
    ];
  });
}

/** The names of networks that need a kind of link, and of links of this kind that are there. */
function usersOf(kind: KernelKind, { engine, links }: DoctorFacts): readonly string[] {
  return [
    ...(seenOf(engine)?.networks ?? []).filter(({ props }) => needs(kind, props)),
    ...(seenOf(links)?.links ?? []).filter((link) => link.kind === kind),
  ].map(({ name }) => name);
}

function packageOf(release: string): string {
  return release.endsWith('-raspi') ? 'linux-modules-extra-raspi' : `linux-modules-extra-${release || '$(uname -r)'}`;
}

function needs(
  kind: KernelKind,
  { driver, options }: { readonly driver: string; readonly options: Readonly<Record<string, string>> },
): boolean {
  if (kind === 'vxlan') return driver === 'overlay';
  if (kind === 'esp') return driver === 'overlay' && options['encrypted'] !== undefined;
  if (kind === 'vlan') return /^(macvlan|ipvlan)$/.test(driver) && /\.\d+$/.test(options['parent'] ?? '');
  return kind === driver;
}
