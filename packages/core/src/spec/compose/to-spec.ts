import { show } from '../show.js';
import type { Mark } from '../text/marks.js';
import { isMapping } from '../mapping.js';
import { readNetworks } from './networks.js';
import { entriesOf, mappingOf, partAt } from './part.js';
import type { Part } from './part.js';
import type { ProjectName } from './project-name.js';
import { reporter } from './report.js';
import type { PlacedProblem, Report } from './report.js';
import { readServices } from './services.js';

export interface ProjectSpec {
  /** Plain data of the form of a spec; undefined where the files hold no project at all. */
  readonly value: unknown;
  /** The places of that data, by the paths of a spec. */
  readonly mark: Mark;
  readonly problems: readonly PlacedProblem[];
}

/** Keys of the top of a spec that a Compose file says in words of its own. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  name: 'Write name: at the top of the file.',
  networks: 'Write networks: at the top of the file, and x-netctl in each network that netctl is to make.',
  services: 'Write services: at the top of the file.',
};

/**
 * What a merged Compose project is as a spec: the networks that are `external` and have `x-netctl`, and what services
 * have on them. All other networks are Compose's. With a part of the project lost, nothing is said of what is missing.
 */
export function specOf(project: Part, { name, problems }: ProjectName, isWhole: boolean): ProjectSpec {
  const reports = reporter(project.mark);
  const { report, found } = reports;
  const result = (value?: Part): ProjectSpec => ({
    value: value?.value,
    mark: value?.mark ?? project.mark,
    problems: found,
  });
  if (project.value === undefined) return result();
  if (!isMapping(project.value)) {
    const message = `A Compose file is a mapping with services, and this file is ${show(project.value)}.`;
    report('error', 'NOT_A_MAPPING', [], message, 'Start with services: and networks:.');
    return result();
  }
  const written = partAt(project, 'name');
  if (written !== undefined && typeof written.value !== 'string') {
    const message = `name must be text, and is ${show(written.value)}.`;
    report('error', 'WRONG_TYPE', ['name'], message, `Write it in quotes.`);
  } else for (const one of problems) report(one.severity, one.code, ['name'], one.message, one.hint);
  const networks = readNetworks(project, reports, isWhole);
  const services = readServices(project, networks, report);
  const own = ownKeys(project, report);
  const stack: Part = { value: name ?? 'unnamed', mark: written?.mark ?? project.mark };
  return result(
    mappingOf(
      [
        ...own,
        ['name', stack],
        ['networks', networks.part],
        ...(services === undefined ? [] : [['services', services] as const]),
      ],
      project.mark,
    ),
  );
}

/** The keys of the top of a spec, from an `x-netctl` at the top of the file. */
function ownKeys(project: Part, report: Report): readonly (readonly [string, Part])[] {
  const own = partAt(project, 'x-netctl');
  if (own === undefined || own.value === null) return [];
  if (!isMapping(own.value)) {
    const message = `x-netctl at the top must be a mapping, and is ${show(own.value)}.`;
    report('error', 'WRONG_TYPE', ['x-netctl'], message, 'Write keys such as vlans, avoid and ignore below it.');
    return [];
  }
  return entriesOf(own).filter(([key]) => {
    const elsewhere = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : undefined;
    if (elsewhere === undefined) return true;
    const message = `x-netctl has no key ${key}, which is Compose's.`;
    report('error', 'UNKNOWN_KEY', ['x-netctl', key], message, elsewhere);
    return false;
  });
}
