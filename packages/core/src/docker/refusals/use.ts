import type { RefusalClass } from './refusal.js';

/** Who holds what, and what a network or a node is not for. */
export const USE: readonly RefusalClass[] = [
  {
    code: 'IN_USE',
    pattern:
      /network (?<network>\S+)(?: id \S+)? has active endpoints(?: \(name:"(?<container>[^"]+)")?|has active endpoints|(?<config>"[^"]+") is in use|network (?<id>\w+) is in use by (?<who>\w+ \w+)|is in use/i,
    hint: 'Something is still attached; `netctl status` lists who.',
    cause: (named) =>
      `${named('container', named('who', 'Something'))} is still on ${named('network', named('config', named('id', 'the network')))}; after a crash it can be an endpoint whose container is gone.`,
    cure: (named) => [
      `docker network inspect --format '{{range .Containers}}{{.Name}}{{println}}{{end}}' ${named('network', named('id', 'NETWORK'))}`,
      `docker network disconnect --force ${named('network', named('id', 'NETWORK'))} ${named('container', 'CONTAINER')}   # by name, also one that is gone`,
    ],
  },
  {
    code: 'CONFIG_NET',
    pattern:
      /configuration.only network|configuration network|depends on a configuration network|user.specified configurations/i,
    cause: () =>
      'A configuration network (--config-only) only lends its settings: nobody can be on it, it stays while a network was made from it, and what is made from it has no settings of its own.',
    cure: () => ['docker network ls --filter driver=null', 'Make the configuration first, and remove it last.'],
  },
  {
    code: 'NOT_MANAGER',
    pattern: /is not a swarm manager|from a worker node|swarm is not active/i,
    hint: 'Run `docker swarm init` on this host, or run netctl on a manager of the swarm.',
    cause: () =>
      'Overlay networks are made by a manager of a swarm, and this engine is none: it is in no swarm, or a worker.',
    cure: () => [
      "docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}'",
      'docker swarm init   # for a swarm of its own; or do it on a manager',
    ],
  },
  {
    code: 'NOT_ATTACHABLE',
    pattern: /network (?<network>\S+) not manually attachable|not manually attachable/i,
    cause: (named) =>
      `${named('network', 'The network')} is for services of the swarm alone: it was made without --attachable.`,
    cure: () => ['Make it again with `attachable: true`.'],
  },
  {
    code: 'DRIVER_MISSING',
    pattern: /plugin "?(?<plugin>[^"\s]+)"? not found/i,
    hint: 'Install the network or IPAM plugin on this engine.',
    cause: (named) =>
      `This engine has no network or IPAM driver ${named('plugin', 'of that name')}: a typing mistake, or a plugin that is not there or not enabled.`,
    cure: (named) => ['docker plugin ls', `docker plugin install ${named('plugin', 'PLUGIN')}`],
  },
  {
    code: 'ALREADY_ON',
    pattern:
      /endpoint with name (?<container>\S+) already exists in network (?<network>\S+)|is already attached to network/i,
    cause: (named) =>
      `${named('container', 'The container')} is on ${named('network', 'the network')} already, or an endpoint of one of that name was left there.`,
    cure: (named) => [
      `docker network disconnect --force ${named('network', 'NETWORK')} ${named('container', 'CONTAINER')}`,
    ],
  },
  {
    code: 'OTHERS_NAMESPACE',
    pattern:
      /sharing network namespace|(connected to|disconnected? from|connect container to) host network|in private \(none\) mode/i,
    cause: () =>
      'A container in the mode host, none or container:… has no network of its own that could be changed while it is there.',
    cure: () => ['Make the container again with --network NETWORK.'],
  },
  {
    code: 'ATTACH_TIMEOUT',
    pattern: /attaching to network failed|context deadline exceeded/i,
    cause: () =>
      'The swarm did not give the node this network in 20 s: the managers do not answer, the network never got a subnet (overlap, IPv6), or its configuration network is not on this node.',
    cure: () => [
      'docker network inspect NETWORK   # on a manager; an empty Driver means that it got no subnet',
      'journalctl --unit docker --since -5min   # on the leader',
    ],
  },
];
