import { EXIT_STATUSES } from '../../../packages/cli/src/program/exit-statuses.js';
import type { CommandPage, Entry, ProgramPage } from './program.js';

/** What counts beside the command line. */
const ENVIRONMENT: readonly Entry[] = [
  { term: 'DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG', text: 'Where the engine is, as for the docker CLI.' },
  {
    term: 'DOCKER_TLS_VERIFY, DOCKER_TLS, DOCKER_CERT_PATH',
    text: 'TLS to an engine on a port, as for the docker CLI.',
  },
  { term: 'COMPOSE_FILE, COMPOSE_PROJECT_NAME, COMPOSE_ENV_FILES', text: 'For a Compose file, as for Compose.' },
  { term: 'CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN', text: 'The Consul agent, and what it knows netctl by.' },
  { term: 'NO_COLOR', text: 'No colour, with any text at all.' },
];

const FILES: readonly Entry[] = [
  { term: 'netctl.yaml, netctl.yml', text: 'The spec, where none is named.' },
  { term: '.env', text: 'Beside the spec: values of variables in it.' },
  {
    term: '/var/lib/netctl',
    text: 'The journal of an apply that is not finished. Without root: $XDG_STATE_HOME/netctl.',
  },
  { term: '/etc/netctl', text: 'What netctl persist wrote: the links of each stack.' },
];

/** netctl(1), in the macros of man(7). */
export function manPage({ text, options, commands }: ProgramPage): string {
  const lines = [
    '.\\" Made from the sources by ./scripts/reference.',
    '.TH NETCTL 1 2026-11-30 netctl',
    '.SH NAME',
    `netctl \\- ${roff(text)}`,
    '.SH SYNOPSIS',
    '.B netctl',
    `.I ${roff('[options] command')}`,
    '.SH DESCRIPTION',
    'netctl makes the networks of Docker hosts, and the host links that Docker leaves to people, what a YAML file says.',
    "It changes only what carries its mark, names every step and its reason before, and loses nobody's connection.",
    '.SH OPTIONS',
    'These go with every command, before it or after it.',
    ...options.flatMap(entryLines),
    '.SH COMMANDS',
    ...commands.flatMap(commandLines),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT_STATUSES).flatMap(([term, meaning]) => entryLines({ term, text: meaning })),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(entryLines),
    '.SH FILES',
    ...FILES.flatMap(entryLines),
    '.SH SEE ALSO',
    '.BR docker (1),',
    '.BR ip (8)',
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ name, text, synopsis, options, examples, ...page }: CommandPage): readonly string[] {
  return [
    `.SS netctl ${roff(name)}`,
    roff(synopsis),
    '.PP',
    roff(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`),
    ...[...page.arguments, ...options].flatMap(entryLines),
    ...examples.flatMap(({ line, does }) => ['.PP', `${roff(does)}:`, '.PP', '.nf', '.RS', roff(line), '.RE', '.fi']),
  ];
}

function entryLines({ term, text }: Entry): readonly string[] {
  return ['.TP', `.B ${roff(term)}`, roff(text)];
}

/** Text that means nothing to roff: no escapes, no macros at the start of a line, hyphens that can be copied. */
function roff(text: string): string {
  const plain = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq').replaceAll('’', "'");
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}
