import type { RefusalClass } from './refusal.js';

/** The way to the engine, and what it needs of its host. */
export const ENGINE: readonly RefusalClass[] = [
  {
    code: 'API_VERSION',
    pattern:
      /client version (?<client>[\d.]+) is too (?<way>old|new)(?:.*(?:Minimum|Maximum) supported API version is (?<limit>[\d.]+))?/is,
    hint: 'What answers the ping speaks another API than the engine behind it: name the socket of the engine itself.',
    cause: (named) =>
      `The program speaks API ${named('client', 'of one version')} and nothing else, and the engine ${named('way', 'old') === 'old' ? 'begins' : 'ends'} at ${named('limit', 'another')}: engine 29.0 gave up what is older than 1.44.`,
    cure: (named) => [
      `DOCKER_API_VERSION=${named('limit', '1.44')}   # in the environment of that program, where it obeys it`,
      'Upgrade the program, or give the engine a lower "min-api-version" in daemon.json.',
    ],
  },
  {
    code: 'SOCKET_FORBIDDEN',
    pattern:
      /permission denied while trying to connect to the docker (daemon|api)|dial unix (?<socket>\S+): connect: permission denied/i,
    cause: (named) => `This user may not use ${named('socket', 'the socket of the engine')}.`,
    cure: () => ['sudo usermod --append --groups docker "$USER"   # then log in again; it is as good as root'],
  },
  {
    code: 'ENGINE_DOWN',
    pattern:
      /cannot connect to the docker daemon at (?<where>\S+?)\.(\s|$)|cannot connect to the docker daemon|is the docker daemon running/i,
    cause: (named) =>
      `Nobody answers at ${named('where', 'the address of the engine')}: it is not running, or it is another context that is meant.`,
    cure: () => ['systemctl start docker', 'journalctl --unit docker --since -5min', 'docker context ls'],
  },
  {
    code: 'ADVERTISE_ADDRESS',
    pattern: /could not choose an IP address to advertise|must specify a listening address/i,
    cause: () => 'The host has several addresses, and a swarm needs to be told the one by which the others reach it.',
    cure: () => ['docker swarm init --advertise-addr eth0   # or an address; netctl: `swarm: { advertise: eth0 }`'],
  },
  {
    code: 'RULES_GONE',
    pattern: /No chain\/target\/match by that name|iptables failed|Failed to Setup IP tables/i,
    cause: () =>
      "Somebody flushed the firewall since the engine started (ufw, firewalld, nftables.service), and Docker's own chains are gone.",
    cure: () => ['systemctl restart docker'],
  },
];
