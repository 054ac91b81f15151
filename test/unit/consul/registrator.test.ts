import { describe, expect, test } from 'vitest';
import type { ServiceRegistration } from '../../../packages/consul/src/registration.js';
import { said, wanted } from './workload.js';
import type { Sketch } from './workload.js';

/** What is not said otherwise of the services of container web on network app. */
const plain = (more: Partial<ServiceRegistration> & { readonly Port: number }): ServiceRegistration => ({
  ID: `netctl:home:node01:app:web:${more.Port}`,
  Name: 'nginx',
  Tags: [],
  Address: '10.0.0.2',
  Meta: {},
  ...more,
});

const REDIS = { name: 'redis.0', image: 'progrium/redis', ports: [6379] } as const;
const REDIS_ID = 'netctl:home:node01:app:redis.0:6379';
const NGINX = { name: 'nginx.0', image: 'progrium/nginx', ports: [443, 80] } as const;
const NGINX_ID = 'netctl:home:node01:app:nginx.0';

/** The examples of Registrator's docs/user/services.md, in its order. */
const EXAMPLES: readonly [name: string, sketch: Sketch, services: readonly ServiceRegistration[]][] = [
  ['a single service with defaults', REDIS, [plain({ ID: REDIS_ID, Name: 'redis', Port: 6379 })]],
  [
    'a single service with metadata',
    { ...REDIS, env: { SERVICE_NAME: 'db', SERVICE_TAGS: 'master,backups', SERVICE_REGION: 'us2' } },
    [plain({ ID: REDIS_ID, Name: 'db', Port: 6379, Tags: ['master', 'backups'], Meta: { region: 'us2' } })],
  ],
  [
    'a comma in a tag',
    { ...REDIS, env: { SERVICE_NAME: 'db', SERVICE_TAGS: String.raw`/(;\,:-_)/`, SERVICE_REGION: 'us2' } },
    [plain({ ID: REDIS_ID, Name: 'db', Port: 6379, Tags: ['/(;,:-_)/'], Meta: { region: 'us2' } })],
  ],
  [
    'multiple services with defaults',
    NGINX,
    [
      plain({ ID: `${NGINX_ID}:80`, Name: 'nginx-80', Port: 80 }),
      plain({ ID: `${NGINX_ID}:443`, Name: 'nginx-443', Port: 443 }),
    ],
  ],
  [
    'multiple services with metadata',
    {
      ...NGINX,
      env: {
        SERVICE_443_NAME: 'https',
        SERVICE_443_ID: 'https.12345',
        SERVICE_443_SNI: 'enabled',
        SERVICE_80_NAME: 'http',
        SERVICE_TAGS: 'www',
      },
    },
    [
      plain({ ID: `${NGINX_ID}:80`, Name: 'http', Port: 80, Tags: ['www'] }),
      plain({
        ID: 'netctl:home:node01:app:https.12345',
        ...{ Name: 'https', Port: 443, Tags: ['www'], Meta: { sni: 'enabled' } },
      }),
    ],
  ],
  [
    'labels to define metadata',
    { ...REDIS, labels: { SERVICE_NAME: 'db', SERVICE_TAGS: 'master,backups', SERVICE_REGION: 'us2' } },
    [plain({ ID: REDIS_ID, Name: 'db', Port: 6379, Tags: ['master', 'backups'], Meta: { region: 'us2' } })],
  ],
];

/** What its text says beside them, what its source does, and what fayrus/registrator adds. */
const RULES: readonly [name: string, sketch: Sketch, services: readonly ServiceRegistration[]][] = [
  ['no port is no service', {}, []],
  ['any SERVICE_IGNORE ignores', { ports: [80], env: { SERVICE_IGNORE: 'false' } }, []],
  ['an empty SERVICE_IGNORE does not', { ports: [80], env: { SERVICE_IGNORE: '' } }, [plain({ Port: 80 })]],
  [
    'one port of two is ignored, and the other still has its port in the name',
    { ports: [80, 443], labels: { SERVICE_443_IGNORE: 'true' } },
    [plain({ Name: 'nginx-80', Port: 80 })],
  ],
  [
    'an empty value for a port hides the wider one',
    { ports: [80, 81], env: { SERVICE_IGNORE: 'true' }, labels: { SERVICE_81_IGNORE: '' } },
    [plain({ Name: 'nginx-81', Port: 81 })],
  ],
  [
    'SERVICE_NAME has the port in it when there are several',
    { ports: [80, 443], env: { SERVICE_NAME: 'shop' } },
    [plain({ Name: 'shop-80', Port: 80 }), plain({ Name: 'shop-443', Port: 443 })],
  ],
  [
    'an empty name of a port is the default without the port',
    { ports: [80, 443], env: { SERVICE_80_NAME: '', SERVICE_NAME: 'shop' } },
    [plain({ Port: 80 }), plain({ Name: 'shop-443', Port: 443 })],
  ],
  [
    'labels count before the environment, and a port before both',
    {
      ports: [80],
      env: { SERVICE_NAME: 'a', SERVICE_80_TAGS: 'b', SERVICE_ZONE: 'c', SERVICE_80_RACK: 'd' },
      labels: { SERVICE_NAME: 'A', SERVICE_TAGS: 'B', SERVICE_ZONE: 'C', SERVICE_80_RACK: 'D' },
    },
    [plain({ Name: 'A', Port: 80, Tags: ['b'], Meta: { zone: 'C', rack: 'D' } })],
  ],
  [
    'keys are in any case, the prefix is not',
    { ports: [80], labels: { SERVICE_Name: 'shop', service_tags: 'x', Service_Tags: 'y' } },
    [plain({ Name: 'shop', Port: 80 })],
  ],
  [
    'UDP has an id and a tag of its own',
    { ports: [53, '53/udp'], image: 'coredns/coredns:1.12', env: { SERVICE_TAGS: 'lan' } },
    [
      plain({ Name: 'coredns-53', Port: 53, Tags: ['lan'] }),
      plain({ ID: 'netctl:home:node01:app:web:53:udp', Name: 'coredns-53', Port: 53, Tags: ['lan', 'udp'] }),
    ],
  ],
  [
    'empty tags are none, and spaces are of the tag',
    { ports: [80], env: { SERVICE_TAGS: ',a,, b,' } },
    [plain({ Port: 80, Tags: ['a', ' b'] })],
  ],
  [
    'a name declares a port that is not exposed, in TCP or as it says',
    { env: { SERVICE_8080_NAME: 'shop', SERVICE_514_UDP_NAME: 'syslog' } },
    [
      plain({ ID: 'netctl:home:node01:app:web:514:udp', Name: 'syslog', Port: 514, Tags: ['udp'] }),
      plain({ Name: 'shop', Port: 8080 }),
    ],
  ],
  [
    'a name for an exposed port declares no other',
    { ports: ['53/udp'], env: { SERVICE_53_NAME: 'dns' } },
    [plain({ ID: 'netctl:home:node01:app:web:53:udp', Name: 'dns', Port: 53, Tags: ['udp'] })],
  ],
  [
    'other variables of a port declare none',
    { ports: [80], env: { SERVICE_443_SNI: 'enabled', SERVICE_444_NAME: '' } },
    [plain({ Port: 80 })],
  ],
  [
    'a protocol counts before the port, and the port before a range',
    {
      ports: [5060, '5060/udp', '10001/udp'],
      env: { SERVICE_5060_NAME: 'sip', SERVICE_5060_udp_NAME: 'sip-udp', 'SERVICE_10000-20000_IGNORE': 'true' },
    },
    [
      plain({ Name: 'sip', Port: 5060 }),
      plain({ ID: 'netctl:home:node01:app:web:5060:udp', Name: 'sip-udp', Port: 5060, Tags: ['udp'] }),
    ],
  ],
  [
    'a variable without a port that begins with a digit is metadata',
    { ports: [80], env: { SERVICE_2FA_MODE: 'on', SERVICE_80: 'x' } },
    [plain({ Port: 80, Meta: { '2fa_mode': 'on', '80': 'x' } })],
  ],
];

describe.each([...EXAMPLES, ...RULES])('%s', (_name, sketch, services) => {
  test('is registered as it should be, without a word', () => {
    const result = wanted([sketch]);
    expect(result.services).toEqual(services);
    expect(said(result)).toEqual([]);
  });
});

describe('the name of the image', () => {
  test.each([
    ['redis', 'redis'],
    ['redis:7.2', 'redis'],
    ['library/redis:7', 'redis'],
    ['localhost:5000/foo/redis:7', 'redis'],
    ['registry.example/redis@sha256:0123', 'redis'],
    ['redis:7@sha256:0123', 'redis'],
    [`sha256:${'0f'.repeat(32)}`, 'web'],
    ['0f'.repeat(32), 'web'],
    ['f2a91732366c', 'web'],
    ['', 'web'],
  ])('%s makes the service %s', (image, name) => {
    const { services } = wanted([{ image, ports: [80] }]);
    expect(services.map(({ Name }) => Name)).toEqual([name]);
  });
});
