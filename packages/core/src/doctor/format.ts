import { MATTERS } from './codes.js';
import { printable } from '../printable.js';
import type { Finding } from './finding.js';

/** The lines of one finding, for people. */
export function formatFinding({ code, matter, severity, title, evidence, cause, cure }: Finding): readonly string[] {
  const about = MATTERS[matter];
  if (severity === 'ok') return [printable(`ok       ${about}: ${title}`)];
  const lines = (label: string, texts: readonly string[]): readonly string[] =>
    texts.map((text, at) => `         ${(at === 0 ? label : '').padEnd(7)}${printable(text)}`);
  if (code === 'NOT_LOOKED') {
    return [`-        ${about}: ${title}`, ...lines('why', cause === undefined ? [] : [cause]), ...lines('cure', cure)];
  }
  return [
    `${severity.padEnd(8)} ${about}: ${title} (${code})`,
    ...lines('seen', evidence),
    ...lines('cause', cause === undefined ? [] : [cause]),
    ...lines('cure', cure),
  ];
}
