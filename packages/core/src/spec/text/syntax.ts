import type { ErrorCode, YAMLError } from 'yaml';

interface Sentence {
  readonly message: string;
  readonly hint?: string;
}

/** What each error of the YAML parser means to somebody who writes a spec, and the usual cure. */
const SENTENCES: Partial<Record<ErrorCode, Sentence>> = {
  TAB_AS_INDENT: {
    message: 'A tab is used as indentation; YAML allows only spaces.',
    hint: 'Replace the tab by spaces.',
  },
  BAD_SCALAR_START: {
    message: 'A value without quotes cannot start with this character.',
    hint: 'Put the value in quotes.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'A mapping or list starts in the middle of a line, where a plain value is meant to be.',
    hint: 'Start it on a line of its own, indented further; put a value that has ": " in it in quotes.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'A key reaches over more than one line.',
    hint: 'Check the indentation, and that the line before ends as it should.',
  },
  BAD_INDENT: {
    message: 'The indentation does not fit, or a bracket is not closed.',
    hint: 'Indent all keys of one mapping alike, and close every [ and {.',
  },
  BAD_DQ_ESCAPE: {
    message: 'Text in double quotes has a backslash sequence that YAML does not know.',
    hint: 'Double the backslash, or use single quotes.',
  },
  ALIAS_PROPS: { message: 'An alias (*name) can have neither an anchor nor a tag.' },
  MULTIPLE_ANCHORS: { message: 'A value can have only one anchor (&name).' },
  MULTIPLE_TAGS: { message: 'A value can have only one tag (!name).' },
  KEY_OVER_1024_CHARS: { message: 'A key is longer than 1024 characters.' },
  UNEXPECTED_TOKEN: {
    message: 'This text does not fit here.',
    hint: 'Check the indentation of this line and of the one before it.',
  },
};

/** A plain sentence for a syntax error. */
export function syntaxSentence(error: YAMLError): Sentence {
  if (error.code === 'MISSING_CHAR') return missing(error.message);
  return SENTENCES[error.code] ?? { message: `This is not valid YAML: ${error.message}.` };
}

function missing(detail: string): Sentence {
  if (detail.includes('quote')) {
    return { message: 'A quote is opened and never closed.', hint: 'Close the quote on this value.' };
  }
  if (detail.includes('map values') || detail.includes(':')) {
    return {
      message: 'A key has no value: the colon is missing.',
      hint: 'Write "key: value", with a space after the colon.',
    };
  }
  return { message: `Something is missing here: ${detail}.` };
}
