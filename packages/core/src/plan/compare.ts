import { kindOf } from '../kinds/index.js';
import type { FoundNetwork, IpamEntry, NetworkProps, NetworkResource } from '../model.js';
import { ENABLE_OPTIONS, isBuiltin, optionOf } from '../spec/options.js';
import type { DriverOption } from '../spec/options.js';
import { entryChanges, scalar } from './change.js';
import type { Change } from './change.js';
import { poolChanges } from './compare-pools.js';

/**
 * How a network differs from what is wanted: what is asked for must be there, and what is there must have been asked
 * for. What an engine fills in, and what netctl derived, is neither, and so is never a reason to replace a network; its
 * label `io.netctl.added` says what that was when it was made.
 */
export function networkChanges(want: NetworkResource, have: FoundNetwork): readonly Change[] {
  const { asked } = want;
  const changes: Change[] = [];
  if (want.name !== have.name) changes.push({ field: 'name', from: have.name, to: want.name });
  // An engine reports no driver for a configuration network.
  const shown = asked.configOnly !== true && have.props.configOnly !== true;
  if (shown) scalar(changes, 'driver', have.props.driver, asked.driver);
  flags(changes, want, have);
  // Another driver brings its own scope.
  if (changes.every(({ field }) => field !== 'driver')) scope(changes, want, have);
  if (asked.configFrom !== undefined || have.props.configFrom !== undefined) {
    scalar(changes, 'config_from', have.props.configFrom, asked.configFrom);
    return changes;
  }
  // The cluster's record of a swarm network that is not an overlay holds no more than this.
  if (have.props.scope === 'swarm' && asked.driver !== 'overlay') return changes;
  poolChanges(changes, want, have);
  options(changes, want, have);
  // Whoever made it may have labels of his own on it.
  const theirs = have.adopted === true ? have.props.labels : {};
  entryChanges(changes, 'labels', have.props.labels, { asked: asked.labels, derived: theirs });
  return changes;
}

const FAMILIES = ['enableIPv4', 'enableIPv6'] as const;
type FamilyFlag = (typeof FAMILIES)[number];

const FLAGS = [
  ['internal', 'internal', false],
  ['attachable', 'attachable', false],
  ['ingress', 'ingress', false],
  ['enableIPv4', 'enable_ipv4', true],
  ['enableIPv6', 'enable_ipv6', false],
  ['configOnly', 'config_only', false],
] as const;

function flags(changes: Change[], want: NetworkResource, have: FoundNetwork): void {
  for (const [key, field, byDefault] of FLAGS) {
    const from = have.props[key] ?? byDefault;
    // Families are among what it takes from its configuration.
    if (isFamily(key) && (want.asked.configFrom !== undefined || isEnginesFamily(key, from, want, have))) continue;
    const to = isFamily(key) ? hasFamily(want.asked, key) : want.asked[key];
    // Swarm overlay networks report attachable and the like as given; IPv6 never.
    if ((to ?? byDefault) !== from && !(key === 'enableIPv6' && have.props.scope === 'swarm')) {
      changes.push({ field, from: String(from), to: String(to ?? byDefault) });
    }
  }
}

function isFamily(key: keyof NetworkProps): key is FamilyFlag {
  return FAMILIES.some((family) => family === key);
}

/** From 27 on an option says it as well; the field of the request wins. */
function hasFamily(asked: NetworkProps, key: FamilyFlag): boolean | undefined {
  const option = asked.options[ENABLE_OPTIONS[key]];
  if (asked[key] !== undefined || option === undefined || !isBuiltin(asked.driver)) return asked[key];
  return bool(option);
}

/**
 * Whether a family is on or off because the engine is told so for every network, by the option of that name among its
 * `default-network-opts`, which has an effect from 27 on. A subnet asks for its family.
 */
function isEnginesFamily(
  key: FamilyFlag,
  is: boolean,
  { asked, props }: NetworkResource,
  { added }: FoundNetwork,
): boolean {
  const option = added?.options?.[ENABLE_OPTIONS[key]];
  if (option === undefined || hasFamily(asked, key) !== undefined) return false;
  const isOfFamily = ({ subnet }: IpamEntry): boolean => subnet?.includes(':') === (key === 'enableIPv6');
  return bool(option) === is && !props.ipam.config.some(isOfFamily);
}

function scope(changes: Change[], { asked }: NetworkResource, have: FoundNetwork): void {
  const byDefault = asked.configOnly === true ? 'local' : kindOf(asked.driver).scope;
  const to = asked.scope ?? byDefault;
  if (to !== undefined) scalar(changes, 'scope', have.props.scope, to);
}

function options(changes: Change[], want: NetworkResource, have: FoundNetwork): void {
  const { asked } = want;
  const { defaults, filledIn } = kindOf(asked.driver);
  const differs = new Set(FLAGS.filter(([, field]) => changes.some((one) => one.field === field)).map(([key]) => key));
  const same = (key: string, a: string | undefined, b: string | undefined): boolean => {
    const flag = flagOf(key);
    // Where it has an effect, that is a flag, which is compared; engines from 28 on take it out where the flag is given.
    if (flag !== undefined && (a === undefined || differs.has(flag) || bool(a) === have.props[flag])) return true;
    const option = optionOf(asked.driver, key);
    if (option?.type === 'presence') return (a === undefined) === (b === undefined);
    if (option?.type === 'csv-int' && a !== undefined && b !== undefined) return sameSoFar(numbers(a), numbers(b));
    const [left, right] = [a, b].map((value) => meaning(option, value ?? defaults[key]));
    return left === right;
  };
  entryChanges(changes, 'driver_opts', have.props.options, {
    asked: asked.options,
    derived: want.props.options,
    added: have.added?.options ?? {},
    // Not those that were asked for once.
    filledIn: filledIn.filter((key) => have.asked?.options[key] === undefined),
    same,
  });
  entryChanges(changes, 'ipam.options', have.props.ipam.options ?? {}, { asked: asked.ipam.options ?? {} });
}

function flagOf(option: string): FamilyFlag | undefined {
  return FAMILIES.find((flag) => ENABLE_OPTIONS[flag] === option);
}

/** Engines keep a boolean as it was written, by Go's rules (`1`, `t`, `TRUE`), and a number with its zeros. */
function meaning(option: DriverOption | undefined, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (option?.type === 'bool') return String(bool(value) ?? value);
  return option?.type === 'int' && /^\d+$/.test(value) ? String(Number(value)) : value;
}

/**
 * A swarm keeps one VNI for each subnet: of a longer list the first ones, and a shorter one it goes on with VNIs of its own
 * (swarmkit, ovmanager.go NetworkAllocate).
 */
function sameSoFar(left: readonly number[], right: readonly number[]): boolean {
  return left.slice(0, right.length).every((one, index) => one === right[index]);
}

function numbers(text: string): readonly number[] {
  return text.split(',').map(Number);
}

function bool(text: string): boolean | undefined {
  if (/^(1|t|true)$/i.test(text)) return true;
  return /^(0|f|false)$/i.test(text) ? false : undefined;
}
