#!/usr/bin/env node
import { main } from './main.js';

// A reader that goes away (`| head`) and a disk that is full are no reason to leave an apply half done: what is left to
// say is dropped. Of the disk somebody has to hear, since a report is missing then.
const lost = new Set<NodeJS.WriteStream>();
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || lost.has(stream)) return;
    lost.add(stream);
    if (process.exitCode === undefined || process.exitCode === 0) process.exitCode = 1;
    if (stream === process.stdout) process.stderr.write(`netctl: Cannot write to standard output: ${error.message}\n`);
  });
}

const status = await main(process.argv.slice(2));
if (status !== 0 || lost.size === 0) process.exitCode = status;
