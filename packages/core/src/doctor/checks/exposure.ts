import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Finding } from '../finding.js';
import { listening } from '../listening.js';
import type { Check } from './check.js';

/** Docker's port without TLS, by IANA. */
const PLAIN_PORT = 2375;

/** Whoever reaches the port is root on the host. */
export const exposure: Check = ({ engine, host }) => {
  if ('why' in engine && 'why' in host) return [notLooked('exposure', host.why)];
  const said = (seenOf(engine)?.warnings ?? []).flatMap(
    (warning) => /API is accessible on http:\/\/(\S+) without encryption/.exec(warning)?.[1] ?? [],
  );
  const files = seenOf(host)?.files;
  const open = listening([files?.get('/proc/net/tcp') ?? '', files?.get('/proc/net/tcp6') ?? '']).filter(
    ({ port }) => port === PLAIN_PORT && !said.some((place) => place.endsWith(`:${port}`)),
  );
  const found = [
    ...said.map((place) =>
      plain(`docker info: API is accessible on http://${place} without encryption`, isLocal(place)),
    ),
    ...open.map(({ address, port }) =>
      plain(`somebody listens on ${address} port ${port}, which is Docker's port without TLS`, true),
    ),
  ];
  return found.length > 0
    ? found
    : [inOrder('exposure', 'the engine listens on no TCP port without TLS, as far as it says')];
};

function isLocal(place: string): boolean {
  return /^(127\.|\[::1\]|localhost:)/.test(place);
}

function plain(evidence: string, local: boolean): Finding {
  return finding('PLAIN_TCP', {
    severity: local ? 'warning' : 'error',
    evidence: [evidence],
    cause:
      'Whoever reaches it is root on this host, every container and every web page of a browser here too: miners come in by it.',
    cure: [
      'Remove -H tcp://… from ExecStart (systemctl edit --full docker.service) and from "hosts" in /etc/docker/daemon.json, then: systemctl restart docker',
      'docker context create NAME --docker host=ssh://USER@HOST   # from elsewhere; or TLS: dockerd --tlsverify -H tcp://0.0.0.0:2376',
    ],
  });
}
