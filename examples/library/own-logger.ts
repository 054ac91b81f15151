/**
 * Hands the progress of an apply to a logger of one's own, here one JSON object a line: npx tsx own-logger.ts SPEC
 */
import { apply, connectDocker, formatProblem, loadSpec, NetctlError, stepTitle } from '@netctl/core';
import type { ApplyEvent } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

/** What loggers such as pino and winston have in common. */
interface Logger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const write = (level: string) => (fields: object, message: string) =>
  console.log(JSON.stringify({ level, ...fields, message }));
const logger: Logger = { info: write('info'), error: write('error') };

/** Every event is plain data, so what no line is wanted for is left out here. */
function log(event: ApplyEvent): void {
  if (event.event !== 'step') return;
  const { op, ref, why } = event.step;
  const fields = { op, ref, why, state: event.state };
  if (event.state === 'failed') logger.error({ ...fields, cause: event.message }, stepTitle(event.step));
  else logger.info(fields, stepTitle(event.step));
}

try {
  const spec = await loadSpec(process.argv[2] ?? 'netctl.yaml', { env: process.env });
  const host = process.env['DOCKER_HOST'];
  await using engine = await connectDocker(host === undefined ? {} : { host });
  const report = await apply(spec, { engine, links: iproute2() }, { onEvent: log });
  logger.info({ stack: report.stack, steps: report.done.length }, 'nothing is left to do');
} catch (error) {
  if (!(error instanceof NetctlError)) throw error;
  for (const problem of error.problems) logger.error({ code: problem.code }, formatProblem(problem, 'spec'));
  logger.error({ code: error.code, hint: error.hint }, error.message);
  process.exitCode = error.exit;
}
