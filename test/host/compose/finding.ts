import type { Project } from './projects.js';

const own = (label: string): string =>
  `services: { web: { image: x, networks: [lan] } }\nnetworks: { lan: { external: true, x-netctl: { labels: { ${label}: "" } } } }`;
const more = (label: string): string => `networks: { lan: { x-netctl: { labels: { ${label}: "" } } } }`;

/** Projects whose files are found, or that include others. */
export const FOUND: Readonly<Record<string, Project>> = {
  'compose.yaml before the others': {
    files: { 'compose.yaml': own('a'), 'compose.yml': own('b'), 'docker-compose.yml': own('c') },
  },
  'compose.yml': { files: { 'compose.yml': own('b'), 'docker-compose.yaml': own('c') } },
  'docker-compose.yml before docker-compose.yaml': {
    files: { 'docker-compose.yml': own('c'), 'docker-compose.yaml': own('d') },
  },
  'docker-compose.yaml': { files: { 'docker-compose.yaml': own('d') } },
  'compose.override.yaml': { files: { 'compose.yaml': own('a'), 'compose.override.yaml': more('o') } },
  'compose.override.yml first': {
    files: { 'compose.yaml': own('a'), 'compose.override.yml': more('o'), 'compose.override.yaml': more('p') },
  },
  'docker-compose.override.yml beside compose.yaml': {
    files: { 'compose.yaml': own('a'), 'docker-compose.override.yml': more('o') },
  },
  'no override of a file that is named': {
    files: { 'compose.yaml': own('a'), 'compose.override.yaml': more('o') },
    named: ['compose.yaml'],
  },
  'in the folder above': {
    files: { 'compose.yaml': own('a'), 'compose.override.yaml': more('o'), 'sub/deep/x': '' },
    from: 'sub/deep',
  },
  COMPOSE_FILE: {
    files: { 'compose.yaml': own('a'), 'x/one.yaml': own('b'), 'two.yaml': more('c') },
    env: { COMPOSE_FILE: 'x/one.yaml:two.yaml' },
  },
  'COMPOSE_FILE with a separator, from .env': {
    files: {
      '.env': 'COMPOSE_FILE=one.yaml;two.yaml\nCOMPOSE_PATH_SEPARATOR=;',
      'one.yaml': own('b'),
      'two.yaml': more('c'),
    },
  },
  'COMPOSE_FILE and the .env of two folders': {
    files: {
      '.env': 'COMPOSE_FILE=x/one.yaml\nA=here',
      'x/.env': 'A=there\nB=there',
      'x/one.yaml': own('"l": "$A $B", m'),
    },
  },
  'no .env': {
    files: { 'compose.yaml': own('a: "${A:-none}", b'), '.env': 'A=dotenv' },
    env: { COMPOSE_DISABLE_ENV_FILE: '1' },
  },

  include: {
    files: {
      'compose.yaml': `include: [sub/inc.yaml]\n${own('a')}`,
      'sub/inc.yaml':
        'services: { db: { image: x, networks: [two] } }\nnetworks: { two: { external: true, x-netctl: { labels: { a: "$A", b: "$B" } } } }\nname: other\n',
      'sub/.env': 'A=sub\nB=sub',
      '.env': 'A=top',
    },
  },
  'include without services': {
    files: {
      'compose.yaml': 'include:\n  - path: [inc.yaml, over.yaml]\n    env_file: e.env\n',
      'inc.yaml': own('a: "$A", b'),
      'over.yaml': more('c'),
      'e.env': 'A=e',
    },
  },
  'include from a project directory, and one in another': {
    files: {
      'compose.yaml': 'include: [{ path: "${WHERE}/inc.yaml", project_directory: base }]\nservices: {}\n',
      'sub/inc.yaml': 'include: [deep.yaml]\nservices: {}\n',
      'base/deep.yaml': own('a: "$A", b'),
      'base/.env': 'A=base',
      '.env': 'WHERE=sub',
    },
  },
  'an override of what is included': {
    files: {
      'compose.yaml': 'include: [inc.yaml]\nservices: {}\n',
      'inc.yaml': own('a'),
      'compose.override.yaml': more('o'),
    },
  },
  'two files that include a third one': {
    files: {
      'compose.yaml': `include: [a.yaml, b.yaml]\nservices: {}\n`,
      'a.yaml': 'include: [c.yaml]\nservices: {}\n',
      'b.yaml': 'include: [c.yaml]\nservices: {}\n',
      'c.yaml': own('a'),
    },
  },
  'include of nothing': { files: { 'compose.yaml': `include:\n${own('a')}` } },
};
