import type { Command, Option } from 'commander';

import { commandsOf, isSpent, optionsOf, placeOf } from './place.js';
import type { Place } from './place.js';

/** One thing that could be typed. */
export interface Candidate {
  readonly value: string;
  readonly text: string;
}

/** Names that only the machine, its engine or the spec can tell. */
export type Source = 'networks' | 'stacks' | 'hosts' | 'contexts';

/** What could be typed: one of these, or a path, which the shell knows best. `specs`: YAML files and folders. */
export type Completion =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'names'; readonly source: Source; readonly place: Place }
  | { readonly kind: 'specs' | 'files' | 'folders' };

/** By what help calls a value: `<file>`, `[FILE]`, `<stack>` … Any other is nobody's to guess. */
const BY_NAME: Readonly<Record<string, 'specs' | 'folders' | Source>> = {
  file: 'specs',
  folder: 'folders',
  name: 'networks',
  stack: 'stacks',
  host: 'hosts',
  context: 'contexts',
};

/** What could be typed at the end of a command line; all from the program itself. */
export function complete(program: Command, before: readonly string[], current: string): Completion {
  const place = placeOf(program, before, current);
  switch (place.expects) {
    case 'option':
      return words(optionsOf(place.command).flatMap((option) => flagsOf(option, place)));
    case 'value':
      if (place.option.argChoices !== undefined) return words(place.option.argChoices.map(asCandidate));
      // Not a spec, though it is called a file as well.
      if (['--output', '--proof'].includes(place.option.long ?? '')) return { kind: 'files' };
      return named(/[<[]([^\]>.]+)/.exec(place.option.flags)?.[1], place);
    case 'word': {
      const commands = place.words.length === 0 ? commandsOf(place.command).map(commandCandidate) : [];
      if (commands.length > 0) return words(commands);
      const { argument } = place;
      if (argument?.argChoices !== undefined) return words(argument.argChoices.map(asCandidate));
      // `netctl help COMMAND`, which commander makes.
      if (argument?.name() === 'command') {
        return words(
          commandsOf(program)
            .filter((one) => one.name() !== 'help')
            .map(commandCandidate),
        );
      }
      return named(argument?.name(), place);
    }
  }
}

function named(name: string | undefined, place: Place): Completion {
  const means = BY_NAME[name?.toLowerCase() ?? ''];
  if (means === undefined) return words([]);
  return means === 'specs' || means === 'folders' ? { kind: means } : { kind: 'names', source: means, place };
}

function words(candidates: readonly Candidate[]): Completion {
  return { kind: 'words', candidates };
}

function asCandidate(value: string): Candidate {
  return { value, text: '' };
}

function commandCandidate(command: Command): Candidate {
  return { value: command.name(), text: command.createHelp().subcommandDescription(command) };
}

function flagsOf(option: Option, { given }: Place): readonly Candidate[] {
  if (isSpent(option, given)) return [];
  return [option.long, option.short].flatMap((value) =>
    value === undefined ? [] : [{ value, text: option.description }],
  );
}
