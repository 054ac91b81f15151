import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { EXAMPLE_WORKFLOW, stepsOfJob } from '../../support/github-steps.js';

test('a plan that is longer than a comment may be is cut at a line, and its block ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-comment-'));
  try {
    const comment = (await stepsOfJob(EXAMPLE_WORKFLOW, 'plan')).find(({ name }) => name === 'Comment');
    await writeFile(join(folder, 'gh'), '#!/bin/sh\n', { mode: 0o755 });
    const line = '+ network ä  bridge, 10.5.0.0/24';
    const text = join(folder, 'text.md');
    await writeFile(text, `### netctl plan\n\n\`\`\`\`text\n${`${line}\n`.repeat(3000)}\`\`\`\`\n`);
    await execa('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', comment?.run ?? 'exit 1'], {
      env: {
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
        RUNNER_TEMP: folder,
        TEXT: text,
        GH_REPO: 'a/b',
        NUMBER: '7',
      },
      timeout: 30_000,
    });
    const body = await readFile(join(folder, 'comment.md'), 'utf8');
    expect(body.length).toBeLessThan(65_000);
    expect(body.startsWith('<!-- netctl plan -->\n### netctl plan\n')).toBe(true);
    expect(body.endsWith(`\n${line}\n\`\`\`\`\n\nCut here: the summary of the job has the whole plan.\n`)).toBe(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
