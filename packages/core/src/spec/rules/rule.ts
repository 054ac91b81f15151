import type { ProblemCode } from '../../codes.js';
import type { Problem } from '../../problem.js';
import { problem } from '../../problem.js';
import type { NetworkFacts } from '../facts.js';
import type { Spec } from '../schema.js';

export interface RuleContext {
  readonly spec: Spec;
  /** All networks. */
  readonly networks: readonly NetworkFacts[];
  /** The same by their keys. */
  readonly byKey: ReadonlyMap<string, NetworkFacts>;
  /** Those that are not external, so are netctl's to make. */
  readonly own: readonly NetworkFacts[];
  /** Keys of the networks as written, those included that the schema refused. */
  readonly keys: readonly string[];
}

/** Looks at the spec, and says everything that is wrong in its own matter. */
export type Rule = (context: RuleContext) => readonly Problem[];

/** A rule that looks at one network at a time. External ones are left out: their keys are refused elsewhere. */
export function eachNetwork(look: (network: NetworkFacts) => readonly Problem[]): Rule {
  return (context) => context.own.flatMap(look);
}

export function error(code: ProblemCode, path: string, message: string, hint?: string): Problem {
  return problem('error', code, path, message, hint);
}

export function warning(code: ProblemCode, path: string, message: string, hint?: string): Problem {
  return problem('warning', code, path, message, hint);
}

export function note(code: ProblemCode, path: string, message: string, hint?: string): Problem {
  return problem('note', code, path, message, hint);
}
