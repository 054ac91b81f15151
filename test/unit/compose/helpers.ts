import { NetctlError } from '../../../packages/core/src/errors.js';
import type { Problem } from '../../../packages/core/src/problem.js';
import { parseProject } from '../../../packages/core/src/spec/compose/project.js';
import type { LoadedSpec } from '../../../packages/core/src/spec/load.js';

/** Reads a project of files that are called a.yaml, b.yaml and so on, in the folder `home`. */
export function loadProject(...texts: readonly string[]): LoadedSpec {
  const files = texts.map((bytes, index) => ({ file: `${String.fromCharCode(97 + index)}.yaml`, bytes }));
  return parseProject({ files, env: {}, folder: 'home' });
}

/** All that is said of a project, valid or not. */
export function saidOf(...texts: readonly string[]): readonly Problem[] {
  try {
    return loadProject(...texts).problems;
  } catch (error) {
    if (error instanceof NetctlError) return error.problems;
    throw error;
  }
}

/** `CODE path file:line:column`, as tables want it. */
export function briefly(problems: readonly Problem[]): readonly string[] {
  for (const { message, hint } of problems) {
    // What a value must be is the cure as well.
    const hasCure = hint !== undefined || message.includes(' must be ');
    if (!message.endsWith('.') || !hasCure) throw new Error(`${message} has no end, or no cure`);
  }
  return problems.map(
    ({ code, path, file = '', line = 0, column = 0 }) => `${code} ${path} ${file}:${String(line)}:${String(column)}`,
  );
}
