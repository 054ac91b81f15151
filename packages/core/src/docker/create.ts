import { randomUUID } from 'node:crypto';

import { kindOf } from '../kinds/index.js';
import type { NetworkProps, Owner, StepArgs } from '../model.js';
import { THROWAWAY_PREFIX } from '../own-names.js';
import { compareVersions } from '../versions.js';
import { addedTo, ownerLabels } from './labels.js';
import { toCreateBody } from './map.js';

/** The API of engine 24.0, the first that can be told to add options (`default-network-opts`). */
const ADDS_SINCE = '1.43';

type Options = Readonly<Record<string, string>>;

/** The options that the engine adds on its own account to every network of a driver. */
export type DefaultsOf = (driver: string, stack: string) => Promise<Options>;

/**
 * The calls that a look at the defaults takes. They obey no signal: one look is for all who wait for it, and half of it
 * leaves a network behind.
 */
export interface DefaultsCalls {
  /** `POST /networks/create`; the new id. */
  create(body: object): Promise<string>;
  /** The options that the network has, as the list shows them. */
  optionsOf(id: string): Promise<Options>;
  /** A network that is gone already is no error. */
  remove(id: string): Promise<void>;
}

/**
 * Looks at what the engine adds, once for each driver however many ask at the same time. No answer of the engine tells,
 * but it adds to a configuration network too, which nobody can join and which has no driver, subnet or link: so one is
 * made and removed again. It carries the marks of the stack, whose next plan removes it where a netctl was killed in
 * between.
 */
export function engineDefaults(apiVersion: string, calls: DefaultsCalls): DefaultsOf {
  if (compareVersions(apiVersion, ADDS_SINCE) < 0) return () => Promise.resolve({});
  const looks = new Map<string, Promise<Options>>();
  return async (driver, stack) => {
    const look = looks.get(driver) ?? lookAt(driver, stack, calls);
    looks.set(driver, look);
    try {
      return await look;
    } catch (error) {
      // Whoever comes later looks for himself.
      if (looks.get(driver) === look) looks.delete(driver);
      throw error;
    }
  };
}

async function lookAt(driver: string, stack: string, calls: DefaultsCalls): Promise<Options> {
  const name = `${THROWAWAY_PREFIX}${randomUUID()}`;
  const props: NetworkProps = { driver, configOnly: true, ipam: { config: [] }, options: {}, labels: {} };
  const id = await calls.create(toCreateBody(name, props, ownerLabels({ stack, ref: `network:${name}` }, props)));
  let options: Options;
  try {
    options = await calls.optionsOf(id);
  } catch (error) {
    // What went wrong first is what is told.
    await calls.remove(id).catch(() => undefined);
    throw error;
  }
  await calls.remove(id);
  return options;
}

/**
 * The body of the request for a network. Labels cannot be changed later, so what the engine is going to add is looked up
 * first.
 */
export async function createBody(
  { name, props, asked }: StepArgs['network.create'],
  owner: Owner,
  defaultsOf: DefaultsOf,
): Promise<object> {
  const defaults = getsDefaults(props) ? await defaultsOf(props.driver, owner.stack) : {};
  return toCreateBody(name, props, ownerLabels(owner, asked, addedTo(asked, props, defaults)));
}

/** A network made from a configuration has what that has; the record of a swarm's network has what was asked for. */
export function getsDefaults({ driver, scope, configOnly, configFrom }: NetworkProps): boolean {
  if (configOnly === true) return true;
  return configFrom === undefined && (scope ?? kindOf(driver).scope) !== 'swarm';
}
