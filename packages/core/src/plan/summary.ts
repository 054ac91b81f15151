import { groupBy } from '../group-by.js';
import type { Plan, Step } from '../model.js';
import { LOCAL } from '../spec/hosts.js';
import { list } from '../spec/show.js';
import { deedsOf } from './deeds.js';
import type { Deed } from './deeds.js';
import { stepLine, stepTitle, verbOf } from './format.js';
import { stepsOf } from './plan.js';

/** So many names are listed, and the rest is counted. */
const NAMED = 10;

/** `1 to replace, 3 to make, 2 to remove, 4 containers to move` */
export function countSteps(steps: readonly Step[]): string {
  const kinds = deedsOf(steps).map(({ what, step }) => {
    if (what !== 'step') return what;
    return step.op === 'network.forget' ? 'forget' : stepLine(step).sign;
  });
  const count = (kind: string): number => kinds.filter((one) => one === kind).length;
  const moves = count('move');
  const parts: [number, string][] = [
    [count('replace'), 'to replace'],
    [count('+'), 'to make'],
    [count('='), 'to adopt'],
    [count('~'), 'to repair'],
    [count('-'), 'to remove'],
    [moves, `container${moves === 1 ? '' : 's'} to move`],
    [count('<'), 'to take off'],
    [count('>'), 'to put on'],
    [count('forget'), 'to forget'],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(', ');
}

/**
 * How much a plan does, and what of it disrupts whom: `Plan: 1 to replace, 2 containers to move.` and below it
 * `Disruptive: replace network front; take containers db and web off network front and put them back.`
 */
export function formatSummary(plan: Plan, note?: string): string {
  const disruption = describeDisruption(plan);
  const count = `Plan: ${countSteps(stepsOf(plan))}.`;
  return [
    note === undefined ? count : `${count} ${note}`,
    ...(disruption === '' ? [] : [`Disruptive: ${disruption}.`]),
  ].join('\n');
}

/** What of a plan somebody could lose something by, in a few words however many it is; empty where there is nothing. */
export function describeDisruption(plan: Plan): string {
  const deeds = deedsOf(stepsOf(plan)).filter(({ disruptive }) => disruptive);
  // What happens to a network before who is moved for it.
  const inOrder = [...deeds].sort((one, other) => Number(one.what === 'move') - Number(other.what === 'move'));
  const groups = groupBy(inOrder, (deed) => [groupOf(deed)]);
  return [...groups.values()].map(describeDeeds).join('; ');
}

function groupOf({ what, step, by }: Deed): string {
  if (what === 'move') return `${step.host} ${networkOf(step)}`;
  return nameOf(step) === undefined || by !== undefined
    ? stepTitle(step)
    : `${verb({ what, step })} ${kindOf(step)}${tail(step)}`;
}

/** Of one group. */
function describeDeeds(deeds: readonly Deed[]): string {
  const [first] = deeds;
  if (first === undefined) return '';
  const { what, step, by } = first;
  if (what === 'move') {
    const names = deeds.flatMap((one) => ('endpoint' in one.step ? [one.step.endpoint.name] : []));
    const off = `off network ${networkOf(step)}${placeOf(step)}`;
    return `take ${named('container', names)} ${off} and put ${names.length === 1 ? 'it' : 'them'} back`;
  }
  const names = deeds.flatMap((one) => nameOf(one.step) ?? []);
  if (names.length === 0) return stepTitle(step);
  return `${verb(first)} ${named(kindOf(step), names)}${by === undefined ? '' : ` by ${by}`}${tail(step, names.length)}`;
}

function verb({ what, step }: Pick<Deed, 'what' | 'step'>): string {
  return what === 'replace' ? 'replace' : verbOf(step);
}

/** `network web`, `networks lan, web and 12 more` */
function named(kind: string, names: readonly string[]): string {
  const more = names.length - NAMED;
  const shown = more > 1 ? [...names.slice(0, NAMED), `${String(more)} more`] : names;
  return `${kind}${names.length === 1 ? '' : 's'} ${list(shown)}`;
}

function kindOf({ op }: Step): string {
  return op.startsWith('network.') ? 'network' : 'link';
}

/** Of a network or a link. */
function nameOf(step: Step): string | undefined {
  if (step.op === 'link.add') return step.props.name;
  return 'name' in step ? step.name : undefined;
}

function tail(step: Step, count = 1): string {
  return `${placeOf(step)}${'adopted' in step ? ` (netctl did not make ${count === 1 ? 'it' : 'them'})` : ''}`;
}

function placeOf({ host }: Step): string {
  return host === LOCAL ? '' : ` on ${host}`;
}

function networkOf(step: Step): string {
  return 'network' in step ? step.network : '';
}
