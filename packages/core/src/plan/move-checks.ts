import { gatewayOf, subnetsOf } from '../addresses/ipam.js';
import { contains, parseAddress } from '../addresses/prefix.js';
import type { ProblemCode } from '../codes.js';
import { isGoing } from '../endpoints.js';
import type { Endpoint } from '../endpoints.js';
import type { FoundNetwork, HostFacts, NetworkResource } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { list } from '../spec/show.js';
import { compareVersions } from '../versions.js';
import { handedOutAgain } from './handed-out.js';
import type { Moved, MoveOptions } from './moves.js';
import { unseenNodes } from './unseen-nodes.js';

/** Who holds the network and cannot be moved, or cannot be seen. */
export function checkHolders({ found, path }: Moved, facts: HostFacts): readonly Problem[] {
  const services = found.holders
    .filter(({ type }) => type === 'service')
    .map(({ name }) =>
      problem(
        'error',
        'SERVICE_HOLDS',
        path,
        `the service ${name} is on the network ${found.name}, and the swarm alone moves its tasks`,
        `Take it off first: docker service update --network-rm ${found.name} ${name}`,
      ),
    );
  return found.props.scope === 'swarm' ? [...services, ...holdersUnseen(found, path, facts)] : services;
}

function holdersUnseen({ name }: FoundNetwork, path: string, facts: HostFacts): readonly Problem[] {
  const unseen = unseenNodes(facts);
  if (unseen?.length === 0) return [];
  const which = unseen === undefined ? 'the others' : list(unseen.map(({ hostname, id }) => hostname || id));
  const message = `the network ${name} is on all nodes of the swarm, and who holds it on ${which} cannot be seen from here`;
  const hint =
    'Name every node of the swarm among the hosts of the spec, and take those that are gone for good out of it: docker node rm --force NODE';
  return [problem('error', 'HOLDERS_UNSEEN', path, message, hint)];
}

/** Whose address would be somebody else's when he starts. */
export function checkHandedOut({ found, path, want }: Moved): readonly Problem[] {
  return handedOutAgain((want ?? found).props, found.endpoints ?? []).map(({ endpoint: { name, state }, address }) =>
    problem(
      'error',
      'ENDPOINT_ADDRESS',
      path,
      `the container ${name} asks for the address ${address} and is ${state}, and the engine would give that to a container that asks for none`,
      `Say --keep-dynamic, which gives each of those the address that it has, or start ${name} first.`,
    ),
  );
}

/** A network that a container is taken off, or was, and what takes its place. */
interface Move {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly want?: NetworkResource;
}

/** Why this container would not be on the network again as it was. */
export function checkMove(
  { id, name: network, path, want }: Move,
  endpoint: Endpoint,
  { engine }: HostFacts,
  { acceptLoss = [], keepDynamic }: MoveOptions,
): readonly Problem[] {
  const { name, config, has, mode } = endpoint;
  const problems: Problem[] = [];
  const against = (code: ProblemCode, message: string, hint: string): void => {
    problems.push(problem('error', code, path, message, hint));
  };
  if (isGoing(endpoint.state)) {
    against(
      'ENDPOINT_GOING',
      `the container ${name} is being removed (${endpoint.state})`,
      `docker rm --force ${name}`,
    );
  }
  const isNew = compareVersions(engine.version, '25.0') >= 0;
  if (mode === 'host' || mode.startsWith('container:')) {
    against(
      'ENDPOINT_MODE',
      `the container ${name} has the network mode ${mode}, and no engine connects such a one to a network`,
      `Take it off ${network} yourself, or make it anew without that mode.`,
    );
  }
  // From 25 on an engine looks for the network of the mode by the id, and answers 404 once that id is gone.
  // A shortened id an engine looks for as a name as well, whatever its version.
  const byShortId = /^[0-9a-f]{12,63}$/.test(mode) && id.startsWith(mode);
  if (byShortId || (want !== undefined && mode === id && isNew)) {
    against(
      'ENDPOINT_BY_ID',
      `the container ${name} was made with the id of the network ${network} for its mode, and engine ${engine.version} cannot connect it to another one`,
      `Make the container anew with the name: --network ${network}`,
    );
  }
  // The engine drops it without a word; in API 1.54 it may be asked for.
  if (config.mac !== undefined && isNew && compareVersions(engine.apiVersion, '1.54') < 0) {
    const what = `the container ${name} has the MAC ${config.mac} by its user's wish on ${network}, and engine ${engine.version} gives it another one when it is connected again`;
    if (acceptLoss.includes('mac')) problems.push(problem('warning', 'MAC_LOST', path, what));
    else against('MAC_LOST', what, 'Make the container anew after the network, or say --accept-loss mac.');
  }
  if (want === undefined) return problems;
  const wishes = keepDynamic === true ? [config.ipv4 ?? has.ipv4, config.ipv6 ?? has.ipv6] : [config.ipv4, config.ipv6];
  const entries = want.props.ipam.config;
  for (const address of wishes) {
    const parsed = address === undefined ? undefined : parseAddress(address);
    if (address === undefined || parsed === undefined || want.props.configFrom !== undefined) continue;
    const mine = subnetsOf(want.props).filter(({ family }) => family === parsed.family);
    const cure = `Give ${name} another address, or keep ${address} in a subnet of ${want.name}.`;
    if (!mine.some((pool) => contains(pool, parsed))) {
      const where = mine.length === 0 ? 'no subnet of that family' : 'no subnet that has it';
      against(
        'ENDPOINT_ADDRESS',
        `the container ${name} has the address ${address}, and ${want.name} would have ${where}`,
        cure,
      );
      continue;
    }
    const isBridge = want.props.driver === 'bridge';
    const what = entries.some((entry) => gatewayOf(entry, isBridge) === address)
      ? 'the gateway there'
      : entries.some(({ auxAddresses = {} }) => Object.values(auxAddresses).includes(address))
        ? 'kept from all containers there'
        : undefined;
    if (what === undefined) continue;
    against('ENDPOINT_ADDRESS', `the container ${name} has the address ${address}, which would be ${what}`, cure);
  }
  return problems;
}
