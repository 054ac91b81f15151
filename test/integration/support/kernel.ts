import { execa } from 'execa';

/** What to call a kind of link when the kernel has none of it. */
export const linkKinds = {
  ipvlan: 'ipvlan links',
  vlan: '802.1Q links',
  macvlan: 'macvlan links',
  vxlan: 'VXLAN links',
  dummy: 'dummy links',
} as const;

export type TestedKind = keyof typeof linkKinds;

const make: Readonly<Record<TestedKind, readonly string[]>> = {
  ipvlan: ['link', 'add', 'link', 'p', 'name', 'x', 'type', 'ipvlan', 'mode', 'l2'],
  vlan: ['link', 'add', 'link', 'p', 'name', 'x', 'type', 'vlan', 'id', '7'],
  macvlan: ['link', 'add', 'link', 'p', 'name', 'x', 'type', 'macvlan', 'mode', 'bridge'],
  vxlan: ['link', 'add', 'name', 'x', 'type', 'vxlan', 'id', '7', 'dstport', '4789'],
  dummy: ['link', 'add', 'name', 'x', 'type', 'dummy'],
};

/** Whether this kernel makes such links: tried in a network namespace that is gone with the shell. */
export async function kernelMakes(kind: TestedKind): Promise<boolean> {
  const script = `ip link add p type veth peer name q && ip ${make[kind].join(' ')}`;
  const { exitCode } = await execa('unshare', ['--net', '--', 'sh', '-c', script], { reject: false, timeout: 30_000 });
  return exitCode === 0;
}

/** Those of the kinds that this kernel lacks. */
export async function kernelLacks(kinds: readonly TestedKind[]): Promise<readonly TestedKind[]> {
  const answers = await Promise.all(kinds.map(async (kind) => ({ kind, made: await kernelMakes(kind) })));
  return answers.filter(({ made }) => !made).map(({ kind }) => kind);
}

/** For `ctx.skip`: `this kernel has no ipvlan links`. */
export function lacking(kinds: readonly TestedKind[]): string {
  return `this kernel has no ${kinds.map((kind) => linkKinds[kind]).join(' and no ')}`;
}
