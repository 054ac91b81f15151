import { open } from 'node:fs/promises';
import { execa } from 'execa';
import { LabError } from './error.js';
import { type Running, identify } from './processes.js';
import { searchPath } from './programs.js';

/**
 * Starts a program that runs on, with its output at the end of a file. It is no reason for this process to stay, and
 * has a session of its own, so that Ctrl-C in a terminal reaches only us, who then close in order.
 */
export async function launch(
  argv: readonly [string, ...string[]],
  logFile: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const [program, ...args] = argv;
  const output = await open(logFile, 'a');
  try {
    // execa's types know only the first few descriptors.
    const log = output.fd as 3;
    const child = execa(program, args, {
      stdio: ['ignore', log, log],
      env: { PATH: searchPath(), ...env },
      reject: false,
      detached: true,
    });
    child.unref();
    if (child.pid === undefined) throw new LabError(`cannot start ${program}`);
    return await identify(child.pid);
  } finally {
    await output.close();
  }
}
