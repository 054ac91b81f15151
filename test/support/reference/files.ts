import { format, resolveConfig } from 'prettier';
import { repository } from '../../integration/support/netctl.js';
import { codesPage } from './codes-page.js';
import { commandsPage } from './commands-page.js';
import { specJsonSchema } from './json-schema.js';
import { manPage } from './man-page.js';
import { programPage } from './program.js';
import { specPage } from './spec-page.js';

/** What is made from the sources, by its path in the repository. */
export async function referenceFiles(): Promise<ReadonlyMap<string, string>> {
  const program = programPage();
  const made: readonly (readonly [string, string])[] = [
    ['packages/cli/schema/netctl.schema.json', JSON.stringify(specJsonSchema())],
    ['packages/cli/man/netctl.1', manPage(program)],
    ['docs/reference/commands.md', commandsPage(program)],
    ['docs/reference/spec.md', specPage()],
    ['docs/reference/codes.md', codesPage()],
  ];
  return new Map(
    await Promise.all(made.map(async ([path, text]): Promise<[string, string]> => [path, await formatted(path, text)])),
  );
}

async function formatted(path: string, text: string): Promise<string> {
  if (!/\.(json|md)$/.test(path)) return text;
  const filepath = `${repository}/${path}`;
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}
