import { formatPrefix, parsePrefix } from '../addresses/prefix.js';
import { line } from '../import/block.js';
import type { Line } from '../import/block.js';
import { writeSpec } from '../import/write.js';
import { macFilterOf } from '../kinds/mac-filter.js';
import { gatewayOf, lanOf, mainSubnet } from './answers.js';
import type { Answers } from './answers.js';
import { freeKey } from './free-key.js';
import { lanNetwork, secondOf } from './lan-network.js';
import type { Lan } from './lans.js';
import type { Survey } from './survey.js';

/** By which editors find the JSON Schema of a spec (yaml-language-server). */
const SCHEMA_LINE = 'yaml-language-server: $schema=./netctl.schema.json';

/** The text of a first spec: answers that are complete, and comments of what else there is, `below` its last line. */
export function firstSpec(survey: Survey, answers: Answers, below: readonly string[] = []): string {
  const lan = lanOf(survey, answers);
  const network = lan === undefined ? webLine(survey) : lanNetwork(lan, survey, answers);
  const ignored = lan === undefined ? [] : ignoredOf(lan, survey, answers);
  return writeSpec(
    {
      lines: [
        { key: 'name', value: answers.stack ?? '', note: 'the stack: what the marks of netctl carry' },
        ...ignored.map((one) => ({ ...one, apart: true as const })),
        { key: 'networks', value: { lines: [network] }, apart: true },
      ],
    },
    header(survey),
    below,
  );
}

function header({ host, facts, unseen }: Survey): readonly string[] {
  const { version } = facts.engine;
  const engine = version === '' ? '' : ` (Docker Engine ${version})`;
  return [
    SCHEMA_LINE,
    'For help in an editor: netctl schema > netctl.schema.json',
    `A first spec of ${host === '' ? 'this host' : host}${engine}, as netctl init proposes it.`,
    'What it would do: netctl plan. To have it done: netctl apply.',
    ...unseen.map((one) => `Not seen: ${one}.`),
  ];
}

/** For a host whose containers stay inside it, and as an example for the others. */
export function webLine({ facts }: Survey): Line {
  const note = 'a free prefix, clear of every route and network of the host; kept once chosen';
  const lines = [
    ...line('driver', 'bridge'),
    // Nobody can tell what is free on a host whose links cannot be read.
    ...(facts.links === undefined ? [] : line('subnet', 'auto', note)),
  ];
  return { key: freeKey('web', facts), value: { lines } };
}

/** What is as it is on purpose, and would be warned of. */
function ignoredOf(lan: Lan, { facts }: Survey, answers: Answers): readonly Line[] {
  const filter = macFilterOf(lan.link.name, { facts, wanted: [] });
  const without = [
    gatewayOf(lan, answers) === undefined ? mainSubnet(lan) : undefined,
    secondOf(lan, answers)?.gateway === undefined ? secondOf(lan, answers)?.prefix : undefined,
  ].flatMap((prefix) => (prefix === undefined ? [] : [formatPrefix(prefix)]));
  const filtered = answers.driver === 'macvlan' && filter?.code === 'HYPERVISOR_FILTERS_MAC';
  const codes = [...(filtered ? [filter.code] : []), ...(without.length > 0 ? ['NO_GATEWAY'] : [])];
  if (codes.length === 0) return [];
  const above = [
    ...(filtered ? [filter.cure] : []),
    ...without.map(
      (prefix) => `This host knows of no router in ${prefix}: where there is one, write it as its gateway.`,
    ),
  ];
  return [{ key: 'ignore', value: codes, above }];
}

/** Whether addresses of this prefix are the user's own for good (RFC 4193), and not the provider's. */
export function isUniqueLocal(text: string): boolean {
  const prefix = parsePrefix(text)?.prefix;
  return prefix?.family === 6 && prefix.first >> 121n === 0x7en;
}
