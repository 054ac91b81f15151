import { dynamicRange, gatewayOf, subnetsOf } from '../addresses/ipam.js';
import { contains, parseAddress } from '../addresses/prefix.js';
import { inRange } from '../addresses/range.js';
import { canonicalAddress } from '../addresses/text.js';
import type { ProblemCode } from '../codes.js';
import { addressesAsked } from '../endpoints.js';
import type { Endpoint } from '../endpoints.js';
import type { LinkFacts } from '../links.js';
import { readLinkOwner } from '../marks.js';
import type { EngineFacts, FoundNetwork, HostFacts } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { remembered } from '../remembered.js';
import type { Attachment } from '../resolve/containers.js';
import { INTERFACE_OPTION } from '../spec/containers.js';
import { compareVersions } from '../versions.js';
import type { Target } from './attachments.js';
import { gateOf } from './engine-gates.js';
import { heldBy, shareAddresses } from './handovers.js';
import type { Handover } from './handovers.js';
import type { Since } from './engine-gates.js';
import type { MoveOptions } from './moves.js';

const GW_PRIORITY: Since = { engine: '28.0', api: '1.48' };

/** Options of an endpoint that older engines store and ignore (moby, libnetwork/netlabel). */
const OPTIONS_SINCE: Readonly<Record<string, Since>> = {
  [INTERFACE_OPTION]: { engine: '28.0' },
  'com.docker.network.endpoint.sysctls': { engine: '27.0' },
};

/** An engine takes the MAC of a connect from API 1.54 on (29.3); until then it drops it without a word. */
export function ignoresMac({ apiVersion }: EngineFacts): boolean {
  return compareVersions(apiVersion, '1.54') < 0;
}

/** What stands against a container's being on a network as the spec says. `there`: it is on it, and otherwise if `differs`. */
export function checkAttachment(
  attachment: Attachment,
  target: Target,
  there: Endpoint | undefined,
  differs: boolean,
  { facts, stack }: { readonly facts: HostFacts; readonly stack: string },
  options: MoveOptions,
  freed: readonly Handover[],
): readonly Problem[] {
  const { found, made } = target;
  const problems: Problem[] = [];
  problems.push(...checkMode(attachment, facts));
  problems.push(...checkFeatures(attachment, facts));
  problems.push(...checkMac(attachment, target, there, differs, facts, options));
  if (there === undefined || differs) {
    problems.push(...checkTaken(attachment, target, facts, freed));
    problems.push(...checkOwn(attachment, target, facts, stack));
  }
  if (found !== undefined && made === undefined) problems.push(...checkNetwork(attachment, found));
  if (found !== undefined && target.external === true) problems.push(...checkAddresses(attachment, found));
  return problems;
}

function checkMode({ container, path }: Attachment, { networks }: HostFacts): readonly Problem[] {
  const { name, mode, id } = container;
  const alone =
    mode === 'none' && networks.some((one) => one.name === 'none' && one.holders.some((holder) => holder.id === id));
  if (mode !== 'host' && !mode.startsWith('container:') && !alone) return [];
  const [why, cure] = alone
    ? [
        'it is on none, and an engine lets nobody be on that and on another network',
        `docker network disconnect none ${name}`,
      ]
    : mode === 'host'
      ? ['it has no network of its own, but that of the host', 'Make it anew without that mode.']
      : ['it has the network of another container', 'Attach that one, or make it anew without that mode.'];
  const message = `the container ${name} has the network mode ${mode}: ${why}`;
  return [problem('error', 'ENDPOINT_MODE', path, message, cure)];
}

function checkFeatures({ config, path }: Attachment, { engine }: HostFacts): readonly Problem[] {
  if (config.gwPriority === undefined && config.driverOpts === undefined) return [];
  const wishes = [
    ...(config.gwPriority === undefined ? [] : [['a gateway priority', GW_PRIORITY] as const]),
    ...Object.keys(config.driverOpts ?? {}).flatMap((key) => {
      const since = OPTIONS_SINCE[key];
      const what = key === INTERFACE_OPTION ? 'the name of an interface' : `the option ${key}`;
      return since === undefined ? [] : [[what, since] as const];
    }),
  ];
  return wishes.flatMap(([what, since]) => gateOf(engine, since, path, what) ?? []);
}

/** A container keeps the MAC that it was made with; nothing else gives it one. */
function checkMac(
  { config: { mac }, container, path }: Attachment,
  { name }: Target,
  there: Endpoint | undefined,
  differs: boolean,
  { engine }: HostFacts,
  { acceptLoss = [] }: MoveOptions,
): readonly Problem[] {
  if (mac === undefined || !ignoresMac(engine)) return [];
  const has = there?.has.mac ?? there?.config.mac;
  if (there !== undefined && !differs && (has === mac || has === undefined)) return [];
  const message = `engine ${engine.version} ignores the MAC of a container that is connected: ${container.name} would not have ${mac} on ${name}`;
  if (acceptLoss.includes('mac')) return [problem('warning', 'MAC_IGNORED', path, message)];
  const hint = `Make the container with it (docker run --network ${name} --mac-address ${mac}), upgrade Docker to 29.3, or say --accept-loss mac.`;
  return [problem('error', 'MAC_IGNORED', path, message, hint)];
}

function checkTaken(
  { config, container, path }: Attachment,
  { found, made }: Target,
  { networks }: HostFacts,
  freed: readonly Handover[],
): readonly Problem[] {
  const props = made?.props ?? found?.props;
  const held = heldBy(networks);
  return addressesAsked(config).flatMap((address) => {
    const all = held.get(address) ?? [];
    return all.flatMap(({ network: { id: networkId, name, props: theirs }, holder }) => {
      const isHere = networkId === found?.id;
      if (isHere ? holder.id === container.id : props === undefined || !shareAddresses(props, theirs)) return [];
      if (freed.some((one) => one.container === holder.id && one.networkId === networkId)) return [];
      const message = `the address ${address} of ${container.name} is that of the ${holder.type} ${holder.name} on ${name}`;
      const hint = `Choose another address, or give ${holder.name} another one first.`;
      return [problem('error', 'ADDRESS_TAKEN', path, message, hint)];
    });
  });
}

/** On a LAN the host is a station too; of the shims of the same spec its rules have told. */
function checkOwn(
  { config, container, path }: Attachment,
  { found, made }: Target,
  { links }: HostFacts,
  stack: string,
): readonly Problem[] {
  const { driver } = made?.props ?? found?.props ?? {};
  if ((driver !== 'macvlan' && driver !== 'ipvlan') || links === undefined) return [];
  const byAddress = linksByAddress(links);
  return addressesAsked(config).flatMap((address): readonly Problem[] => {
    const link = byAddress.get(address);
    if (link === undefined || readLinkOwner(link)?.stack === stack) return [];
    const message = `the address ${address} of ${container.name} is that of the host's own link ${link.name}`;
    return [problem('error', 'ADDRESS_TAKEN', path, message, 'Choose another address.')];
  });
}

const linksByAddress = remembered(
  (facts: LinkFacts) =>
    new Map(
      facts.links.flatMap((link) => link.addresses.map(({ address }) => [canonicalAddress(address), link] as const)),
    ),
);

/** What the spec alone could not tell of a network that is there. */
function checkNetwork({ path }: Attachment, found: FoundNetwork): readonly Problem[] {
  const { props, name } = found;
  if (props.driver === 'host' || props.driver === 'null') {
    return [
      problem(
        'error',
        'NETWORK_TAKES_NOBODY',
        path,
        `no container can be connected to ${name}`,
        'Name another network.',
      ),
    ];
  }
  if (props.scope === 'swarm' && props.attachable !== true) {
    const message = `the network ${name} is not attachable: only services of the swarm can be on it`;
    return [problem('error', 'NETWORK_TAKES_NOBODY', path, message, 'Make it with --attachable.')];
  }
  return [];
}

/** Of a network that netctl makes the rules of the spec have seen all of this. */
function checkAddresses({ config, container, path }: Attachment, found: FoundNetwork): readonly Problem[] {
  const { props, name } = found;
  const against = (
    code: ProblemCode,
    message: string,
    hint: string,
    severity: 'error' | 'warning' = 'error',
  ): Problem => problem(severity, code, path, message, hint);
  const subnets = subnetsOf(found.props);
  // The record of a swarm network that was made from a configuration shows none.
  if (subnets.length === 0) return [];
  return addressesAsked(config).flatMap((text): readonly Problem[] => {
    const address = parseAddress(text);
    if (address === undefined) return [];
    const what = `the address ${text} of ${container.name}`;
    if (!subnets.some((subnet) => contains(subnet, address))) {
      return [against('OUTSIDE_SUBNET', `${what} is in no subnet of ${name}`, 'Choose an address of its subnet.')];
    }
    const { config: entries } = props.ipam;
    const kept = entries.flatMap((entry) => [
      ...Object.values(entry.auxAddresses ?? {}),
      ...[gatewayOf(entry, props.driver === 'bridge') ?? []].flat(),
    ]);
    if (kept.includes(text)) {
      return [
        against(
          'ADDRESS_TWICE',
          `${what} is the gateway of ${name}, or kept from all containers there`,
          'Choose another address.',
        ),
      ];
    }
    if (!handsOut(found, text)) return [];
    const message = `${what} is among those that Docker hands out on ${name}: whoever starts first may have it`;
    return [against('STATIC_IN_RANGE', message, 'Choose one outside its ip_range.', 'warning')];
  });
}

/** Whether the engine may choose this address for a container by itself. */
export function handsOut({ props }: Pick<FoundNetwork, 'props'>, text: string): boolean {
  const address = parseAddress(text);
  return props.ipam.config.some((entry) => {
    const range = dynamicRange(entry);
    return address !== undefined && range !== undefined && inRange(range, address);
  });
}
