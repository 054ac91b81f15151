import { Option } from 'commander';

import { duration, loss } from '../options.js';

/** What apply and destroy have in common. */
export function applyOptions(): Option[] {
  return [
    new Option('--yes', 'do not ask before steps that somebody could lose something by'),
    new Option('--additive', 'leave such steps out; exit with 2 when there are any'),
    new Option('--strict', 'warnings and notes stop too'),
    partialOption(),
    new Option('--wait <time>', 'wait for another netctl to finish, such as 30s').argParser(duration(0)),
    new Option(
      '--confirm <time>',
      'have the host undo what is done to its links unless that is confirmed in this time, such as 30s',
    ).argParser(duration(1)),
    new Option('--resume', 'take over what a netctl on another machine left unfinished'),
    new Option('--restart-stuck', 'restart a container that its engine has connected by half'),
  ];
}

export function partialOption(): Option {
  return new Option(
    '--partial',
    'several hosts: go on without those that cannot be reached; --links-only: without links whose parent is missing',
  );
}

export function adoptOption(): Option {
  return new Option(
    '--adopt',
    'take over networks and links that netctl did not make and that are as the spec says',
  ).conflicts('destroy');
}

/** What else is about networks, containers or several hosts means nothing with it. */
export function linksOnlyOption(...others: readonly string[]): Option {
  return new Option('--links-only', 'only VLAN links and shims; the engine is not asked, and need not run').conflicts([
    ...['recreate', 'keepDynamic', 'acceptLoss'],
    ...others,
  ]);
}

export function moveOptions(): Option[] {
  return [
    new Option('--recreate', 'replace networks that are in use; every container comes back as it was'),
    new Option('--keep-dynamic', 'with --recreate: also containers that asked for no address keep theirs'),
    new Option('--accept-loss <what>', 'mac: go on where a container does not get a MAC that somebody chose')
      .choices(['mac'])
      .argParser(loss),
  ];
}

export function noProbeOption(): Option {
  return new Option('--no-probe', 'do not ask the LAN whether somebody has an address that is about to be taken');
}
