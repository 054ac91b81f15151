/**
 * Ends an apply that takes too long, and says what is left then: npx tsx with-deadline.ts SPEC MILLISECONDS
 * The step in hand is finished and everybody is put back on their network, so the next apply simply goes on.
 */
import { apply, connectDocker, formatProblem, loadSpec, NetctlError, plan, stepsOf, stepTitle } from '@netctl/core';
import type { Backends, LoadedSpec } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

/** A signal that is aborted after so many milliseconds, with an error that `apply` knows for a wish to stop. */
function deadline(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  const reason = new NetctlError('TERMINATED', `It took longer than ${String(milliseconds)} ms`);
  setTimeout(() => controller.abort(reason), milliseconds).unref();
  return controller.signal;
}

const [file = 'netctl.yaml', milliseconds = '60000'] = process.argv.slice(2);
async function applyWithin(spec: LoadedSpec, backends: Backends, signal: AbortSignal): Promise<void> {
  try {
    await apply(spec, backends, { signal });
    console.log('done in time');
  } catch (error) {
    if (!(error instanceof NetctlError) || error.code !== 'TERMINATED') throw error;
    const left = stepsOf(await plan(spec, backends));
    console.log(`stopped: ${error.message}`);
    for (const step of left) console.log(`left: ${stepTitle(step)}`);
    process.exitCode = error.exit;
  }
}

try {
  const spec = await loadSpec(file, { env: process.env });
  const host = process.env['DOCKER_HOST'];
  await using engine = await connectDocker(host === undefined ? {} : { host });
  await applyWithin(spec, { engine, links: iproute2() }, deadline(Number(milliseconds)));
} catch (error) {
  if (!(error instanceof NetctlError)) throw error;
  for (const problem of error.problems) console.error(formatProblem(problem, 'spec'));
  console.error([error.message, error.hint].filter(Boolean).join('\n'));
  process.exitCode = error.exit;
}
