import { askedProps } from '../resolve/networks.js';
import { validate } from '../spec/validate.js';
import type { Line } from './block.js';
import { drop, NOTHING_DROPPED } from './drop.js';
import type { Dropped } from './drop.js';
import { faultsOf, halfSentence } from './judge.js';
import type { Objection } from './judge.js';
import type { Imported } from './import.js';
import { networkLine } from './network.js';
import { validName } from './select.js';
import type { LeftOut } from './select.js';
import { footer } from './sketch.js';
import type { View } from './view.js';
import { writeSpec } from './write.js';

/** The networks of a Compose project, as its files say them, with variables in place. */
export interface ComposeNetworks {
  readonly project: string;
  /** The mapping `networks:` as plain data; a network without keys is null. */
  readonly networks: Readonly<Record<string, unknown>>;
  /** Some service names no network, so that Compose makes the one that is called `default`. */
  readonly usesDefault: boolean;
  /** It takes networks from other files by `include:`. */
  readonly includes?: boolean;
}

/**
 * A spec of the networks that Compose would make for a project, under the names that it would give them. Pure. Those that
 * the project does not make itself are left out, and so is what netctl refuses, with the reason.
 */
export function importCompose(compose: ComposeNetworks, stack: string = validName(compose.project)): Imported {
  let dropped = NOTHING_DROPPED;
  for (;;) {
    const sketch = sketchOf(compose, stack, dropped);
    const { objections } = faultsOf(sketch.spec);
    if (objections.length === 0) return sketch;
    const index = { networks: sketch.names, shims: new Map<string, string>(), parents: new Map<string, string>() };
    dropped = drop(dropped, objections, index) ?? dropAll(dropped, objections, sketch.names);
  }
}

/** Where nobody can tell which network an objection is about, it is about all of them. */
function dropAll(dropped: Dropped, [first]: readonly Objection[], names: ReadonlyMap<string, string>): Dropped {
  const why = first?.why ?? '';
  return {
    ...dropped,
    networks: new Map([...dropped.networks, ...[...names.values()].map((name) => [name, why] as const)]),
  };
}

interface ComposeSketch extends Imported {
  /** By key. */
  readonly names: ReadonlyMap<string, string>;
}

function sketchOf(
  { project, networks, usesDefault, includes = false }: ComposeNetworks,
  stack: string,
  dropped: Dropped,
): ComposeSketch {
  const all = usesDefault && !Object.hasOwn(networks, 'default') ? { ...networks, default: null } : networks;
  const why = 'this reads one file: what others bring is imported from them, file by file';
  const leftOut: LeftOut[] = includes ? [{ name: 'include', why }] : [];
  const views: View[] = [];
  for (const [key, value] of Object.entries(all)) {
    const read = viewOf(project, key, value);
    const why = 'why' in read ? read.why : dropped.networks.get(read.name);
    if (why !== undefined) leftOut.push({ name: 'why' in read ? key : read.name, why });
    else if (!('why' in read)) views.push(read);
  }
  const lines = views.map((view, at): Line => {
    const without = dropped.labels.get(view.name);
    const parent = view.props.options['parent'];
    const written = networkLine(view, {
      below: parent === undefined ? [] : [{ key: 'parent', value: parent }],
      notes: Object.hasOwn(networks, view.key) ? [] : ['Compose makes it for the services that name no network.'],
      ...(without === undefined ? {} : { without }),
    });
    return at === 0 ? written : { ...written, apart: true };
  });
  return {
    stack,
    spec: writeSpec(
      {
        lines: [
          { key: 'name', value: stack },
          { key: 'networks', value: { lines }, apart: true },
        ],
      },
      [`The networks of the Compose project ${project}, as netctl import found them.`],
      [...hint(views), ...(leftOut.length > 0 && views.length > 0 ? [''] : []), ...footer(leftOut)],
    ),
    networks: views.length,
    leftOut,
    names: new Map(views.map(({ key, name }) => [key, name])),
  };
}

/** A network in Compose's words, which are netctl's; or why it is none that Compose makes or netctl can. */
function viewOf(project: string, key: string, value: unknown): View | { readonly why: string } {
  const isMapping = typeof value === 'object' && !Array.isArray(value);
  const given = isMapping ? (value as Readonly<Record<string, unknown>> | null) : null;
  // An external network has its own name, and may have it below external.
  const isNamed = typeof (given?.['external'] ?? false) === 'object';
  const named = isMapping ? { ...(isNamed ? {} : { name: `${project}_${key}` }), ...structuredClone(given) } : value;
  const { spec, problems } = validate({ name: validName(project), networks: { [key]: named } }, []);
  const network = spec?.networks[key];
  if (network?.external === true) return { why: 'it is external, so Compose does not make it' };
  const wrong = problems.find(({ severity }) => severity === 'error');
  if (wrong !== undefined || network === undefined) return { why: halfSentence(wrong?.message ?? 'it is no network') };
  return { key, name: network.name ?? key, props: askedProps(network, network.parent), asked: true };
}

/** How the Compose file has to say that somebody else makes its networks. */
function hint(views: readonly View[]): readonly string[] {
  if (views.length === 0) return [];
  const networks = views.map(({ key, name }) => ({
    key,
    value: {
      lines: [
        { key: 'name', value: name },
        { key: 'external', value: true },
      ],
      flow: true as const,
    },
  }));
  const text = writeSpec({ lines: [{ key: 'networks', value: { lines: networks } }] });
  return [
    'In the Compose file they have to be external then, so that Compose uses them and leaves them there:',
    '',
    ...text.trimEnd().split('\n'),
  ];
}
