import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/**
 * Runs a CommonJS script and returns what it exports. What V8 has compiled of it is kept beside it, as Python keeps
 * `__pycache__`, and taken from there the next time, which is most of what starting costs. Whoever may write there may
 * change the script too, so that the one is to be trusted as far as the other; where nobody may, nothing is kept.
 * V8 refuses what another version or other flags of it have compiled, but of the script it looks at the length alone: its
 * name has to change with what is in it. With `keep`, what this run compiles is what is kept, where nothing is yet.
 */
export function loadScript(file: string, keep: boolean): unknown {
  const [source, { uid }] = read(file);
  const cacheFile = `${file}.v8-${process.versions.v8}-${process.arch}`;
  const cachedData = readCache(cacheFile, uid);
  const script = new Script(`(function(exports,require,module,__dirname){${source.toString('latin1')}\n})`, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (keep && (cachedData === undefined || script.cachedDataRejected === true) && isWritable(dirname(file))) {
    process.once('exit', (status) => {
      if (status === 0) writeCache(cacheFile, script.createCachedData());
    });
  }
  const module: { exports: unknown } = { exports: {} };
  const run = script.runInThisContext() as (...given: readonly unknown[]) => void;
  run(module.exports, createRequire(file), module, dirname(file));
  return module.exports;
}

function read(file: string, flags = constants.O_RDONLY): [Buffer, Stats] {
  const fd = openSync(file, flags);
  try {
    return [readFileSync(fd), fstatSync(fd)];
  } finally {
    closeSync(fd);
  }
}

/** Where everybody may make files, as in /tmp, anybody could have made this one. */
function readCache(cacheFile: string, owner: number): Buffer | undefined {
  try {
    const [content, { uid, mode }] = read(cacheFile, constants.O_RDONLY | constants.O_NOFOLLOW);
    const trusted = [owner, 0, process.geteuid?.()].includes(uid) && (mode & 0o022) === 0;
    return trusted ? content : undefined;
  } catch {
    return undefined;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Renamed, so that whoever reads sees all of it or none, and synced first, so that this holds after a power cut too. */
function writeCache(cacheFile: string, content: Buffer): void {
  const own = `${cacheFile}.${String(process.pid)}`;
  try {
    const fd = openSync(own, 'wx', 0o644);
    try {
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(own, cacheFile);
  } catch {
    // It is a cache: without it the next start takes longer.
    rmSync(own, { force: true });
  }
}
