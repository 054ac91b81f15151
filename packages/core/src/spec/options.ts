import type { NetworkSpec } from './schema.js';

/** What the value of a driver option must be. `presence`: the engine looks only whether the key is there. */
export type OptionType = 'bool' | 'int' | 'ip' | 'link' | 'links' | 'link-prefix' | 'enum' | 'csv-int' | 'presence';

/** A driver option as the engines know it. `since` names the first engine that does what it says. */
export interface DriverOption {
  readonly type: OptionType;
  readonly since?: string;
  /** type enum: what its values are called in messages, such as `gateway mode`. */
  readonly noun?: string;
  /** type int: the limits, both included. */
  readonly min?: number;
  readonly max?: number;
  /** type int: 0 too, which stands for the default. */
  readonly orZero?: boolean;
  /** type ip: the family, where only one will do. */
  readonly family?: 4 | 6;
  /** type enum: the values, each with its own `since` where it is newer than the option. */
  readonly values?: Readonly<Record<string, { readonly since?: string }>>;
}

const PREFIX = 'com.docker.network.';
export const MTU_OPTION = `${PREFIX}driver.mtu`;

/** The options that say what a field of the request says too, which wins; the newest engines take them out then. */
export const ENABLE_OPTIONS = { enableIPv4: `${PREFIX}enable_ipv4`, enableIPv6: `${PREFIX}enable_ipv6` } as const;

/** Bytes that VXLAN takes from every packet of an overlay network. */
const VXLAN_OVERHEAD = 50;
/** Bytes that ESP takes when an overlay is encrypted (moby, overlay driver, encryption.go `maxMTU`). */
const ESP_OVERHEAD = 26;

/** What an overlay takes from the MTU of the network below, before an encrypted one rounds down to a multiple of four. */
export function overlayOverhead(encrypted: boolean): number {
  return VXLAN_OVERHEAD + (encrypted ? ESP_OVERHEAD : 0);
}

/** The engine looks at the presence of the option alone. */
export function isEncrypted({ encrypted, driver_opts: options }: NetworkSpec): boolean {
  return encrypted === true || options?.['encrypted'] !== undefined;
}

const ANY_DRIVER: Readonly<Record<string, DriverOption>> = {
  [`${PREFIX}advertise_addr_nmsgs`]: { type: 'int', min: 0, max: 3, since: '28.0' },
  [`${PREFIX}advertise_addr_ms`]: { type: 'int', min: 100, max: 2000, since: '28.0' },
};

const GATEWAY_MODE: DriverOption = {
  type: 'enum',
  noun: 'gateway mode',
  since: '27.0',
  values: { nat: {}, routed: {}, 'nat-unprotected': { since: '28.0' }, isolated: { since: '28.0' } },
};

/**
 * The options of the built-in drivers, by driver and full key. Engines store unknown options and most wrong values
 * without a word, so this table is the only check there is. Found in moby's sources from v20.10.0 to v29.7.2.
 */
export const DRIVER_OPTIONS: Readonly<
  Record<'bridge' | 'macvlan' | 'ipvlan' | 'overlay', Readonly<Record<string, DriverOption>>>
> = {
  bridge: {
    ...ANY_DRIVER,
    [`${PREFIX}bridge.name`]: { type: 'link' },
    [`${PREFIX}bridge.enable_ip_masquerade`]: { type: 'bool' },
    [`${PREFIX}bridge.enable_icc`]: { type: 'bool' },
    [`${PREFIX}bridge.host_binding_ipv4`]: { type: 'ip' },
    // Engines from 26 on give it to the bridge device, which takes no other; a failed create leaves the device behind.
    [MTU_OPTION]: { type: 'int', min: 68, max: 65_535, orZero: true },
    [`${PREFIX}bridge.inhibit_ipv4`]: { type: 'bool' },
    [`${PREFIX}container_iface_prefix`]: { type: 'link-prefix' },
    [`${PREFIX}host_ipv4`]: { type: 'ip', family: 4 },
    [`${PREFIX}host_ipv6`]: { type: 'ip', family: 6, since: '25.0' },
    [`${PREFIX}bridge.gateway_mode_ipv4`]: GATEWAY_MODE,
    [`${PREFIX}bridge.gateway_mode_ipv6`]: GATEWAY_MODE,
    [`${PREFIX}bridge.trusted_host_interfaces`]: { type: 'links', since: '28.2' },
    [ENABLE_OPTIONS.enableIPv4]: { type: 'bool', since: '28.0' },
    [ENABLE_OPTIONS.enableIPv6]: { type: 'bool', since: '27.0' },
  },
  macvlan: {
    ...ANY_DRIVER,
    parent: { type: 'link' },
    macvlan_mode: { type: 'enum', noun: 'macvlan mode', values: { bridge: {}, vepa: {}, private: {}, passthru: {} } },
  },
  ipvlan: {
    ...ANY_DRIVER,
    parent: { type: 'link' },
    ipvlan_mode: { type: 'enum', noun: 'ipvlan mode', values: { l2: {}, l3: {}, l3s: { since: '23.0' } } },
    ipvlan_flag: { type: 'enum', noun: 'ipvlan flag', since: '23.0', values: { bridge: {}, private: {}, vepa: {} } },
  },
  overlay: {
    ...ANY_DRIVER,
    encrypted: { type: 'presence' },
    // The MTU of the network below, from which the engine subtracts 50 for VXLAN and 26 and rounding for encryption.
    [MTU_OPTION]: { type: 'int', min: 68, max: 65_535 },
    [`${PREFIX}driver.overlay.vxlanid_list`]: { type: 'csv-int' },
    dsr: { type: 'presence' },
  },
};

export type BuiltinDriver = keyof typeof DRIVER_OPTIONS;

/** Whether this is one of the four drivers that netctl knows; any other name is a plugin. */
export function isBuiltin(driver: string): driver is BuiltinDriver {
  return Object.hasOwn(DRIVER_OPTIONS, driver);
}

/** What netctl knows of an option of a driver. */
export function optionOf(driver: string, key: string): DriverOption | undefined {
  if (!isBuiltin(driver)) return undefined;
  const options = DRIVER_OPTIONS[driver];
  return Object.hasOwn(options, key) ? options[key] : undefined;
}
