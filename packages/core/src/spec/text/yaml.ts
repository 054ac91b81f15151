import { Composer, Lexer, Parser } from 'yaml';
import type { Document, YAMLError } from 'yaml';

import type { ProblemCode } from '../../codes.js';
import { indentedFurther } from './indentation.js';
import { syntaxSentence } from './syntax.js';

/** Deeper than any spec can be (8), and far from what the stack can carry. */
const DEEPEST = 64;
const LARGEST = 1024 * 1024;
const MOST_PROBLEMS = 20;
/** What no YAML file may hold (YAML 1.2, 5.1), so mostly a sign of a binary file. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Something wrong at an offset of the text, before there is any path. */
export interface TextProblem {
  readonly code: ProblemCode;
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

export type YamlResult = { readonly document: Document } | { readonly problems: readonly TextProblem[] };

/**
 * Text to one YAML 1.2 document with positions, or all that is wrong with it. Bounded whatever the text is: the size is
 * capped, and the depth is watched while the tokens are read, before anything recurses.
 */
export function parseYaml(text: string): YamlResult {
  if (text.length > LARGEST) {
    return one(
      'TOO_LARGE',
      0,
      'The file is larger than 1 MiB.',
      'Split the spec, or check that this is the right file.',
    );
  }
  const control = CONTROL.exec(text);
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = `The file has the control character U+${code}, which YAML does not allow.`;
    return one(
      'CONTROL_CHARACTER',
      control.index,
      message,
      'Check that this is a text file, and remove the character.',
    );
  }
  const tokens = [];
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEEPEST) {
      const message = `The file is nested more than ${DEEPEST} levels deep.`;
      return one('TOO_DEEP', parser.offset, message, 'A spec needs no more than eight levels.');
    }
  }
  tokens.push(...parser.end());
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent', merge: false });
  const documents = composer.compose(tokens, true, text.length);
  const first = documents.next();
  // `forceDoc` makes the composer give one document even for an empty text.
  const document = first.value as Document.Parsed;
  const second = documents.next();
  return check(text, document, second.done === true ? undefined : second.value);
}

function check(text: string, document: Document.Parsed, second: Document.Parsed | undefined): YamlResult {
  const { errors } = document;
  const problems = unique(errors).flatMap((error) => indentedFurther(error, errors, text) ?? fromError(error));
  if (second !== undefined) {
    const message = 'The file holds several YAML documents; a spec is one.';
    const offset = second.range[0];
    problems.push({
      code: 'SEVERAL_DOCUMENTS',
      offset,
      message,
      hint: 'Remove the --- line, or make two files of it.',
    });
  }
  const { version, explicit } = document.directives.yaml;
  if (problems.length === 0 && explicit === true && version !== '1.2') {
    const message = `The file asks for YAML ${version}; netctl reads YAML 1.2, as Compose does.`;
    return one('YAML_VERSION', 0, message, 'Remove the %YAML line.');
  }
  if (problems.length > MOST_PROBLEMS) problems.length = MOST_PROBLEMS;
  return problems.length > 0 ? { problems } : { document };
}

function fromError(error: YAMLError): TextProblem {
  const { message, hint } = syntaxSentence(error);
  return { code: 'YAML_SYNTAX', offset: error.pos[0], message, ...(hint === undefined ? {} : { hint }) };
}

/** One mistake makes the parser stumble several times at one place: the first says it. */
function unique(errors: readonly YAMLError[]): readonly YAMLError[] {
  const seen = new Set<number>();
  return errors.filter((error) => {
    const fresh = !seen.has(error.pos[0]);
    seen.add(error.pos[0]);
    return fresh;
  });
}

function one(code: ProblemCode, offset: number, message: string, hint: string): YamlResult {
  return { problems: [{ code, offset, message, hint }] };
}
