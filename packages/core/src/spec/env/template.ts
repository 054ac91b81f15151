/** The value of a variable, or undefined when it is not set (set to nothing is set). */
export type Lookup = (name: string) => string | undefined;

export interface TemplateProblem {
  readonly code: 'INVALID_INTERPOLATION' | 'MISSING_VARIABLE';
  readonly message: string;
  readonly hint: string;
}

export interface Substituted {
  /** Undefined when there is a problem. */
  readonly text?: string;
  readonly problem?: TemplateProblem;
  /** Variables that are not set and have no default, each once: they became nothing, as in Compose. */
  readonly unset: readonly string[];
}

const DEEPEST = 32;
/** A text may not grow past this by its variables. */
export const LONGEST_TEXT = 1024 * 1024;

class TemplateError extends Error {
  constructor(readonly problem: TemplateProblem) {
    super(problem.message);
  }
}

/**
 * Puts variables in place as Compose does (compose-spec "Interpolation"): `$VAR`, `${VAR}`, `:-` `-` (default), `:?` `?`
 * (required), `:+` `+` (replacement), nested ones in what follows the operator, `$$` for a dollar sign. A `$` before
 * anything else than a name, `{` or `$` is just a dollar sign. Only the branch that is used is read.
 */
export function substitute(text: string, lookup: Lookup): Substituted {
  const unset = new Set<string>();
  try {
    return { text: expand(text, lookup, unset, 0), unset: [...unset] };
  } catch (error) {
    if (error instanceof TemplateError) return { problem: error.problem, unset: [...unset] };
    throw error;
  }
}

const TOKEN = /\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|(\{))/g;
const BRACED = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])([\s\S]*))?$/;

function expand(text: string, lookup: Lookup, unset: Set<string>, depth: number): string {
  if (depth > DEEPEST) throw invalid(`Variables are nested more than ${DEEPEST} levels deep.`);
  const token = new RegExp(TOKEN);
  let result = '';
  let at = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    result += text.slice(at, match.index);
    at = token.lastIndex;
    if (match[1] !== undefined) {
      result += '$';
    } else if (match[2] !== undefined) {
      result += value(match[2], lookup, unset);
    } else {
      const end = closingBrace(text, at);
      result += braced(text.slice(at, end), lookup, unset, depth);
      at = end + 1;
      token.lastIndex = at;
    }
    if (result.length > LONGEST_TEXT) throw invalid('The variables make this text longer than 1 MiB.');
  }
  return result + text.slice(at);
}

function braced(inner: string, lookup: Lookup, unset: Set<string>, depth: number): string {
  const match = BRACED.exec(inner);
  const name = match?.[1];
  if (name === undefined) throw invalid(`"\${${inner.slice(0, 30)}}" is not a variable.`);
  const operator = match?.[2];
  const rest = match?.[3] ?? '';
  if (operator === undefined) return value(name, lookup, unset);
  const found = lookup(name);
  const given = found !== undefined && (found !== '' || !operator.startsWith(':'));
  const branch = (): string => expand(rest, lookup, unset, depth + 1);
  if (operator.endsWith('+')) return given ? branch() : '';
  if (given) return found;
  if (operator.endsWith('-')) return branch();
  const reason = branch();
  const state = found === undefined ? 'not set' : 'empty';
  throw new TemplateError({
    code: 'MISSING_VARIABLE',
    message: `The variable ${name} is required and is ${state}${reason === '' ? '' : `: ${reason}`}.`,
    hint: `Set ${name} in the environment or in the .env file.`,
  });
}

function value(name: string, lookup: Lookup, unset: Set<string>): string {
  const found = lookup(name);
  if (found === undefined) unset.add(name);
  return found ?? '';
}

/** The brace that closes the one before `from`; braces inside count, as in Compose. */
function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') open += 1;
    else if (text[at] === '}') open -= 1;
    if (open === 0) return at;
  }
  throw invalid(`"\${${text.slice(from, from + 30)}" is not closed.`);
}

function invalid(message: string): TemplateError {
  const hint = 'Write ${NAME} or ${NAME:-default}; for a dollar sign write $$.';
  return new TemplateError({ code: 'INVALID_INTERPOLATION', message, hint });
}
