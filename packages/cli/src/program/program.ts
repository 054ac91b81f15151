import { Command } from 'commander';

import { addApply } from './apply.js';
import { commonOptions } from './common-options.js';
import { addCompletion } from './completion.js';
import { addCompose } from './compose.js';
import { addConfirm } from './confirm.js';
import { addDestroy } from './destroy.js';
import { addDiscovery } from './discovery.js';
import { addDoctor } from './doctor.js';
import { addGraph } from './graph.js';
import { addImport } from './import.js';
import { addInit } from './init.js';
import { addPersist } from './persist.js';
import { addPlan } from './plan.js';
import { addRehearse } from './rehearse.js';
import { addSchema } from './schema.js';
import { addStatus } from './status.js';
import { addValidate } from './validate.js';
import { addVerify } from './verify.js';
import { addWatch } from './watch.js';
import type { AddCommand, Finish } from './execute.js';
import { exitStatusText } from './exit-statuses.js';
import { helperOf, helpLayout } from './help-layout.js';

declare const NETCTL_VERSION: string;

/** In the order in which help lists them. */
const COMMANDS: readonly AddCommand[] = [
  addValidate,
  addPlan,
  addApply,
  addConfirm,
  addDestroy,
  addStatus,
  addVerify,
  addWatch,
  addGraph,
  addCompose,
  addPersist,
  addRehearse,
  addDiscovery,
  addInit,
  addImport,
  addDoctor,
  addSchema,
  addCompletion,
];

/** The command line. What a command does is loaded only when it is called, so that the rest costs no time. */
export function createProgram(finish: Finish, json: boolean): Command {
  const program = new Command('netctl')
    .description('Docker networks and their host links, as a YAML file says')
    .version(NETCTL_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    // With --json the one document says what is wrong.
    .configureOutput(json ? { writeErr: () => undefined } : {})
    .configureHelp({ ...helpLayout, showGlobalOptions: true })
    .showHelpAfterError('(netctl --help lists the commands and options)');
  // Of the root, so that they count before the command and after it, as in the docker CLI. The later one wins.
  for (const option of commonOptions()) program.addOption(option);
  for (const add of COMMANDS) add(program, finish);
  pointToHelp(program.commands, 'netctl');
  program.addHelpText('after', (context) => exitStatusText(helperOf(context)));
  return program;
}

/** What is wrong within a command is answered by its own help, and not by the program's. */
function pointToHelp(commands: readonly Command[], above: string): void {
  for (const command of commands) {
    const name = `${above} ${command.name()}`;
    command.showHelpAfterError(`(${name} --help says what it takes)`);
    pointToHelp(command.commands, name);
  }
}
