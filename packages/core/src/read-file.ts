import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { NetctlError } from './errors.js';

/** Bytes of a file; no more are read than that, and one, whatever the file is (`/dev/zero`). */
const LARGEST = 1024 * 1024;
/** How long a pipe by name may be without a writer, and how often it is asked. */
const NO_WRITER_MS = 5000;
const ASK_MS = 10;

/** All of a stream. */
export async function collectBounded(stream: AsyncIterable<Uint8Array>, file: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LARGEST) throw tooLarge(file);
  }
  return Buffer.concat(chunks);
}

/** How files are read. */
export interface Reading {
  /** Ends the wait for a pipe that does not end. */
  readonly signal?: AbortSignal;
  /** Told of each file before it is read, and of one that is not there as well: with that one, what was read would be another. */
  readonly onRead?: (file: string) => void;
}

const OF_A_SPEC = 'Name the spec as an argument or with -f; netctl.yaml or netctl.yml in this folder is the default.';

/**
 * All of a file. Opened so that a pipe without a writer does not hold the process, which could not even be ended then.
 * `hint` says what to do where it cannot be read, which differs by what names it.
 * @throws NetctlError SPEC_UNREADABLE, PERMISSION
 */
export async function readBounded(file: string, { signal, onRead }: Reading = {}, hint = OF_A_SPEC): Promise<Buffer> {
  onRead?.(file);
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const writerless = (await handle.stat()).isFIFO() ? Date.now() + NO_WRITER_MS : 0;
    const buffer = Buffer.allocUnsafe(LARGEST + 1);
    let size = 0;
    while (size <= LARGEST) {
      const read = await readSome(handle, buffer, size);
      const notYet = read === undefined || (read === 0 && size === 0 && Date.now() < writerless);
      if (notYet) await sleep(ASK_MS, undefined, signal === undefined ? {} : { signal });
      else if (read === 0) return buffer.subarray(0, size);
      else size += read;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(file, error, hint);
  }
  throw tooLarge(file);
}

/** Undefined when there is nothing yet. */
async function readSome(handle: FileHandle, buffer: Buffer, at: number): Promise<number | undefined> {
  try {
    return (await handle.read(buffer, at, buffer.length - at, null)).bytesRead;
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return undefined;
    throw error;
  }
}

function tooLarge(file: string): NetctlError {
  return new NetctlError('SPEC_UNREADABLE', `Cannot read ${file}: it is larger than 1 MiB`, {
    hint: 'Split the spec, or check that this is the right file.',
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
};

function unreadable(file: string, error: unknown, hint: string): NetctlError {
  const code = codeOf(error);
  if (code === 'EACCES') {
    return new NetctlError('PERMISSION', `Cannot read ${file}: no permission to read it`, {
      hint: 'Run netctl as a user that may read it, or let this one read it and enter its folders (chmod, chown).',
      cause: error,
    });
  }
  return new NetctlError('SPEC_UNREADABLE', `Cannot read ${file}: ${REASONS[code] ?? String(error)}`, {
    hint,
    cause: error,
  });
}

/** The same; undefined when there is no such file, or a folder has its name, such as a Python environment `.env`. */
export async function readIfThere(file: string, reading?: Reading): Promise<Buffer | undefined> {
  try {
    return await readBounded(file, reading);
  } catch (error) {
    if (error instanceof NetctlError && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error.cause))) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
