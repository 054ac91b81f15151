import { DRIVER_OPTIONS, ENABLE_OPTIONS } from '../../../../packages/core/src/spec/options.js';
import type { BuiltinDriver } from '../../../../packages/core/src/spec/options.js';
import { valuesOf } from '../option-values.js';
import { different, fewer, type DriftNetwork, type Mutation, mutation, oneMore, options } from './mutation.js';

/** What a network of the driver needs to stand on, with a subnet of its own. */
export type Base = () => Readonly<Record<string, unknown>>;

const VNIS = 'com.docker.network.driver.overlay.vxlanid_list';

/** What is particular to an option; all the rest follows from its type. */
interface Particular {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly mutations?: readonly Mutation[];
  /** Its value where it is one more, or why it cannot be told. */
  readonly more?: string | { readonly untold: string };
}

/** Without the field of the request, which would win. */
const enable = (key: keyof typeof ENABLE_OPTIONS, wanted: boolean): Mutation => ({
  ...mutation(
    'different',
    key === 'enableIPv4' ? 'enable_ipv4' : 'enable_ipv6',
    (body) => {
      Reflect.deleteProperty(body, key === 'enableIPv4' ? 'EnableIPv4' : 'EnableIPv6');
      body.Options[ENABLE_OPTIONS[key]] = String(!wanted);
      // A pool that the engine chose belongs to the family that goes.
      body.IPAM.Config = body.IPAM.Config.filter(({ Subnet }) => !wanted || Subnet?.includes(':'));
    },
    { from: String(!wanted), to: String(wanted) },
    { since: key === 'enableIPv4' ? '28.0' : '27.0' },
  ),
  label: `different driver_opts.${ENABLE_OPTIONS[key]}`,
});

const gatewayMode: Particular = {
  // One of the modes is for internal networks alone.
  spec: { internal: true },
};

const particular: Readonly<Record<string, Particular>> = {
  'com.docker.network.bridge.gateway_mode_ipv4': gatewayMode,
  'com.docker.network.bridge.gateway_mode_ipv6': gatewayMode,
  'com.docker.network.bridge.name': { more: 'd-more0' },
  [ENABLE_OPTIONS.enableIPv4]: {
    spec: { enable_ipv6: true, subnet: 'fd77::/64' },
    mutations: [enable('enableIPv4', true)],
    more: { untold: 'the flag enable_ipv4 says the same, and is compared' },
  },
  [ENABLE_OPTIONS.enableIPv6]: {
    mutations: [enable('enableIPv6', false)],
    more: { untold: 'the flag enable_ipv6 says the same, and is compared' },
  },
  [VNIS]: {
    mutations: [
      mutation(
        'fewer',
        `driver_opts.${VNIS}`,
        (body) => Reflect.deleteProperty(body.Options, VNIS),
        ({ Options }) => ({ from: Options?.[VNIS] ?? '', to: valuesOf('overlay', VNIS)[0]?.value ?? '' }),
      ),
      different(options, VNIS, valuesOf('overlay', VNIS)[0]?.value ?? '', '5001'),
    ],
    more: { untold: 'the swarm writes one into every overlay network' },
  },
  parent: { more: { untold: 'every network of the driver has it' } },
};

/**
 * A network for each option of the driver, made again by hand with each other value, without it, and with
 * other options besides.
 */
export function optionNetworks(driver: BuiltinDriver, base: Base, parents: () => string): readonly DriftNetwork[] {
  const keys = Object.keys(DRIVER_OPTIONS[driver]);
  return keys.map((key): DriftNetwork => {
    const option = DRIVER_OPTIONS[driver][key];
    const { spec, mutations } = particular[key] ?? {};
    const own = base();
    const onParent = own['parent'] as string | undefined;
    // The shorthand says the same as this option.
    const { parent: _, ...rest } = own;
    const values = valuesOf(driver, key);
    const [asked = '', ...others] = values.map(({ value }) => value);
    const value = key === 'parent' ? (onParent ?? '') : asked;
    const driven = key === 'parent' ? [different(options, key, value, parents())] : undefined;
    const derived = [
      ...others.map((other, at) => different(options, key, value, other, values[at + 1]?.since)),
      ...(key === 'parent' ? [] : [fewer(options, key, value)]),
    ];
    return {
      key: `o-${driver}-${key.replace(/^com\.docker\.network\./, '').replaceAll(/[._]/g, '-')}`,
      spec: { ...(key === 'parent' ? rest : own), ...spec, driver, driver_opts: { [key]: value } },
      ...(option?.since === undefined ? {} : { since: option.since }),
      shows: [[driver, 'options']],
      mutations: [...(mutations ?? driven ?? derived), ...more(driver, key)],
    };
  });
}

/** Each option that can be told is one more on one of the networks that every engine can have. */
function more(driver: BuiltinDriver, key: string): readonly Mutation[] {
  const all = Object.keys(DRIVER_OPTIONS[driver]);
  const hosts = all.filter((one) => DRIVER_OPTIONS[driver][one]?.since === undefined);
  return all
    .filter((one, index) => {
      const turn = hosts.indexOf(one) === index % hosts.length ? index + 1 : index;
      return typeof particular[one]?.more !== 'object' && hosts[turn % hosts.length] === key;
    })
    .map((one) => {
      const given = particular[one]?.more;
      return oneMore(options, one, typeof given === 'string' ? given : (valuesOf(driver, one)[0]?.value ?? ''));
    });
}

/** The options that cannot be told when they are one more by hand, and why. */
export function untoldOf(driver: BuiltinDriver): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(DRIVER_OPTIONS[driver]).flatMap((key) => {
      const given = particular[key]?.more;
      return typeof given === 'object' ? [[key, given.untold]] : [];
    }),
  );
}
