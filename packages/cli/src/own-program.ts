import { realpath } from 'node:fs/promises';
import { isSea } from 'node:sea';

/**
 * The words that start this very netctl, wherever they are run: Node and its script, or the single file, which is both.
 * Whatever has to start netctl again takes these: in the single file `process.execPath` is netctl, and runs no script.
 */
export async function ownProgram(): Promise<readonly string[]> {
  if (isSea()) return [process.execPath];
  return [process.execPath, await realpath(process.argv[1] ?? '')];
}
