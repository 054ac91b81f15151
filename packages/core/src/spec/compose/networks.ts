import { LINTS } from '../../codes.js';
import { list, quote, show } from '../show.js';
import { yesOrNo } from '../values.js';
import { isMapping } from '../mapping.js';
import { entriesOf, mappingOf, partAt } from './part.js';
import type { Part } from './part.js';
import type { Report, Reporter } from './report.js';

export interface ProjectNetworks {
  /** Those that netctl makes, in the words of a spec. */
  readonly part: Part;
  /** All keys of the file. */
  readonly keys: ReadonlySet<string>;
  /** Whether those are all that there are. */
  readonly isKnown: boolean;
  /** Real names of those that netctl makes, by key. */
  readonly names: ReadonlyMap<string, string>;
}

/** Keys that say in Compose's words what x-netctl cannot say again. */
const BESIDE: Readonly<Record<string, string>> = {
  external: 'Remove it: external: true stands beside x-netctl.',
  name: 'Write name: beside x-netctl, where Compose finds it too.',
};

/** Sorts the networks of a project into those that netctl makes and those that it leaves to Compose. */
export function readNetworks(project: Part, { report, found }: Reporter, isWhole: boolean): ProjectNetworks {
  const networks = partAt(project, 'networks');
  if (networks !== undefined && !isMapping(networks.value)) {
    const message = `This must be a mapping of names to networks, and is ${show(networks.value)}.`;
    report('error', 'WRONG_TYPE', ['networks'], message, 'Write "name:" lines below it, or remove the key.');
  }
  const entries = entriesOf(networks);
  const own = entries.flatMap(([key, network]): readonly (readonly [string, Part])[] => {
    if (network.value === null) return [];
    if (!isMapping(network.value)) {
      const message = `The network ${quote(key)} must be a mapping, and is ${show(network.value)}.`;
      report('error', 'WRONG_TYPE', ['networks', key], message, 'Write "key: value" lines below it.');
      return [];
    }
    const made = partAt(network, 'x-netctl');
    if (made === undefined || !isOurs(key, network, made, report)) return [];
    return [[key, inSpec(key, network, made, report)]];
  });
  const names = new Map(own.map(([key, network]) => [key, nameOf(key, network)]));
  reportSharedNames(entries, names, report);
  const left = entries.map(([key]) => key).filter((key) => !names.has(key));
  const isKnown = isWhole && !found.some(({ severity }) => severity === 'error');
  if (isKnown) reportLeft(left, own.length, report);
  return {
    part: mappingOf(own, networks?.mark ?? project.mark),
    keys: new Set(entries.map(([key]) => key)),
    isKnown,
    names,
  };
}

function isOurs(key: string, network: Part, made: Part, report: Report): boolean {
  const at = ['networks', key];
  const external = partAt(network, 'external');
  if (isMapping(external?.value)) {
    const message = `The network ${quote(key)} has two names: name, and that of external.`;
    report('error', 'SAID_TWICE', [...at, 'external', 'name'], message, 'Write external: true, and name: alone.');
    return false;
  }
  const answer = yesOrNo(external?.value);
  if (external !== undefined && external.value !== null && answer === undefined) {
    const message = `external of the network ${quote(key)} must be true or false, and is ${show(external.value)}.`;
    report('error', 'WRONG_TYPE', [...at, 'external'], message, 'Write true.');
    return false;
  }
  if (answer !== true) {
    const message = `The network ${quote(key)} has x-netctl and is not external: Compose would make it, and not look for the one that netctl makes.`;
    report(
      'error',
      'NOT_EXTERNAL',
      [...at, 'x-netctl'],
      message,
      'Add external: true beside x-netctl, or remove x-netctl.',
    );
    return false;
  }
  if (made.value === null || isMapping(made.value)) return true;
  const message = `x-netctl of the network ${quote(key)} must be a mapping, and is ${show(made.value)}.`;
  report('error', 'WRONG_TYPE', [...at, 'x-netctl'], message, 'Write the keys that a network of a spec has, below it.');
  return false;
}

/** A network of the spec, from what x-netctl says and the name that Compose knows it by. */
function inSpec(key: string, network: Part, made: Part, report: Report): Part {
  const at = ['networks', key];
  for (const [beside] of entriesOf(network)) {
    if (beside === 'name' || beside === 'external' || beside === 'x-netctl') continue;
    const message = `Compose does nothing with ${beside} of the network ${quote(key)}, which is external.`;
    report('error', 'EXTERNAL_WITH_KEYS', [...at, beside], message, 'Write it below x-netctl.');
  }
  const own = entriesOf(made).filter(([word]) => {
    const hint = Object.hasOwn(BESIDE, word) ? BESIDE[word] : undefined;
    if (hint === undefined) return true;
    report('error', 'SAID_TWICE', [...at, 'x-netctl', word], `x-netctl has no key ${word}, which is Compose's.`, hint);
    return false;
  });
  const name = partAt(network, 'name');
  return mappingOf([...own, ...(name === undefined ? [] : [['name', name] as const])], network.mark);
}

function nameOf(key: string, network: Part): string {
  const name = partAt(network, 'name')?.value;
  return typeof name === 'string' && name !== '' ? name : key;
}

/** Of two keys for one network only one could have what the other says, and services are on either. */
function reportSharedNames(
  entries: readonly (readonly [string, Part])[],
  names: ReadonlyMap<string, string>,
  report: Report,
): void {
  for (const [key, network] of entries) {
    if (names.has(key)) continue;
    const external = yesOrNo(partAt(network, 'external')?.value) === true;
    const name = partAt(network, 'name')?.value;
    const real = typeof name === 'string' ? name : external ? key : undefined;
    const other = [...names].find(([, taken]) => taken === real)?.[0];
    if (other === undefined) continue;
    const message = `The networks ${quote(key)} and ${quote(other)} have one name, and netctl makes only the second.`;
    const at = name === undefined ? ['networks', key] : ['networks', key, 'name'];
    report('error', 'DUPLICATE_NAME', at, message, `Remove ${key}, and write ${other} in its place.`);
  }
}

function reportLeft(left: readonly string[], made: number, report: Report): void {
  const severity = LINTS.LEFT_TO_COMPOSE.severity;
  const hint =
    'A network that netctl is to make has external: true and x-netctl: with the keys of a network of a spec.';
  if (left.length > 0) {
    const shown = left.length > 5 ? [...left.slice(0, 5), `${String(left.length - 5)} more`] : left;
    const message = `${left.length === 1 ? 'The network' : 'The networks'} ${list(shown)} ${left.length === 1 ? 'is' : 'are'} left to Compose.`;
    report(severity, 'LEFT_TO_COMPOSE', ['networks'], message, hint);
  } else if (made === 0) {
    report(severity, 'LEFT_TO_COMPOSE', ['networks'], 'The file has no network for netctl to make.', hint);
  }
}
