import type { Line } from '../import/block.js';
import { writeSpec } from '../import/write.js';
import { PREDEFINED } from '../import/select.js';
import { ownerOf } from '../plan/match.js';
import { list } from '../spec/show.js';
import { lanOf } from './answers.js';
import type { Answers } from './answers.js';
import { completed, driverFor } from './defaults.js';
import { webLine } from './first-spec.js';
import { lanNetwork } from './lan-network.js';
import { lansOf } from './lans.js';
import type { Survey } from './survey.js';

/**
 * Comments for below the networks of a first spec: further networks that could be in it, of which the `# ` is to be taken
 * away, and what is on the host and not in the spec.
 */
export function besides(survey: Survey, answers: Answers): readonly string[] {
  const others = otherLans(survey, answers);
  const samples = [...(lanOf(survey, answers) === undefined ? [] : [webLine(survey)]), ...others.lines];
  return [
    ...(samples.length === 0 ? [] : ['More networks, to be had by taking the "# " away:']),
    ...samples.flatMap(textOf),
    ...others.notes,
    ...alreadyThere(survey),
  ];
}

function otherLans(
  survey: Survey,
  answers: Answers,
): { readonly lines: readonly Line[]; readonly notes: readonly string[] } {
  const lines: Line[] = [];
  const notes: string[] = [];
  for (const lan of lansOf(survey.facts)) {
    const { name } = lan.link;
    const { stack = '' } = answers;
    if (name === lanOf(survey, answers)?.link.name) continue;
    const { driver, against = '' } = driverFor(survey, { stack, link: name });
    if (driver === 'none') notes.push(`No network on ${name}: ${against}`);
    else
      lines.push(lanNetwork(lan, survey, completed(survey, { stack, link: name, driver, shim: 'no' }), `lan-${name}`));
  }
  return { lines, notes };
}

function textOf(one: Line): readonly string[] {
  const [, ...lines] = writeSpec({ lines: [{ key: 'networks', value: { lines: [one] } }] })
    .trimEnd()
    .split('\n');
  return lines;
}

/** Networks that are somebody's, which an import writes. */
function alreadyThere({ facts }: Survey): readonly string[] {
  const found = facts.networks.filter((one) => !PREDEFINED.has(one.name) && ownerOf(one, facts) === undefined);
  if (found.length === 0) return [];
  const names = found.map(({ name }) => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)));
  return [
    `There already, and not in this spec: ${list(names)}. netctl import writes them as one, and apply --adopt takes them over.`,
  ];
}
