#!/usr/bin/env node
import { main } from './main.js';

// A reader that goes away (`| head`) is no reason to leave an apply half done: what is left to say is dropped.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await main(process.argv.slice(2));
