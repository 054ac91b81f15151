import { Option } from 'commander';

import { duration, several } from '../options.js';

/** What every command has. */
export function commonOptions(): readonly Option[] {
  return [
    new Option('-f, --file <file>', 'the spec, instead of the argument; several are one Compose project').argParser(
      several,
    ),
    new Option('--json', 'JSON on standard output, on failure too'),
    new Option('--quiet', 'errors only'),
    new Option('--no-color', 'no colour (also NO_COLOR)'),
    new Option(
      '-H, --host <address>',
      'the engine: unix://SOCKET, tcp://HOST:2376, ssh://USER@HOST (also DOCKER_HOST)',
    ),
    new Option(
      '--context <context>',
      "the engine of a Docker context (also DOCKER_CONTEXT, and the docker CLI's current one)",
    ),
    new Option('--timeout <time>', 'for each call to the engine or the kernel, such as 30s').argParser(duration(1)),
  ];
}
