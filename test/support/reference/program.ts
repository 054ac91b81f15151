import type { Argument, Command, Option } from 'commander';
import { examplesOf } from '../../../packages/cli/src/program/examples.js';
import type { Example } from '../../../packages/cli/src/program/examples.js';
import { createProgram } from '../../../packages/cli/src/program/program.js';

/** A command as pages tell of it. */
export interface CommandPage {
  /** With the group that it is in: `discovery status`. */
  readonly name: string;
  readonly text: string;
  readonly synopsis: string;
  readonly arguments: readonly Entry[];
  readonly options: readonly Entry[];
  readonly examples: readonly Example[];
}

/** An argument or an option, and what it is. */
export interface Entry {
  readonly term: string;
  readonly text: string;
}

/** The command line as its pages have it. */
export interface ProgramPage {
  readonly text: string;
  readonly options: readonly Entry[];
  readonly commands: readonly CommandPage[];
}

/** All of it from the program itself, in the order of its help. */
export function programPage(): ProgramPage {
  // The bundler puts the version there; no page has it.
  Object.assign(globalThis, { NETCTL_VERSION: '' });
  const program = createProgram(() => undefined, false);
  return {
    text: program.description(),
    options: optionsOf(program),
    commands: commandsOf(program).flatMap((command) => {
      const below = commandsOf(command);
      return below.length === 0 ? [pageOf(command, '')] : below.map((one) => pageOf(one, `${command.name()} `));
    }),
  };
}

function commandsOf(command: Command): readonly Command[] {
  const help = command.createHelp();
  return help.visibleCommands(command).filter((one) => one.name() !== 'help');
}

function pageOf(command: Command, group: string): CommandPage {
  const options = optionsOf(command);
  const name = `${group}${command.name()}`;
  const words = command.registeredArguments.map(wordOf);
  return {
    name,
    text: command.description(),
    synopsis: ['netctl', name, '[options]', ...words].join(' '),
    arguments: command.registeredArguments.map((one) => ({ term: wordOf(one), text: textOf(one) })),
    options: options.filter(({ term }) => !term.includes('--help')),
    examples: examplesOf(command),
  };
}

function optionsOf(command: Command): readonly Entry[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({ term: option.flags, text: textOf(option) }));
}

function wordOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function textOf({ description, argChoices, defaultValue }: Argument | Option): string {
  const facts = [
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    ...(typeof defaultValue === 'string' ? [`${defaultValue} by default`] : []),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}
