/** A file that a guide shows, and that its reader writes. */
export interface ShownFile {
  readonly type: 'file';
  readonly name: string;
  readonly text: string;
}

/** A command that a guide shows, and what it shows that the command prints. */
export interface ShownCommand {
  readonly type: 'command';
  /** The machine that it is typed at, as its prompt has it; empty for `$ `. */
  readonly machine: string;
  readonly command: string;
  readonly shown: readonly string[];
  /** The line of the page that the command is on, from 0. */
  readonly line: number;
}

/** A command that the reader has not to type: it makes the fault that the guide is about. */
export interface HiddenCommand {
  readonly type: 'hidden';
  readonly machine: string;
  readonly command: string;
}

export type Part = ShownFile | ShownCommand | HiddenCommand;

const PROMPT = /^([a-z0-9-]*)\$ (.+)$/;

/** `<!-- before, at router: ip link set lan0 down -->` */
const HIDDEN = /^<!-- before(?:, at ([a-z0-9-]+))?: (.+) -->$/;

/**
 * What the reader of a guide does, in order: YAML blocks whose first line names a file (`# netctl.yaml`) are files, and
 * in console blocks each line with a prompt is a command, with what it prints below it.
 */
export function readGuide(markdown: string): readonly Part[] {
  const parts: Part[] = [];
  let block: { readonly language: string; readonly lines: string[]; readonly from: number } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    if (line.startsWith('```')) {
      if (block === undefined) block = { language: line.slice(3), lines: [], from: index + 1 };
      else {
        parts.push(...partsOf(block.language, block.lines, block.from));
        block = undefined;
      }
    } else if (block !== undefined) block.lines.push(line);
    else {
      const [, machine = '', command] = HIDDEN.exec(line) ?? [];
      if (command !== undefined) parts.push({ type: 'hidden', machine, command });
    }
  }
  return parts;
}

function partsOf(language: string, lines: readonly string[], from: number): readonly Part[] {
  const [first = ''] = lines;
  const name = /^# ([\w./-]+\.\w+)$/.exec(first)?.[1];
  if (name !== undefined) return [{ type: 'file', name, text: `${lines.join('\n')}\n` }];
  if (language !== 'console') return [];
  const parts: ShownCommand[] = [];
  let shown: string[] = [];
  for (const [index, line] of lines.entries()) {
    const [, machine = '', command] = PROMPT.exec(line) ?? [];
    if (command === undefined) shown.push(line);
    else {
      shown = [];
      parts.push({ type: 'command', machine, command, shown, line: from + index });
    }
  }
  return parts;
}
