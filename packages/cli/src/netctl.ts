#!/usr/bin/env node
// Every Node.js can read this file, so that one that is too old can say so. It could not read what it loads.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 20 || (major === 20 && minor >= 19)) {
  void import('./launch.js').then(({ launch }) => launch(process.argv.slice(2)));
} else {
  process.stderr.write(
    `netctl: This is Node.js ${process.versions.node}, and netctl needs 20.19 or newer\n` +
      '    Install a newer Node.js, from https://nodejs.org or your distribution, or put one before it in PATH.\n',
  );
  process.exitCode = 1;
}
