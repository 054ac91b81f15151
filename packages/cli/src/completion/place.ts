import type { Argument, Command, Option } from 'commander';

interface Before {
  readonly command: Command;
  /** The options that were said, with their values. */
  readonly given: ReadonlyMap<Option, readonly string[]>;
  /** The arguments that were said. */
  readonly words: readonly string[];
}

/** What is being typed, in the terms of the program. */
export type Place = Before &
  (
    | { readonly expects: 'option' }
    | { readonly expects: 'value'; readonly option: Option }
    /** `argument`: undefined where the command takes no more of them. */
    | { readonly expects: 'word'; readonly argument?: Argument }
  );

/** Where a command line stands before its last word, which is being typed. */
export function placeOf(program: Command, before: readonly string[], current: string): Place {
  let command = program;
  let pending: Option | undefined;
  let onlyWords = false;
  const words: string[] = [];
  const given = new Map<Option, readonly string[]>();
  for (const word of before) {
    if (pending !== undefined) {
      given.set(pending, [...(given.get(pending) ?? []), word]);
      pending = undefined;
    } else if (word === '--') onlyWords = true;
    else if (!onlyWords && /^-./.test(word)) {
      const option = optionsOf(command).find(({ long, short }) => word === long || word === short);
      if (option === undefined) continue;
      given.set(option, given.get(option) ?? []);
      if (takesValue(option)) pending = option;
    } else {
      const sub = words.length === 0 ? commandsOf(command).find((one) => one.name() === word) : undefined;
      if (sub === undefined) words.push(word);
      else command = sub;
    }
  }
  const place = { command, given, words };
  if (pending !== undefined) return { ...place, expects: 'value', option: pending };
  if (!onlyWords && current.startsWith('-')) return { ...place, expects: 'option' };
  const taken = command.registeredArguments;
  const last = taken.at(-1);
  const argument = taken[words.length] ?? (last?.variadic === true ? last : undefined);
  return { ...place, expects: 'word', ...(argument && { argument }) };
}

/** The options that count here, in the order in which help lists them. */
export function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

/** The commands below this one, and `help` where it has one. */
export function commandsOf(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

/** Whether it is of no use now: said before, or not to be said beside what was. */
export function isSpent(option: Option, given: Place['given']): boolean {
  if (given.has(option)) return !takesValue(option);
  return [...given.keys()].some((one) => excludes(one, option) || excludes(option, one));
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** commander keeps what `conflicts()` was told in a field that its types do not show. */
function excludes(one: Option, other: Option): boolean {
  const { conflictsWith = [] } = one as Option & { readonly conflictsWith?: readonly string[] };
  return conflictsWith.includes(other.attributeName());
}
