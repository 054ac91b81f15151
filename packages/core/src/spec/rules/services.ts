import { lint } from '../../problem.js';
import type { Problem } from '../../problem.js';
import { formatPath } from '../path.js';
import { list, quote } from '../show.js';
import { error } from './rule.js';
import type { Rule } from './rule.js';

/** On macvlan and ipvlan the engine publishes no port, and says nothing about it. */
const portsArePublished: Rule = ({ spec, byKey }) =>
  Object.entries(spec.services ?? {}).flatMap(([key, service]) => {
    const networks = Object.keys(service.networks);
    if (!service.ports || service.elsewhere || service.partial || networks.length === 0) return [];
    if (!networks.every((network) => byKey.get(network)?.lan === true)) return [];
    const message = `The ports of ${quote(key)} are not published: it is only on ${list(networks)}, where its own address has them.`;
    const hint = 'Remove ports, or add a bridge network to the service.';
    return [lint('PORTS_IGNORED', formatPath(['services', key, 'ports']), message, hint)];
  });

const networksAreUsed: Rule = ({ spec, own }) => {
  if (spec.services === undefined) return [];
  const services = Object.values(spec.services);
  // Another file may say what these are on.
  if (services.some(({ partial }) => partial)) return [];
  const configurations = new Set(own.map((network) => network.spec.config_from));
  return own
    .filter(({ attachments, spec: { config_only: configOnly }, name }) => {
      return attachments.length === 0 && configOnly !== true && !configurations.has(name);
    })
    .map(({ key, path }) => {
      const message = `No service is on the network ${quote(key)}.`;
      return lint('NETWORK_UNUSED', path(), message, 'Add it to networks: of a service, or remove it.');
    });
};

/** Only one of the containers of a service could have it. */
const addressesAreOfOne: Rule = ({ own }) =>
  own.flatMap(({ attachments }) =>
    attachments
      .filter(({ copies }) => copies > 1)
      .flatMap((one) =>
        one.statics.map(({ path }): Problem => {
          const message = `${quote(one.key)} is ${String(one.copies)} containers, and only one of them can have the address.`;
          return error('STATIC_FOR_SEVERAL', path, message, 'Remove the address, or make a service of each container.');
        }),
      ),
  );

export const serviceRules: readonly Rule[] = [portsArePublished, networksAreUsed, addressesAreOfOne];
