import type { Environment } from '../environment.js';
import type { Problem } from '../problem.js';
import { problem } from '../problem.js';
import { isComposeFile, parseProject } from './compose/project.js';
import type { IncludedProject } from './compose/project.js';
import { interpolator } from './env/interpolate.js';
import { lookupOf } from './env/lookup.js';
import { finishSpec, invalid } from './finish.js';
import type { LoadedSpec } from './finish.js';
import { isMapping } from './mapping.js';
import { formatPath, parsePath } from './path.js';
import { show } from './show.js';
import { decodeText } from './text/decode.js';
import { positionsOf } from './text/lines.js';
import { offsetOf } from './text/marks.js';
import { treeOf } from './text/tree.js';
import type { Tree } from './text/tree.js';
import { parseYaml } from './text/yaml.js';
import { looksLikeSpec } from './unknown-key.js';

export type { LoadedSpec } from './finish.js';
export type { IpamConfigSpec, NetworkSpec, Spec, VlanSpec } from './schema.js';

export interface SpecInput {
  readonly bytes: Uint8Array | string;
  /** The name of the file, for messages. */
  readonly file: string;
  readonly env: Environment;
  /** The text of the .env file, where there is one. The environment goes before it. */
  readonly dotenv?: string;
  /** The name of the folder that the file is in, after which a Compose project is called that says no other name. */
  readonly folder?: string;
  /** What it includes, if it is a Compose file, entry by entry. */
  readonly included?: readonly IncludedProject[];
}

/**
 * Reads a spec, or a Compose file that is one, and says all that is wrong with it at once. Throws NetctlError
 * SPEC_UNREADABLE for what is not UTF-8, and SPEC_INVALID with every problem, warnings too, in the order of the file.
 */
export function parseSpec(input: SpecInput): LoadedSpec {
  const { file } = input;
  const text = decodeText(input.bytes, file);
  const position = positionsOf(text);
  const yaml = parseYaml(text);
  if ('problems' in yaml) {
    throw invalid(
      file,
      yaml.problems.map(({ code, offset, message, hint }) => {
        return { ...problem('error', code, '', message, hint), ...position(offset) };
      }),
    );
  }
  if (isComposeFile(yaml.document)) return parseProject({ ...input, files: [{ ...input, document: yaml.document }] });
  const variables = lookupOf(input.env, input.dotenv);
  const tree = treeOf(yaml.document, interpolator(variables.lookup));
  const fromTree = tree.problems.map(({ code, severity, path, offset, message, hint }) => {
    return { ...problem(severity ?? 'error', code, formatPath(path), message, hint), ...position(offset) };
  });
  if (isSomethingElse(tree)) {
    const message = 'This file is no spec of netctl: of its keys at the top none is one of a spec.';
    const hint = 'A spec begins with name: and networks:. Name one, or let netctl init write a first spec.';
    throw invalid(file, [{ ...problem('error', 'NOT_A_SPEC', '', message, hint), ...position(0) }]);
  }
  const shape = tree.problems.some(({ code }) => code === 'TOO_MANY_ALIASES') ? [] : shapeProblem(tree);
  const before = [...variables.problems, ...fromTree];
  if (shape !== undefined) throw invalid(file, [...before, ...shape.map(place)]);
  return finishSpec({ file, value: tree.value, broken: tree.broken, mark: tree.mark, placeAt: position, before });

  function place(found: Problem): Problem {
    return { ...found, ...position(offsetOf(tree.mark, parsePath(found.path))) };
  }
}

/** What is not a spec at all, so that a list of its faults would help nobody; undefined when it is one. */
function shapeProblem({ value, broken }: Tree): readonly Problem[] | undefined {
  if (broken.some((path) => path.length === 0)) return [];
  if (value === null) {
    const hint = 'Write name: and networks:, or let netctl init write a first spec.';
    return [problem('error', 'EMPTY_FILE', '', 'The file has nothing in it but comments and blank lines.', hint)];
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    const message = `A spec is a mapping with name and networks, and this file is ${show(value)}.`;
    return [problem('error', 'NOT_A_MAPPING', '', message, 'Start with name: and networks:.')];
  }
  return undefined;
}

/** A mapping, but of something else: a list of its faults would be all that is in it, such as the lines of /etc/shadow. */
function isSomethingElse({ value, broken }: Tree): boolean {
  if (!isMapping(value)) return false;
  const keys = [...Object.keys(value), ...broken.map(([key]) => String(key))];
  return keys.length > 0 && !looksLikeSpec(keys);
}
