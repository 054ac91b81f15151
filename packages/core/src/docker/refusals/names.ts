import type { RefusalClass } from './refusal.js';

/** Names that are taken, reserved, twice there, or there no more. */
export const NAMES: readonly RefusalClass[] = [
  {
    code: 'NAME_TAKEN',
    pattern: /network with name (?<network>\S*) already exists|name conflicts with an existing object/i,
    hint: 'A network of that name appeared meanwhile; run the same command again to see whose it is.',
    cause: (named) => `There is a network ${named('network', 'of that name')} already, of this engine or of its swarm.`,
    cure: (named) => [
      `docker network inspect ${named('network', 'NETWORK')}`,
      `docker network rm ${named('network', 'NETWORK')}   # if nobody needs it; or choose another name`,
    ],
  },
  {
    code: 'AMBIGUOUS',
    pattern: /network (?<network>\S+) is ambiguous|is ambiguous/i,
    hint: 'Several networks have that name (engines before 25 allow it); remove the extra ones by their ids.',
    cause: (named) =>
      `Several networks are called ${named('network', 'so')}: engines before 25 let two be made at once under one name.`,
    cure: (named) => [
      `docker network ls --no-trunc --filter name=^${named('network', 'NETWORK')}$`,
      'docker network rm ID   # the one without containers, by its id',
    ],
  },
  {
    code: 'RESERVED_NAME',
    pattern: /operation is not permitted on predefined (?<network>\S+) network|(?<other>\S+) is a pre-defined network/i,
    cause: (named) =>
      `${named('network', named('other', 'That network'))} is one of Docker's own (bridge, host, none), which can be neither made nor removed.`,
    cure: () => ['Choose another name for the network.'],
  },
  {
    code: 'BAD_NAME',
    pattern: /invalid name:|valid as a DNS name component|63 characters or fewer/i,
    cause: () =>
      'A network needs a name, and one of a swarm takes only letters, digits, "-" and "_", 63 characters at most, no dot.',
    cure: () => ['Choose another name for the network.'],
  },
  {
    code: 'STALE_NETWORK_ID',
    pattern: /network (?<id>[0-9a-f]{64}) not found/i,
    cause: (named) =>
      `A container that has run keeps the id of its network, and the network ${named('id', '').slice(0, 12)} was removed since, perhaps made again under the same name.`,
    cure: () => [
      'docker network disconnect --force NETWORK CONTAINER',
      'docker network connect NETWORK CONTAINER   # with its --ip and --alias, which the first command drops',
      'docker start CONTAINER',
    ],
  },
  {
    code: 'NETWORK_DROPPED',
    pattern: /network id "?(?<id>[0-9a-f]{64})"? not found/i,
    cause: (named) =>
      `The engine lists the network ${named('id', '').slice(0, 12)} and its driver does not know it: its parent was not there when the engine started.`,
    cure: (named) => [
      `docker network inspect --format '{{.Name}} {{.Driver}} {{.Options.parent}}' ${named('id', 'ID').slice(0, 12)}`,
      'ip link show   # the parent has to be among these; make it, and order that before docker.service',
      'systemctl restart docker',
    ],
  },
  {
    code: 'EXTERNAL_MISSING',
    pattern: /network (?<network>\S+) declared as external, but could not be found/i,
    cause: (named) =>
      `The Compose file says that ${named('network', 'the network')} is made by somebody else, and it is not there: never made, pruned, or of another engine or context.`,
    cure: (named) => [
      `netctl apply   # where the spec has ${named('network', 'it')}`,
      `docker network create ${named('network', 'NETWORK')}`,
    ],
  },
  {
    code: 'COMPOSE_LABEL',
    pattern: /network (?<network>\S+) was found but has incorrect label (?<label>\S+)/i,
    cause: (named) =>
      `Compose makes ${named('network', 'this network')} itself, and finds one of that name without its label ${named('label', 'com.docker.compose.network')}: a script or another project made it.`,
    cure: (named) => [
      `Write \`external: true\` and \`name: ${named('network', 'NETWORK')}\` in the Compose file to use it, or remove it: docker network rm ${named('network', 'NETWORK')}`,
    ],
  },
  {
    code: 'NOT_FOUND',
    pattern: /network (?<network>\S+) not found|could not find network|No such (container|network): ?(?<thing>\S*)/i,
    cause: (named) =>
      `There is no ${named('network', named('thing', 'network or container of that name'))} on this engine; names are told apart by their case.`,
    cure: () => ['docker network ls', 'docker ps --all', 'docker context show   # whether it is the engine you mean'],
  },
];
