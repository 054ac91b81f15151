import { kindOf } from '../../../packages/core/src/kinds/index.js';
import { DRIVER_OPTIONS, ENABLE_OPTIONS } from '../../../packages/core/src/spec/options.js';
import type { BuiltinDriver, DriverOption, OptionType } from '../../../packages/core/src/spec/options.js';

/** A value of an option, and the first engine that has it. */
export interface OptionValue {
  readonly value: string;
  readonly since: string;
}

/** What stands for the values of types that have no end of them. */
const SAMPLES = {
  ip: (option) => (option.family === 6 ? ['fd00::10', 'fd00::11'] : ['192.168.1.10', '192.168.1.11']),
  link: () => ['d-link0', 'd-link1'],
  links: () => ['eth0', 'eth0:eth1', 'eth1'],
  'link-prefix': () => ['net', 'lan'],
  'csv-int': () => ['5000', '5001'],
  presence: () => [''],
  int: ({ min = 0, max = 65_535 }) => (max > 60_000 ? ['1350', '1300'] : [min + 1, min, max].map(String)),
} as const satisfies Readonly<
  Record<Exclude<OptionType, 'bool' | 'enum'>, (option: DriverOption) => readonly string[]>
>;

/**
 * The values of an option that mean different things, from its entry in the table of options: a flag has both, an enum
 * has all. The first is not the driver's default, so that its absence can be told.
 */
export function valuesOf(driver: BuiltinDriver, key: string): readonly OptionValue[] {
  const option = DRIVER_OPTIONS[driver][key];
  if (option === undefined) throw new Error(`${driver} has no option ${key}`);
  const since = option.since ?? '0';
  const byDefault = kindOf(driver).defaults[key];
  const { type } = option;
  if (type === 'bool') {
    // These two say what the engine does anyway: what is more than that is for the flags of the same name.
    const first = key === ENABLE_OPTIONS.enableIPv4 ? 'true' : String(byDefault === 'false');
    return [first, String(first === 'false')].map((value) => ({ value, since }));
  }
  if (type !== 'enum') return SAMPLES[type](option).map((value) => ({ value, since }));
  const values = Object.entries(option.values ?? {}).map(([value, one]) => ({ value, since: one.since ?? since }));
  const others = values.filter(({ value, since: first }) => value !== byDefault && first === since);
  return [...others.slice(0, 1), ...values.filter((one) => one !== others[0])];
}
