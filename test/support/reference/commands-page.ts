import { EXIT_STATUSES } from '../../../packages/cli/src/program/exit-statuses.js';
import { cell, MADE, table } from './markdown.js';
import type { CommandPage, Entry, ProgramPage } from './program.js';

/** docs/reference/commands.md */
export function commandsPage({ text, options, commands }: ProgramPage): string {
  return [
    '# Every command',
    MADE,
    `${text}. Completion in the shell, JSON and exit codes: [what all have in common](../commands.md).`,
    commands
      .map(({ name, text: does }) => `- [\`netctl ${name}\`](#netctl-${name.replace(' ', '-')}): ${does}`)
      .join('\n'),
    ...commands.flatMap(sectionOf),
    '## Options of every command',
    'They may stand before the command too; the later one counts.',
    entries('option', options),
    '## Exit status',
    table(['status', 'meaning'], Object.entries(EXIT_STATUSES)),
  ].join('\n\n');
}

function sectionOf({ name, text, synopsis, options, examples, ...page }: CommandPage): readonly string[] {
  return [
    `## netctl ${name}`,
    `${capital(text)}.`,
    `\`\`\`\n${synopsis}\n\`\`\``,
    ...(page.arguments.length === 0 ? [] : [entries('argument', page.arguments)]),
    ...(options.length === 0 ? [] : [entries('option', options)]),
    ...(examples.length === 0
      ? []
      : [`\`\`\`sh\n${examples.map(({ line, does }) => `# ${does}\n${line}`).join('\n')}\n\`\`\``]),
    'Besides: the [options of every command](#options-of-every-command), and its [exit status](#exit-status).',
  ];
}

function entries(what: string, list: readonly Entry[]): string {
  return table(
    [what, 'meaning'],
    list.map(({ term, text }) => [`\`${cell(term)}\``, cell(text)]),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
