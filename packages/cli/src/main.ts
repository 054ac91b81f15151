import { Command, CommanderError, Option } from 'commander';

import type { CommandInput } from './command.js';
import type { ImportCommandOptions } from './commands/import.js';
import { duration, listenAddress, loss, several } from './options.js';
import type { GlobalOptions } from './options.js';

declare const NETCTL_VERSION: string;

/** The wrong-usage status of sysexits.h. */
const EXIT_USAGE = 64;

type Run<O extends GlobalOptions> = (input: CommandInput<O>) => Promise<number>;

type AddCommand = <O extends GlobalOptions>(
  name: string,
  text: string,
  load: () => Promise<Run<O>>,
  ...extra: Option[]
) => void;

/** The command line. What a command does is loaded only when it is called, so that the rest costs no time. */
function program(finish: (status: number) => void, json: boolean): Command {
  const root = new Command('netctl')
    .description('Docker networks and their host links, as a YAML file says')
    .version(NETCTL_VERSION, '-V, --version')
    .exitOverride()
    // With --json the one document says what is wrong.
    .configureOutput(json ? { writeErr: () => undefined } : {})
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(netctl --help lists the commands and options)');
  // Of the root, so that they count before the command and after it, as in the docker CLI. The later one wins.
  for (const option of commonOptions()) root.addOption(option);

  const addTo = <O extends GlobalOptions>(
    group: Command,
    name: string,
    text: string,
    load: () => Promise<Run<O>>,
    ...extra: Option[]
  ): void => {
    const command = group
      .command(name)
      .description(text)
      .argument(
        '[FILE]',
        'the spec; netctl.yaml or netctl.yml by default, then what Compose takes; - for standard input',
      )
      .exitOverride();
    for (const option of extra) command.addOption(option);
    command.action(async (file: string | undefined) =>
      finish(await execute(await load(), file, command.optsWithGlobals<O>())),
    );
  };

  const add: AddCommand = (name, text, load, ...extra) => addTo(root, name, text, load, ...extra);

  add(
    'validate',
    'check the spec alone; no engine is asked',
    async () => (await import('./commands/validate.js')).validate,
  );
  add(
    'plan',
    'show the steps and why; writes nothing',
    async () => (await import('./commands/plan.js')).plan,
    new Option('--detailed-exitcode', 'exit with 2 when there is something to do'),
    new Option('--destroy', 'plan what destroy would do'),
    partialOption(),
    new Option('--addresses', 'show the plan of each subnet too: who has or gets which address'),
    adoptOption(),
    ...moveOptions(),
  );
  add(
    'apply',
    'make this host what the spec says',
    async () => (await import('./commands/apply.js')).apply,
    adoptOption(),
    new Option('--no-probe', 'do not ask the LAN whether somebody has an address that is about to be taken'),
    ...applyOptions(),
  );
  add(
    'destroy',
    'remove all that netctl made or adopted for this spec',
    async () => (await import('./commands/apply.js')).destroy,
    ...applyOptions(),
  );
  add(
    'status',
    'what is there, what has drifted, who is attached, addresses left',
    async () => (await import('./commands/status.js')).status,
  );
  add(
    'watch',
    'stay, and heal what drifts from the spec',
    async () => (await import('./commands/watch.js')).watch,
    new Option('--yes', 'do steps too that somebody could lose something by; they are told of and left otherwise'),
    new Option('--interval <time>', 'look at least this often, such as 30s (the default)').argParser(duration(1)),
    new Option('--metrics <address>', 'serve /metrics and /healthz, such as at 127.0.0.1:9479').argParser(
      listenAddress,
    ),
    new Option('--no-probe', 'do not ask the LAN whether somebody has an address that is about to be taken'),
    ...moveOptions(),
  );
  add(
    'compose',
    'print the networks block by which a Compose project uses these networks',
    async () => (await import('./commands/compose.js')).compose,
    new Option('--services', 'an override file: with what `containers:` says of its services'),
    new Option('--on <host>', 'the host that the project runs on, where the spec names hosts'),
  );
  add(
    'rehearse',
    'the whole apply on a throwaway host with its own engine, then removes it',
    async () => (await import('./commands/rehearse.js')).rehearse,
  );
  const discovery = root.command('discovery').description('services of Consul, which watch keeps').exitOverride();
  addTo(
    discovery,
    'status',
    'containers, their addresses, what Consul has of them, and what differs',
    async () => (await import('./commands/discovery-status.js')).discoveryStatus,
  );
  addImport(root, finish);
  return root;
}

/** The one command that reads no spec. */
function addImport(root: Command, finish: (status: number) => void): void {
  const command = root
    .command('import')
    .description('what this host has, as a spec; or what a Compose file makes')
    .argument('[NAME...]', 'networks, by name or id; all but those of Compose and of other stacks by default')
    .option('--name <stack>', 'the name of the stack; the one that has them, or that of the host, by default')
    .option('--all', 'networks of Compose projects too')
    .option('-o, --output <file>', 'write it to a file that is not there yet')
    .option('--compose <file>', 'the networks of a Compose file instead')
    .exitOverride();
  command.action(async (names: string[]) => {
    const { importSpec } = await import('./commands/import.js');
    const options = { ...command.optsWithGlobals<Omit<ImportCommandOptions, 'names'>>(), names };
    finish(await execute(importSpec, options.compose, options));
  });
}

function commonOptions(): readonly Option[] {
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
      '--context <name>',
      "the engine of a Docker context (also DOCKER_CONTEXT, and the docker CLI's current one)",
    ),
    new Option('--timeout <time>', 'for each call to the engine or the kernel, such as 30s').argParser(duration(1)),
  ];
}

function applyOptions(): Option[] {
  return [
    new Option('--yes', 'do not ask before steps that somebody could lose something by'),
    new Option('--additive', 'leave such steps out; exit with 2 when there are any'),
    new Option('--strict', 'warnings and notes stop too'),
    partialOption(),
    new Option('--wait <time>', 'wait for another netctl to finish, such as 30s').argParser(duration(0)),
    new Option('--resume', 'take over what a netctl on another machine left unfinished'),
    ...moveOptions(),
    new Option('--restart-stuck', 'restart a container that its engine has connected by half'),
  ];
}

function partialOption(): Option {
  return new Option('--partial', 'several hosts: go on without those that cannot be reached');
}

function adoptOption(): Option {
  return new Option(
    '--adopt',
    'take over networks and links that netctl did not make and that are as the spec says',
  ).conflicts('destroy');
}

function moveOptions(): Option[] {
  return [
    new Option('--recreate', 'replace networks that are in use; every container comes back as it was'),
    new Option('--keep-dynamic', 'with --recreate: also containers that asked for no address keep theirs'),
    new Option('--accept-loss <what>', 'mac: go on where a container does not get a MAC that somebody chose').argParser(
      loss,
    ),
  ];
}

async function execute<O extends GlobalOptions>(run: Run<O>, file: string | undefined, options: O): Promise<number> {
  const [{ NetctlError }, { createOutput }, { signalAbort }] = await Promise.all([
    import('@netctl/core'),
    import('./output.js'),
    import('./signals.js'),
  ]);
  const output = createOutput(options);
  try {
    return await run({ file, options, output, signal: signalAbort() });
  } catch (error) {
    const known = error instanceof NetctlError ? error : undefined;
    if (known === undefined) throw error;
    output.error(known, known.file ?? options.file?.[0] ?? file ?? 'netctl.yaml');
    return known.exit;
  }
}

/** Runs the command line and returns the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  let status = 0;
  try {
    await program((value) => (status = value), json).parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const message = error.message.replace(/^error: /, '');
    const wrong = { version: 1, event: 'report', error: { code: 'USAGE', message, exit: EXIT_USAGE, problems: [] } };
    if (json) process.stdout.write(`${JSON.stringify(wrong)}\n`);
    return EXIT_USAGE;
  }
}
