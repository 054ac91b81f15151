import type { Help } from 'commander';

/** What each exit status means, in the order of their numbers. */
export const EXIT_STATUSES: Readonly<Record<string, string>> = {
  '0': 'done, nothing left to do',
  '1': 'a step failed, or verification did; doctor: an error was found',
  '2': 'changes are left: plan --detailed-exitcode, apply --additive, --partial',
  '3': 'refused, nothing was changed: in use, not owned, unsafe, needs --yes',
  '64': 'wrong usage',
  '65': 'the spec is invalid',
  '69': 'the Docker daemon, or the Consul agent, cannot be reached',
  '75': 'another netctl is at work, or left something unfinished',
  '77': 'missing permission',
  '130': 'interrupted (SIGINT)',
  '143': 'terminated (SIGTERM)',
};

/** The same for the end of the help. */
export function exitStatusText(helper: Help): string {
  const rows = Object.entries(EXIT_STATUSES).map(([status, meaning]) => helper.formatItem(status, 3, meaning, helper));
  return ['', 'Exit status:', ...rows].join('\n');
}
