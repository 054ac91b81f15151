import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../packages/cli/src/program/program.js';

Object.assign(globalThis, { NETCTL_VERSION: '' });

const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
const commands = all(createProgram(() => undefined, false));

const helpAt = (command: Command, columns: number): string => {
  let text = '';
  command.configureOutput({ getOutHelpWidth: () => columns, writeOut: (more) => (text += more) }).outputHelp();
  return text;
};

describe.each(commands.map((command) => [command.name(), command] as const))('the help of %s', (_name, command) => {
  test.each([30, 40, 60, 80, 200])('is wrapped to %d columns, but for what has to stay whole', (columns) => {
    const wide = helpAt(command, columns)
      .split('\n')
      .filter((line) => line.length > columns && /\S\s+\S/.test(line));
    // Names, which the wrapping cannot break, and command lines, which are there to be copied.
    expect(wide.filter((line) => !/^(Usage: | {2}(-|netctl |source |[a-z]+ \[))/.test(line))).toEqual([]);
  });
});

test('what an option does goes below it where half of the width is not enough for it', () => {
  const plan = commands.find((command) => command.name() === 'plan');
  expect(plan && helpAt(plan, 40)).toContain(`
  --detailed-exitcode
      exit with 2 when there is
      something to do
  --destroy
      plan what destroy would do
`);
});
