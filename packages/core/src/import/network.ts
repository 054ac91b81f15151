import type { HostFacts } from '../model.js';
import { line, textLine } from './block.js';
import type { Line, Value } from './block.js';
import { optionLines } from './options.js';
import { addressing } from './pools.js';
import type { View } from './view.js';

/** What the links of the host say of a network. */
export interface Surroundings {
  /** What stands for its parent. */
  readonly below: readonly Line[];
  /** The value of `shim`, and the addresses that it means. */
  readonly shim?: { readonly value: Value; readonly addresses: readonly string[] };
  /** What there is to say besides, each a sentence. */
  readonly notes: readonly string[];
  /** Labels that no spec can hold. */
  readonly without?: ReadonlySet<string>;
}

/** How labels begin that Compose gives to what it makes, and knows it again by. */
const COMPOSE_PREFIX = 'com.docker.compose.';

/** A network as a person would write it; what goes without saying is left out. */
export function networkLine(view: View, around: Surroundings, facts?: HostFacts): Line {
  const { key, name, props, asked, found } = view;
  const { shim, notes, without } = around;
  const options = optionLines(view, around.below, facts);
  const addresses = addressing(view, facts?.engine, new Set(shim?.addresses));
  // Where the engine is told otherwise for all networks, saying the default says something.
  const firm = asked && (found?.added?.options ?? undefined) !== undefined;
  const flag = (word: string, value: boolean | undefined, byDefault: boolean): readonly Line[] =>
    line(word, value === byDefault && !(firm && word.startsWith('enable_ip')) ? undefined : value);
  const labels = Object.entries(props.labels).filter(
    ([label]) => without?.has(label) !== true && (asked || !label.startsWith(COMPOSE_PREFIX)),
  );
  const own = props.configFrom === undefined;
  const lines = [
    ...line('name', name === key ? undefined : name),
    ...line('driver', props.driver === '' ? undefined : props.driver),
    ...line('config_only', props.configOnly === true || undefined),
    ...line('config_from', props.configFrom),
    ...line('scope', scopeOf(view)),
    ...(own ? options.first : []),
    ...(own ? addresses.lines : []),
    ...line('shim', shim?.value),
    ...(own ? [...flag('enable_ipv4', props.enableIPv4, true), ...flag('enable_ipv6', props.enableIPv6, false)] : []),
    ...line('internal', props.internal === true || undefined),
    ...line('attachable', props.attachable === true || undefined),
    ...line('ingress', props.ingress === true || undefined),
    ...(own ? [...options.then, ...textLine('driver_opts', options.rest)] : []),
    ...(own ? textLine('labels', Object.fromEntries(labels)) : []),
  ];
  const above = [...notes, ...(own ? addresses.notes : [])];
  return { key, value: { lines }, ...(above.length === 0 ? {} : { above }) };
}

/** Overlay networks are of the swarm, and all others of the host, without a word. */
function scopeOf({ props: { driver, scope, configOnly } }: View): string | undefined {
  const byDefault = driver === 'overlay' && configOnly !== true ? 'swarm' : 'local';
  return scope === byDefault ? undefined : scope;
}
