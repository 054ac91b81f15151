import type { Environment } from '../environment.js';
import { NetctlError } from '../errors.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { projectName } from '../spec/compose/project-name.js';
import { interpolator } from '../spec/env/interpolate.js';
import { lookupOf } from '../spec/env/lookup.js';
import { isMapping } from '../spec/mapping.js';
import { formatPath } from '../spec/path.js';
import { quote, show } from '../spec/show.js';
import { decodeText } from '../spec/text/decode.js';
import { SPEC_FORMAT } from '../spec/text/format.js';
import type { TreeFormat } from '../spec/text/format.js';
import { positionsOf } from '../spec/text/lines.js';
import { offsetOf } from '../spec/text/marks.js';
import { treeOf } from '../spec/text/tree.js';
import { parseYaml } from '../spec/text/yaml.js';
import type { ComposeNetworks } from './compose.js';

export interface ComposeInput {
  readonly bytes: Uint8Array | string;
  /** The name of the file, for messages. */
  readonly file: string;
  /** The name of the folder that it is in. */
  readonly folder: string;
  readonly env: Environment;
  /** The text of the .env file, where there is one. */
  readonly dotenv?: string;
}

/** The parts of the file that are read; what is wrong elsewhere is Compose's to say. */
const PARTS = new Set(['networks', 'name', 'services', 'include']);

/** All of it is read, and Compose's tags are not in the way. */
const FORMAT: TreeFormat = { ...SPEC_FORMAT, composeTags: true };

/**
 * The networks of one Compose file. Its project is named by COMPOSE_PROJECT_NAME, else by the file, else by the folder, as
 * in Compose.
 * @throws NetctlError SPEC_UNREADABLE, SPEC_INVALID
 */
export function readCompose({ bytes, file, folder, env, dotenv = '' }: ComposeInput): ComposeNetworks {
  const text = decodeText(bytes, file);
  const position = positionsOf(text);
  const yaml = parseYaml(text);
  if ('problems' in yaml) {
    throw invalid(
      file,
      yaml.problems.map(({ code, offset, message, hint: cure }) => ({
        ...problem('error', code, '', message, cure),
        ...position(offset),
      })),
    );
  }
  const { lookup, problems: inDotenv } = lookupOf(env, dotenv);
  const tree = treeOf(yaml.document, interpolator(lookup), FORMAT);
  const wrong = (at: readonly string[], message: string, hint: string): Problem => ({
    ...problem('error', 'WRONG_TYPE', formatPath(at), message, hint),
    ...position(offsetOf(tree.mark, at)),
  });
  const ofTree = tree.problems
    .filter(({ path, severity }) => severity === undefined && isRead(path))
    .map(({ code, path, offset, message, hint }) => ({
      ...problem('error', code, formatPath(path), message, hint),
      ...position(offset),
    }));
  const root = tree.value;
  const problems = [...inDotenv, ...ofTree];
  if (!isMapping(root)) {
    const whole = wrong(
      [],
      `A Compose file is a mapping with services, and this file is ${show(root)}.`,
      'Name another file.',
    );
    throw invalid(file, problems.length > 0 ? problems : [whole]);
  }
  const networks = Object.hasOwn(root, 'networks') ? root['networks'] : {};
  if (!isMapping(networks)) {
    problems.push(
      wrong(
        ['networks'],
        `networks must be a mapping of names to networks, and is ${show(networks)}.`,
        'Write "name:" lines, without dashes.',
      ),
    );
  }
  const written = typeof root['name'] === 'string' && root['name'] !== '' ? root['name'] : undefined;
  // Its variables are in place already.
  const project = projectName(written, folder, lookup, (whole) => ({ text: whole, problems: [] }));
  problems.push(...project.problems.map((one) => ({ ...one, ...position(offsetOf(tree.mark, ['name'])) })));
  if (problems.some(({ severity }) => severity === 'error')) throw invalid(file, problems);
  return {
    includes: (root['include'] ?? undefined) !== undefined,
    project: project.name ?? '',
    networks: isMapping(networks) ? networks : {},
    usesDefault: Object.values(isMapping(root['services']) ? root['services'] : {}).some(isOnDefault),
  };
}

function isRead([section, , key]: readonly (string | number)[]): boolean {
  if (section === 'services') return key === 'networks' || key === 'network_mode';
  return section === undefined || PARTS.has(String(section));
}

/** A service that names no network, and has not the mode of another, is on the one that is called `default`. */
function isOnDefault(service: unknown): boolean {
  if (!isMapping(service)) return false;
  const networks = service['networks'] ?? [];
  const names = Array.isArray(networks) ? networks : Object.keys(networks);
  if (names.length > 0) return names.includes('default');
  return (service['network_mode'] ?? '') === '';
}

function invalid(file: string, problems: readonly Problem[]): NetctlError {
  return new NetctlError('SPEC_INVALID', `${quote(file)} cannot be read as a Compose file.`, {
    hint: 'Run docker compose config, which says more.',
    problems,
  });
}
