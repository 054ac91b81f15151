import type { ErrorCode } from '../../errors.js';
import { compareVersions } from '../../versions.js';
import type { FindingCode } from '../codes.js';
import { finding, inOrder } from '../finding.js';
import type { Check } from './check.js';

/** What it means that no engine was looked at, by the error; anything else is that it does not answer. */
const BY_ERROR: Readonly<Partial<Record<ErrorCode, readonly [FindingCode, string]>>> = {
  PERMISSION: [
    'ENGINE_FORBIDDEN',
    'Whoever may use the engine is as good as root, so its socket is for root and its group.',
  ],
  ENGINE_NOT_DOCKER: ['ENGINE_UNFIT', 'The address leads to something else than a Docker Engine.'],
  ENGINE_TOO_OLD: ['ENGINE_UNFIT', 'netctl speaks API 1.41, of engine 20.10, and newer ones.'],
  ENGINE_TOO_NEW: ['ENGINE_UNFIT', 'The engine gave up the newest API that this netctl knows.'],
};

/** Before this one every client of the last years still gets an answer (engines from 25 on begin there). */
const USUAL_OLDEST = '1.24';

export const engine: Check = ({ engine: looked }) => {
  if (!('seen' in looked)) {
    const { why, cure, code = 'ENGINE_UNREACHABLE' } = looked;
    const [known, cause] = BY_ERROR[code] ?? ['ENGINE_UNREACHABLE', 'It is not running, or it is at another address.'];
    return [finding(known, { evidence: [why], cause, cure: cure === undefined ? [] : [cure] })];
  }
  const { oldestApi, engine: facts } = looked.seen;
  const { version, apiVersion, operatingSystem, name } = facts;
  const about = inOrder('engine', `Docker Engine ${version} on ${name}, API ${apiVersion}, ${operatingSystem}`);
  if (oldestApi === '' || compareVersions(oldestApi, USUAL_OLDEST) <= 0) return [about];
  return [
    about,
    finding('API_MINIMUM', {
      evidence: [`the oldest API of engine ${version} is ${oldestApi}`],
      cause: `Programs that speak one old version (Traefik before 3.6, Watchtower) get "client version 1.24 is too old".`,
      cure: [
        `DOCKER_API_VERSION=${oldestApi}   # in their environment, where they obey it; or upgrade them`,
        'Or write "min-api-version": "1.24" in /etc/docker/daemon.json, then: systemctl restart docker',
      ],
    }),
  ];
};
