/**
 * A provisioning script: the same as `netctl apply home-lan.yaml`, as a program.
 * Run it after `npm run build` with: npx tsx examples/provision.ts [FILE]
 */
import { apply, connectDocker, formatPlan, formatProblem, loadSpec, NetctlError, plan, stepTitle } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

async function provision(file: string): Promise<number> {
  const spec = await loadSpec(file, { env: process.env });
  const host = process.env['DOCKER_HOST'];
  await using engine = await connectDocker(host === undefined ? {} : { host });
  const backends = { engine, links: iproute2() };

  const pending = await plan(spec, backends);
  console.log(formatPlan(pending) || 'nothing to do');
  for (const problem of pending.problems) console.error(formatProblem(problem, spec.file));

  const report = await apply(spec, backends, {
    onEvent: (event) => {
      if (event.event === 'step' && event.state === 'done') console.log(`done: ${stepTitle(event.step)}`);
    },
  });
  console.log(`${String(report.done.length)} steps, and nothing is left to do`);
  return 0;
}

try {
  process.exitCode = await provision(process.argv[2] ?? 'examples/home-lan.yaml');
} catch (error) {
  if (!(error instanceof NetctlError)) throw error;
  for (const problem of error.problems) console.error(formatProblem(problem, 'spec'));
  console.error([error.message, error.hint].filter(Boolean).join('\n'));
  process.exitCode = error.exit;
}
