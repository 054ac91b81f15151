import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Workflows from '@actions/workflow-parser';
import type * as Actions from '@actions/workflow-parser/actions/action-parser';
import { build } from 'esbuild';

/** GitHub's own parser of workflows and actions. It is made for bundlers: Node does not take its way to load its schema. */
export async function githubParser(): Promise<typeof Workflows & typeof Actions> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-github-parser-'));
  try {
    const outfile = join(folder, 'parser.mjs');
    await build({
      stdin: {
        contents: `export * from '@actions/workflow-parser'; export * from '@actions/workflow-parser/actions/action-parser';`,
        resolveDir: import.meta.dirname,
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    return (await import(outfile)) as typeof Workflows & typeof Actions;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
