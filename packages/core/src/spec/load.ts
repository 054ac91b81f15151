import { NetctlError } from '../errors.js';
import { ignoredNothing, withoutIgnored } from '../ignored.js';
import type { Problem } from '../problem.js';
import { problem } from '../problem.js';
import { parseDotenv } from './env/dotenv.js';
import { interpolator } from './env/interpolate.js';
import { formatPath, parsePath } from './path.js';
import type { Spec } from './schema.js';
import { show } from './show.js';
import { decodeText } from './text/decode.js';
import { positionsOf } from './text/lines.js';
import type { Position } from './text/lines.js';
import { offsetOf } from './text/marks.js';
import { treeOf } from './text/tree.js';
import type { Tree } from './text/tree.js';
import { parseYaml } from './text/yaml.js';
import { validate } from './validate.js';

export type { IpamConfigSpec, NetworkSpec, Spec, VlanSpec } from './schema.js';

export interface SpecInput {
  readonly bytes: Uint8Array | string;
  /** The name of the file, for messages. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of the .env file, where there is one. The environment goes before it. */
  readonly dotenv?: string;
}

export interface LoadedSpec {
  readonly file: string;
  readonly spec: Spec;
  /** Warnings and notes, but for those that the spec ignores: with an error there is no spec. */
  readonly problems: readonly Problem[];
  /** Where a path such as `networks.lan.ip_range` is, or the nearest thing above it that the file has; from 1. */
  readonly locate: (path: string) => Position | undefined;
}

/**
 * Reads a spec, and says all that is wrong with it at once. Throws NetctlError SPEC_UNREADABLE for what is not UTF-8,
 * and SPEC_INVALID with every problem, warnings too, in the order of the file.
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
  const environment = (name: string): string | undefined =>
    Object.hasOwn(input.env, name) ? input.env[name] : undefined;
  const dotenv = parseDotenv(input.dotenv ?? '', environment);
  const tree = treeOf(
    yaml.document,
    interpolator((name) => environment(name) ?? dotenv.values.get(name)),
  );
  const fromTree = tree.problems.map(({ code, severity, path, offset, message, hint }) => {
    return { ...problem(severity ?? 'error', code, formatPath(path), message, hint), ...position(offset) };
  });
  const shape = tree.problems.some(({ code }) => code === 'TOO_MANY_ALIASES') ? [] : shapeProblem(tree);
  if (shape !== undefined) throw invalid(file, [...dotenv.problems, ...fromTree, ...shape.map(place)]);

  const { spec, ignore, problems: found } = validate(tree.value, tree.broken);
  const all = [...dotenv.problems, ...fromTree, ...found.map(place)];
  const kept = withoutIgnored(all, ignore);
  if (spec === undefined || kept.some(({ severity }) => severity === 'error')) throw invalid(file, kept);
  const idle = withoutIgnored(ignoredNothing(all, ignore), ignore);
  return { file, spec, problems: sort([...kept, ...idle.map(place)]), locate };

  function locate(path: string): Position | undefined {
    return position(offsetOf(tree.mark, parsePath(path)));
  }
  function place(found: Problem): Problem {
    const keys = found.code === 'UNKNOWN_KEY' || found.code === 'COMPOSE_FILE';
    return { ...found, ...position(offsetOf(tree.mark, parsePath(found.path), keys)) };
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
  if (!Object.hasOwn(value, 'services')) return undefined;
  const message = 'This is a Compose file, which this version of netctl cannot read yet.';
  const hint = 'Write a spec with name: and networks:, and make those networks external: true in the Compose file.';
  return [problem('error', 'COMPOSE_FILE', 'services', message, hint)];
}

function sort(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function invalid(file: string, problems: readonly Problem[]): NetctlError {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const message = `${file} is not a valid spec: ${errors === 1 ? '1 error' : `${errors} errors`}.`;
  return new NetctlError('SPEC_INVALID', message, {
    hint: 'Correct the spec, and run netctl validate.',
    problems: sort(problems),
  });
}
