import type { Problem } from '../problem.js';
import { factsOf } from './facts.js';
import { hostsOf, pathOn, specOn } from './hosts.js';
import { schemaProblems } from './issues.js';
import type { SchemaProblem } from './issues.js';
import { isMapping } from './mapping.js';
import { parsePath } from './path.js';
import type { Segment } from './path.js';
import { discoveryProblems } from './rules/discovery.js';
import { hostProblems } from './rules/hosts.js';
import { ABOUT_ABSENCE, RULES } from './rules/index.js';
import type { RuleContext } from './rules/rule.js';
import { claimsOnWire } from './rules/shared-wire.js';
import { specSchema } from './schema.js';
import type { Spec } from './schema.js';

export interface Validated {
  /** Undefined when the file is not of the form. */
  readonly spec?: Spec;
  /** The codes that the spec wants ignored, as far as that could be read. */
  readonly ignore: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Checks plain data against the schema and then against all rules. Where the schema finds something, the rules see the
 * spec without it, so that one run reports everything. `broken` are places whose values were lost before.
 */
export function validate(value: unknown, broken: readonly (readonly Segment[])[]): Validated {
  const parsed = specSchema.safeParse(value);
  if (parsed.success) return { spec: parsed.data, ignore: parsed.data.ignore, problems: runRules(parsed.data, value) };
  const found = schemaProblems(parsed.error.issues, value).filter(
    ({ path }) => !broken.some((lost) => starts(path, lost)),
  );
  const tainted = new Set([...found.map(({ path }) => path), ...broken].map(networkOf));
  const rest = withoutWrong(value, [...found, ...broken.map((path) => ({ path }))]);
  // Without its driver, a network would be judged as a bridge.
  const driverless = new Set(found.filter(isAboutDriver).map(({ path }) => networkOf(path)));
  const rules = rest === undefined ? [] : runRules(rest, value, tainted, driverless);
  return { ignore: rest?.ignore ?? [], problems: [...found.map(({ problem }) => problem), ...rules] };
}

const NONE: ReadonlySet<unknown> = new Set();

function runRules(spec: Spec, value: unknown, tainted = NONE, driverless = NONE): readonly Problem[] {
  const keys = keysOf(value);
  const views = hostsOf(spec).map((host) => ({ host, ...contextOf(specOn(spec, host), keys) }));
  const ofViews = views.flatMap(({ host, ...context }) =>
    RULES.flatMap((rule) => rule(context)).map((one) => ({ ...one, path: pathOn(spec, host, one.path) })),
  );
  const all = [
    ...eachOnce(ofViews),
    ...hostProblems(spec),
    ...discoveryProblems(spec, keys),
    ...claimsOnWire(spec, views),
  ];
  return all.filter(({ code, path }) => {
    const network = networkOf(parsePath(path));
    if (network === undefined) return true;
    return !driverless.has(network) && !(ABOUT_ABSENCE.has(code) && tainted.has(network));
  });
}

function contextOf(spec: Spec, keys: readonly string[]): RuleContext {
  const networks = factsOf(spec);
  const own = networks.filter(({ external }) => !external);
  return { spec, networks, byKey: new Map(networks.map((network) => [network.key, network])), own, keys };
}

/** What is wrong in the same place on several hosts is said once. */
function eachOnce(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(problems.map((one) => [JSON.stringify([one.code, one.path, one.message]), one]));
  return [...seen.values()];
}

function isAboutDriver({ path, problem }: SchemaProblem): boolean {
  return (
    path[0] === 'networks' && path.length === 3 && (path[2] === 'driver' || problem.hint === 'Did you mean driver?')
  );
}

function networkOf(path: readonly Segment[]): unknown {
  return path[0] === 'networks' ? path[1] : undefined;
}

function keysOf(value: unknown): readonly string[] {
  const networks = isMapping(value) ? value['networks'] : undefined;
  return isMapping(networks) ? Object.keys(networks) : [];
}

/** The value without what is wrong, as far as that leaves a spec. Works on a copy. */
function withoutWrong(value: unknown, wrong: readonly Pick<SchemaProblem, 'path'>[]): Spec | undefined {
  if (!isMapping(value)) return undefined;
  const copy = structuredClone(value);
  let paths = wrong.map(({ path }) => path);
  // What a mapping cannot do without goes with the mapping, so a second and a third look may be needed.
  for (let attempt = 0; attempt < 4; attempt += 1) {
    for (const path of paths) remove(copy, path.slice(0, path.length - (attempt > 0 ? 1 : 0)));
    if (typeof copy['name'] !== 'string') copy['name'] = 'unnamed';
    const parsed = specSchema.safeParse(copy);
    if (parsed.success) return parsed.data;
    paths = parsed.error.issues.map((issue) => issue.path as Segment[]);
  }
  return undefined;
}

/** Removes a key. The items of a list keep their places, so a list goes as a whole. */
function remove(root: Record<string, unknown>, path: readonly Segment[]): void {
  const firstIndex = path.findIndex((segment) => typeof segment === 'number');
  const cut = firstIndex < 0 ? path : path.slice(0, firstIndex);
  let holder: unknown = root;
  for (const segment of cut.slice(0, -1)) holder = isMapping(holder) ? holder[segment] : undefined;
  const key = cut.at(-1);
  if (isMapping(holder) && key !== undefined) Reflect.deleteProperty(holder, key);
}

function starts(path: readonly Segment[], prefix: readonly Segment[]): boolean {
  return prefix.every((segment, index) => path[index] === segment);
}
