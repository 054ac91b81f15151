import type { HostFacts } from '../model.js';
import { ownerOf } from '../plan/match.js';
import type { Line } from './block.js';
import { CHOSEN } from './chosen.js';
import type { Dropped, Index } from './drop.js';
import { networkLine } from './network.js';
import { COMPOSE_PROJECT, containerLines, placesOf } from './places.js';
import type { LeftOut, Selection } from './select.js';
import { shimsOf } from './shims.js';
import type { Shim } from './shims.js';
import { viewsOf } from './view.js';
import type { View } from './view.js';
import { below, vlanLines } from './vlans.js';
import { writeSpec } from './write.js';

/** A spec, what it does not say and why, and what its keys stand for. */
export interface Sketch {
  readonly stack: string;
  readonly spec: string;
  /** How many networks it has. */
  readonly networks: number;
  readonly leftOut: readonly LeftOut[];
  readonly index: Index;
}

/** Writes what was selected as a spec, without what was dropped. */
export function sketchOf({ stack, networks, leftOut }: Selection, facts: HostFacts, dropped: Dropped): Sketch {
  const views = viewsOf(
    networks.filter(({ name }) => !dropped.networks.has(name)),
    facts,
    stack,
  );
  const { shims, strangers } = shimsOf(views, facts, stack);
  const doors = shims.filter(({ link }) => !dropped.links.has(link));
  const doorOf = ({ name }: View): Shim | undefined => doors.find((shim) => shim.doors.has(name));
  const beside = [
    ...strangers,
    ...shims.flatMap(({ link, doors: into }) => {
      const why = dropped.links.get(link);
      const [name] = into.keys();
      return why === undefined || name === undefined ? [] : [{ link, beside: name, why }];
    }),
  ];
  const belows = new Map(
    views.map((view) => {
      const parent = view.props.options['parent'] ?? '';
      return [view, parent === '' ? undefined : below(parent, facts, stack, dropped.links)];
    }),
  );
  const lines = views.map((view, at) => {
    const under = belows.get(view);
    const shim = doorOf(view)?.doors.get(view.name);
    const project = view.asked ? undefined : view.props.labels[COMPOSE_PROJECT];
    const notes = [
      ...(project === undefined ? [] : [`Compose made it, for the project ${project}: make it external in its file.`]),
      ...(under?.notes ?? []),
      ...beside
        .filter((one) => one.beside === view.name)
        .map(({ link, why }) => `The link ${link} is not its shim here: ${why}.`),
    ];
    const without = dropped.labels.get(view.name);
    const around = {
      below: under?.lines ?? [],
      notes,
      ...(shim === undefined ? {} : { shim }),
      ...(without === undefined ? {} : { without }),
    };
    const written = networkLine(view, around, facts);
    return at === 0 ? written : { ...written, apart: true as const };
  });
  const needed = [...belows.values()].flatMap((one) => one?.vlan ?? []);
  const named = new Set(views.map(({ props }) => props.options['parent'] ?? ''));
  const vlans = vlanLines(needed, named, facts, stack).filter(({ key }) => !dropped.links.has(key));
  const { places, projects } = placesOf(views, facts, stack, dropped.places);
  const containers = containerLines(places);
  const rest: readonly LeftOut[] = [
    ...leftOut,
    ...told(dropped.networks),
    ...beside.map(({ link, beside: name, why }) => ({ name: link, why: `it is no shim of ${name}: ${why}` })),
    ...told(new Map([...dropped.links].filter(([link]) => !shims.some((shim) => shim.link === link)))),
    ...[...dropped.labels].map(([name, labels]) => ({
      name,
      why: `no spec can hold its labels ${JSON.stringify([...labels])}; they stay as they are`,
    })),
    ...[...dropped.places].map(([key, why]) => placeLeftOut(key, why)),
    ...[...projects].map(([project, names]) => ({
      name: project,
      why: `Compose puts the containers of this project on networks by itself: ${names.join(', ')}`,
    })),
    ...told(dropped.gone),
  ];
  return {
    stack,
    spec: writeSpec(
      {
        lines: [
          { key: 'name', value: stack },
          { key: 'networks', value: { lines }, apart: true },
          ...section('vlans', vlans),
          ...section('containers', containers),
        ],
      },
      header(views, lines, facts, stack),
      footer(rest),
    ),
    networks: views.length,
    leftOut: rest,
    index: {
      networks: new Map(views.map(({ key, name }) => [key, name])),
      shims: new Map(
        views.flatMap((view) => {
          const door = doorOf(view);
          return door === undefined ? [] : [[view.key, door.link] as const];
        }),
      ),
      parents: new Map(views.map(({ key, props }) => [key, props.options['parent'] ?? ''])),
    },
  };
}

function section(key: string, lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [{ key, value: { lines }, apart: true }];
}

function told(reasons: ReadonlyMap<string, string>): readonly LeftOut[] {
  return [...reasons].map(([name, why]) => ({ name, why }));
}

function placeLeftOut(key: string, why: string): LeftOut {
  const [name = '', network, field] = key.split('\0');
  const what = field === undefined ? '' : `its ${field} on `;
  return { name, why: network === undefined ? why : `${what}${network}: ${why}` };
}

function header(views: readonly View[], lines: readonly Line[], facts: HostFacts, stack: string): readonly string[] {
  const { name, version } = facts.engine;
  const strange = views.some(({ found }) => found !== undefined && ownerOf(found, facts)?.stack !== stack);
  return [
    `What ${name} has, as netctl import found it (Docker Engine ${version}).`,
    ...(strange ? ['To take it over as it is, under whoever is on it: netctl apply --adopt'] : []),
    ...(JSON.stringify(lines).includes(`"${CHOSEN}"`)
      ? [`What was "${CHOSEN}" is what an engine gives where nobody asks for anything: such a line can go.`]
      : []),
  ];
}

/** Comments after the last line. */
export function footer(leftOut: readonly LeftOut[]): readonly string[] {
  return leftOut.length === 0 ? [] : ['Left out:', ...leftOut.map(({ name, why }) => `- ${name}: ${why}.`)];
}
