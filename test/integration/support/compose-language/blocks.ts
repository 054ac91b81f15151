import type { TestedKind } from '../kernel.js';
import type { Shown } from './compare.js';

/**
 * One network block of the Compose Specification, in one line of YAML. `#` stands for the number of the block, which
 * makes its subnets its own, and `@` for that of an interface which nobody has: before engine 28 a parent has one network.
 */
export interface Block {
  /** The key of the network, when a letter and a dash are put before it: some of Docker's own names are among them. */
  readonly name: string;
  readonly yaml: string;
  /** The real name of the network, where the block gives one. */
  readonly named?: string;
  /** The first engine that takes it. */
  readonly since?: string;
  readonly kinds?: readonly TestedKind[];
  /** Where Compose does not do what its specification says: what netctl's network has. */
  readonly butCompose?: { readonly why: string; instead(compose: Shown): Shown };
}

/** Networks that are there before, for the blocks that are `external`. */
export const THEIRS = ['theirs', 'theirs-too', 'n-external-key'] as const;

const ONE = 'subnet: 10.60.#.0/24';
const V6 = 'subnet: "fd60:#::/64"';
const BRIDGE = 'com.docker.network.bridge';
const MTU = 'com.docker.network.driver.mtu';

/** A block with a subnet and what is said besides. */
const on = (name: string, more: string): Block => ({ name, yaml: `{ ipam: { config: [{ ${ONE} }] }, ${more} }` });
const opts = (name: string, options: string): Block => on(name, `driver_opts: { ${options} }`);
const pools = (name: string, ...config: readonly string[]): Block => ({
  name,
  yaml: `{ ipam: { config: [${config.map((entry) => `{ ${entry} }`).join(', ')}] } }`,
});
const dual = (name: string, ...config: readonly string[]): Block => ({
  name,
  yaml: `{ enable_ipv6: true, ipam: { config: [${config.map((entry) => `{ ${entry} }`).join(', ')}] } }`,
});
const lan = (name: string, kind: 'macvlan' | 'ipvlan', options: string, more = ''): Block => ({
  name,
  kinds: [kind],
  yaml: `{ driver: ${kind}, driver_opts: { parent: eth@, ${options} }, ipam: { config: [{ ${ONE}, gateway: 10.60.#.1, ip_range: 10.60.#.64/26 }] }, ${more} }`,
});
const overlay = (name: string, more: string): Block => ({
  name,
  yaml: `{ driver: overlay, ${more} }`,
  kinds: ['vxlan'],
});

export const blocks: readonly Block[] = [
  { name: 'nothing', yaml: '' },
  { name: 'tilde', yaml: '~' },
  { name: 'empty', yaml: '{}' },
  { name: 'extensions', yaml: `{ x-a: [1], ipam: { x-b: { c: 2 }, config: [{ ${ONE}, x-d: ~ }] } }` },

  { name: 'bridge', yaml: '{ driver: bridge }' },
  { name: 'driver-empty', yaml: '{ driver: "" }' },
  on('internal', 'internal: true'),
  on('internal-text', 'internal: "true"'),
  on('internal-yes', 'internal: yes'),
  on('internal-no', 'internal: Off'),
  on('attachable', 'attachable: true'),
  on('attachable-no', 'attachable: "N"'),
  on('ipv4', 'enable_ipv4: true'),
  { name: 'ipv4-off', yaml: `{ enable_ipv4: no, enable_ipv6: y, ipam: { config: [{ ${V6} }] } }`, since: '28.0' },
  { name: 'ipv6', yaml: '{ enable_ipv6: true }', since: '27.0' },
  on('ipv6-off', 'enable_ipv6: "false"'),

  { name: 'ipam-empty', yaml: '{ ipam: {} }' },
  { name: 'ipam-driver', yaml: '{ ipam: { driver: default } }' },
  { name: 'ipam-driver-empty', yaml: '{ ipam: { driver: "" } }' },
  { name: 'ipam-no-pools', yaml: '{ ipam: { config: [] } }' },
  { name: 'ipam-options-empty', yaml: '{ ipam: { options: {} } }' },
  {
    name: 'ipam-options',
    yaml: '{ ipam: { options: { a: b } } }',
    butCompose: {
      why: 'Compose loses them up to 5.1 (docker/compose#13785)',
      instead: (compose) => ({ ...compose, IPAM: { ...compose.IPAM, Options: { a: 'b' } } }),
    },
  },
  pools('subnet', ONE),
  pools('gateway', `${ONE}, gateway: 10.60.#.9`),
  pools('range', `${ONE}, ip_range: 10.60.#.128/25`),
  pools('range-at-start', `${ONE}, ip_range: 10.60.#.0/28, gateway: 10.60.#.14`),
  pools(
    'all-of-a-pool',
    `${ONE}, ip_range: 10.60.#.64/26, gateway: 10.60.#.1, aux_addresses: { a: 10.60.#.70, b: 10.60.#.9 }`,
  ),
  pools('empty-texts', `${ONE}, ip_range: "", gateway: "", aux_addresses: {}`),
  pools('variables', `${ONE}, gateway: "\${NOT_SET:-}", ip_range: "\${NOT_SET:-10.60.#.32/27}"`),
  pools('small', 'subnet: 10.60.#.8/30'),
  pools('large', 'subnet: 172.#.0.0/16'),
  dual('dual-stack', ONE, V6),
  dual('dual-stack-turned', V6, ONE),
  dual(
    'dual-stack-whole',
    `${ONE}, gateway: 10.60.#.2`,
    `${V6}, gateway: "fd60:#::9", ip_range: "fd60:#::1:0/112", aux_addresses: { a: "fd60:#::1:7" }`,
  ),
  dual('ipv6-spelled', ONE, 'subnet: "FD60:#:0:0::/64", gateway: "FD60:#:0:0::A"'),
  { ...dual('ipv6-alone', V6), since: '27.0' },

  opts(
    'options-text',
    `${BRIDGE}.enable_icc: "false", ${BRIDGE}.enable_ip_masquerade: "0", ${BRIDGE}.host_binding_ipv4: 127.0.0.1`,
  ),
  opts('options-name', `${BRIDGE}.name: br-lang`),
  opts('options-number', `${MTU}: 1400`),
  opts('options-octal', `${MTU}: 02600`),
  opts('options-empty', `${BRIDGE}.name: "", ${MTU}: "1450"`),
  opts('options-unknown', 'a: 1_000, b: 1e6, c: 1.50, d: 0b101, e: 0o17, f: .5, g: 1e-7, h: -0x1F, i: .inf, j: "0777"'),
  opts('options-none', ''),
  { ...opts('options-routed', `${BRIDGE}.gateway_mode_ipv4: routed`), since: '27.0' },

  on(
    'labels',
    'labels: { a: text, b: 5, c: 1.50, d: true, e: ~, f: "", g: "$$x", h: "two\\nlines", ü: é, i: 12345678901234567890 }',
  ),
  on(
    'labels-numbers',
    'labels: { a: 0777, b: 08, c: 1000000.0, d: 0.0001, e: 0.00001, f: 1e21, g: -0.0, h: .NaN, i: yes, j: TRUE }',
  ),
  on('labels-list', 'labels: [a=1, b, c=, d=x=y, "e=$$z", a=2]'),
  on('labels-no-key', 'labels: ["", com.example.team=blue]'),
  on('labels-none', 'labels: []'),
  {
    ...on('labels-x', 'labels: { x-a: b }'),
    butCompose: {
      why: 'Compose makes one label #extensions of them, and its schema says that any key is a label',
      instead: (compose) => ({ ...compose, Labels: { 'x-a': 'b' } }),
    },
  },

  { name: 'named', yaml: '{ name: lang.named-1, labels: { a: b } }', named: 'lang.named-1' },
  { name: 'named-by-variable', yaml: '{ name: "${LANG_NAME:-lang_named}" }', named: 'lang_named' },
  { name: 'external', yaml: '{ external: true, name: theirs, x-a: b }', named: 'theirs' },
  { name: 'external-name', yaml: '{ external: { name: theirs-too } }', named: 'theirs-too' },
  { name: 'external-key', yaml: '{ external: "yes" }', named: 'n-external-key' },
  { name: 'external-not', yaml: `{ external: "no", internal: true }` },

  lan('macvlan', 'macvlan', ''),
  lan('macvlan-bridge', 'macvlan', 'macvlan_mode: bridge', 'labels: [a=b]'),
  lan('macvlan-vepa', 'macvlan', 'macvlan_mode: vepa'),
  lan('macvlan-private', 'macvlan', 'macvlan_mode: private', 'internal: true'),
  lan('macvlan-passthru', 'macvlan', 'macvlan_mode: passthru'),
  {
    name: 'macvlan-pools',
    kinds: ['macvlan'],
    yaml: `{ driver: macvlan, enable_ipv6: true, driver_opts: { parent: eth@ }, ipam: { config: [{ ${ONE}, gateway: 10.60.#.1 }, { subnet: 10.61.#.0/24 }, { ${V6} }] } }`,
  },
  lan('ipvlan', 'ipvlan', ''),
  lan('ipvlan-l3', 'ipvlan', 'ipvlan_mode: l3'),
  { ...lan('ipvlan-l3s', 'ipvlan', 'ipvlan_mode: l3s, ipvlan_flag: private'), since: '23.0' },

  overlay('overlay', 'attachable: false'),
  overlay('overlay-attachable', 'attachable: true, labels: { a: 1 }'),
  overlay('overlay-internal', 'internal: true'),
  overlay('overlay-options', `driver_opts: { encrypted: "", ${MTU}: 1300 }`),
  overlay(
    'overlay-pool',
    `ipam: { driver: default, config: [{ ${ONE}, gateway: 10.60.#.9, ip_range: 10.60.#.128/25 }] }`,
  ),
  overlay('overlay-pools', `ipam: { config: [{ ${ONE} }, { subnet: 10.61.#.0/24 }] }`),
];
