import type { Environment } from '../../environment.js';
import type { Problem } from '../../problem.js';
import { parseDotenv } from './dotenv.js';
import type { Lookup } from './template.js';

/** The variables of the environment, then those of a `.env` file, with all that is wrong with that. */
export function lookupOf(
  env: Environment,
  dotenv = '',
): { readonly lookup: Lookup; readonly problems: readonly Problem[] } {
  return lookupOver((name) => (Object.hasOwn(env, name) ? env[name] : undefined), dotenv);
}

/** The same over other variables, which count before those of the file. */
export function lookupOver(
  before: Lookup,
  dotenv: string,
): { readonly lookup: Lookup; readonly problems: readonly Problem[] } {
  const { values, problems } = parseDotenv(dotenv, before);
  return { lookup: (name) => before(name) ?? values.get(name), problems };
}
