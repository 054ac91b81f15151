import { resolve } from 'node:path';

import { NetctlError, persistedLinks, unitName, watchUnitName } from '@netctl/core';
import type { PersistedLinks, PersistFile } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

import type { CommandInput } from '../command.js';
import type { GlobalOptions } from '../options.js';
import type { Output } from '../output.js';
import { ownProgram } from '../own-program.js';
import { filesOf } from '../persist/formats.js';
import type { Format } from '../persist/formats.js';
import { install } from '../persist/install.js';
import { ownFiles } from '../persist/own-files.js';
import { unusableAtBoot } from '../persist/usable.js';
import { watchFile } from '../persist/watch-file.js';
import { readSpec } from '../spec-file.js';

export interface PersistCommandOptions extends GlobalOptions {
  readonly format: Format;
  readonly on?: string;
  readonly root?: string;
  readonly print?: boolean;
  readonly remove?: boolean;
  /** Undefined: as it was. */
  readonly watch?: boolean;
}

/** `netctl persist`: files by which this host makes the links of a spec when it boots, before Docker. */
export async function persist({ file, options, output, signal }: CommandInput<PersistCommandOptions>): Promise<number> {
  if (options.host !== undefined || options.context !== undefined) {
    const option = options.host === undefined ? '--context' : '--host';
    throw new NetctlError('USAGE', `persist writes files of this host, so ${option} means nothing to it`, {
      hint: 'Run it on the host that boots.',
    });
  }
  const { format } = options;
  if (options.watch === true && (format !== 'systemd' || options.root !== undefined)) {
    const other = options.root === undefined ? `--format ${format}` : '--root';
    throw new NetctlError('USAGE', `--watch is a unit of this host's systemd, so it does not go with ${other}`, {
      hint: `Leave out ${other}.`,
    });
  }
  const loaded = await readSpec(file, options, signal);
  const stack = loaded.spec.name;
  const root = resolve(options.root ?? '/');
  if (options.remove === true) {
    const { removed } = await install(root, stack, []);
    output.document({ version: 1, stack, removed });
    for (const path of removed) output.line(`removed ${path}`);
    output.line(
      removed.length === 0
        ? `Nothing to do: nothing of ${stack} is there.`
        : `The links of ${stack} that are there stay, until the next boot.`,
    );
    return 0;
  }
  const { timeout } = options;
  const facts = await iproute2(timeout === undefined ? {} : { timeout }).observe(signal);
  const watching = options.watch ?? (await ownFiles(root, stack)).some(isWatchUnit);
  const wanted = persistedLinks(loaded, facts, options.on, watching);
  const hasLinks = wanted.links.length > 0;
  const named = options.file ?? (file === undefined ? [] : [file]);
  const files = [
    ...(hasLinks ? await filesOf(format, wanted, facts, root) : []),
    ...(watching ? [await watchFile(stack, named, hasLinks && format === 'systemd')] : []),
  ];
  const runsNetctl = watching || (hasLinks && format === 'systemd');
  const unusable = runsNetctl ? await unusableAtBoot(await ownProgram(), watching ? named : undefined) : undefined;
  if (options.print === true) {
    if (unusable !== undefined) output.note(`it would not be written: ${unusable.why}. ${unusable.cure}`);
    output.document({ version: 1, stack, format, files: files.map((one) => ({ ...one, mode: octal(one) })) });
    output.text(files.map(shown).join('\n'));
    return 0;
  }
  if (unusable !== undefined)
    throw new NetctlError('REFUSED', `Nothing was written: ${unusable.why}`, { hint: unusable.cure });
  const { written, unchanged, removed } = await install(root, stack, files);
  output.document({ version: 1, stack, format, written, unchanged, removed });
  for (const path of written) output.line(`wrote ${path}`);
  for (const path of unchanged) output.line(`unchanged ${path}`);
  for (const path of removed) output.line(`removed ${path}`);
  if (hasLinks) await tellNext(format, wanted, output);
  if (watching)
    output.line(
      `At boot ${watchUnitName(stack)} keeps the rest. To have it now: systemctl start ${watchUnitName(stack)}`,
    );
  return 0;
}

function isWatchUnit(path: string): boolean {
  return path.includes('/netctl-watch@');
}

function octal({ mode }: PersistFile): string {
  return `0${mode.toString(8)}`;
}

function shown(file: PersistFile): string {
  return `### ${file.path} (${octal(file)})\n${file.text}`;
}

/** What happens at the next boot, or what is left to do for that; nothing that runs now was touched. */
async function tellNext(format: Format, { stack, links }: PersistedLinks, output: Output): Promise<void> {
  const [program = '', script] = await ownProgram();
  const by = script === undefined ? 'this netctl' : `${program} and this netctl`;
  const names = links.map(({ props }) => props.name).join(', ');
  const next: Readonly<Record<Format, string>> = {
    systemd: `At boot ${unitName(stack)} makes ${names} before docker.service, with ${by}: run persist again when the spec changes, or ${script === undefined ? 'it' : 'one of them'} moves.`,
    networkd: `At boot systemd-networkd makes ${names}. To have it read this now: networkctl reload`,
    networkmanager: `At boot NetworkManager makes ${names}. To have it read this now: nmcli connection reload`,
    ifupdown: `At boot ifup makes ${names}, where /etc/network/interfaces says: source /etc/network/interfaces.d/*`,
    shell: `It makes ${names}: have it run as root at boot, before Docker starts.`,
  };
  output.line(next[format]);
}
