import { main } from './main.js';

/** What Node.js ends with where nothing is left to wait for and a program has not come to its end. */
const EXIT_UNFINISHED = 13;

/** Runs the command line, and leaves its exit status to the process. */
export async function start(argv: readonly string[]): Promise<void> {
  // A reader that goes away (`| head`) and a disk that is full are no reason to leave an apply half done: what is left to
  // say is dropped. Of the disk somebody has to hear, since a report is missing then.
  const lost = new Set<NodeJS.WriteStream>();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || lost.has(stream)) return;
      lost.add(stream);
      if (process.exitCode === undefined || process.exitCode === 0) process.exitCode = 1;
      if (stream === process.stdout)
        process.stderr.write(`netctl: Cannot write to standard output: ${error.message}\n`);
    });
  }

  const onExit = (status: number): void => {
    if (status === 0) process.exitCode = EXIT_UNFINISHED;
  };
  process.once('exit', onExit);
  // What nobody caught is a fault of netctl itself, and is told like every other error.
  process.on('uncaughtException', (error) => {
    void tellFault(error, argv).then((exit) => process.exit(exit));
  });
  const status = await main(argv).catch(async (error: unknown) => tellFault(error, argv));
  process.off('exit', onExit);
  if (status !== 0 || lost.size === 0) process.exitCode = status;
}

async function tellFault(error: unknown, argv: readonly string[]): Promise<number> {
  const [{ asError }, { createOutput }] = await Promise.all([import('./fault.js'), import('./output.js')]);
  const fault = asError(error);
  createOutput({ json: argv.includes('--json') }).error(fault, '');
  return fault.exit;
}
