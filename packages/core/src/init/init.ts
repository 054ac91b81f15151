import { formatAddress, parseAddress } from '../addresses/prefix.js';
import { hostsOf, intersection, parseRange, rangeSize } from '../addresses/range.js';
import type { Segment } from '../links.js';
import { lanOf, mainSubnet } from './answers.js';
import type { Answers } from './answers.js';
import { besides } from './beside.js';
import { completed } from './defaults.js';
import { firstSpec } from './first-spec.js';
import { withNeighbours } from './survey.js';
import type { Survey } from './survey.js';

/** The text of a first spec for a host. What was not answered is as it is proposed. */
export function initSpec(survey: Survey, answers: Answers): string {
  const whole = completed(survey, answers);
  return firstSpec(survey, whole, besides(survey, whole));
}

/** Who can be asked at once; nobody has the patience for more. */
const MOST_ASKED = 256n;

/** The addresses of a range, and where to ask who has them; undefined where that is too many, or of a LAN that is not there. */
export function rangeToAsk(
  survey: Survey,
  answers: Answers,
  range: string,
): { readonly segment: Segment; readonly addresses: readonly string[] } | undefined {
  const lan = lanOf(survey, answers);
  const subnet = lan === undefined ? undefined : mainSubnet(lan);
  const parsed = parseRange(range);
  const inside = subnet === undefined || parsed === undefined ? undefined : intersection(parsed, hostsOf(subnet));
  if (lan === undefined || inside === undefined || rangeSize(inside) > MOST_ASKED) return undefined;
  const addresses = Array.from({ length: Number(rangeSize(inside)) }, (_, at) =>
    formatAddress({ family: inside.family, value: inside.first + BigInt(at) }),
  );
  const kind = answers.driver === 'ipvlan' ? 'ipvlan' : 'macvlan';
  return { segment: { link: lan.link.name, vlans: [], kind }, addresses };
}

/** The same survey, with those who answered. */
export function withAnswered(survey: Survey, addresses: readonly string[]): Survey {
  return withNeighbours(
    survey,
    addresses.flatMap((text) => parseAddress(text) ?? []),
  );
}
