/**
 * Applies a spec in a pipeline: nobody can be asked, so what somebody could lose something by is refused unless ALLOW_DISRUPTIVE=yes
 * was said, and the report is kept as a file: npx tsx apply-in-ci.ts SPEC REPORT
 */
import { writeFile } from 'node:fs/promises';
import { apply, connectDocker, formatProblem, loadSpec, NetctlError } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

async function applyInCi(file: string, reportFile: string): Promise<void> {
  const spec = await loadSpec(file, { env: process.env });
  const host = process.env['DOCKER_HOST'];
  await using engine = await connectDocker(host === undefined ? {} : { host });
  const report = await apply(
    spec,
    { engine, links: iproute2() },
    // Another pipeline may be at work on this host.
    { allowDisruptive: process.env['ALLOW_DISRUPTIVE'] === 'yes', wait: 60_000 },
  );
  await writeFile(reportFile, JSON.stringify(report, undefined, 2));
  console.log(`${String(report.done.length)} steps done, and nothing is left to do`);
}

try {
  const [file = 'netctl.yaml', reportFile = 'report.json'] = process.argv.slice(2);
  await applyInCi(file, reportFile);
} catch (error) {
  if (!(error instanceof NetctlError)) throw error;
  for (const problem of error.problems) console.error(formatProblem(problem, 'spec'));
  console.error([error.message, error.hint].filter(Boolean).join('\n'));
  // The same numbers as netctl's own: 3 refused, 69 no engine, 75 another one is at work.
  process.exitCode = error.exit;
}
