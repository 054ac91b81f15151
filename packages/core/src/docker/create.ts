import type { Added, Owner, StepArgs } from '../model.js';
import { kindOf } from '../kinds/index.js';
import { addedTo, ownerLabels, without } from './labels.js';
import { toCreateBody } from './map.js';

/** The calls that making a network takes. */
export interface CreateCalls {
  /** `POST /networks/create`; the new id. */
  create(body: object): Promise<string>;
  /** The options that the network has. */
  optionsOf(id: string): Promise<Readonly<Record<string, string>>>;
  remove(id: string): Promise<void>;
}

type Options = NonNullable<Added['options']>;

/**
 * Makes networks that say in a label what they were given beyond what was asked. What an engine adds on its own account
 * (`default-network-opts`, from 24 on) shows only on a network that is there, and labels cannot be changed: so the
 * first network of a driver on such an engine is made twice, and those after it are right at once. Whoever is killed in
 * between leaves a network with options that nobody asked for, which the next plan replaces.
 */
export function networkMaker(): (
  step: StepArgs['network.create'],
  owner: Owner,
  calls: CreateCalls,
) => Promise<string> {
  const known = new Map<string, Options>();
  return async ({ name, props, asked }, owner, calls) => {
    const body = (added: Options): object =>
      toCreateBody(name, props, ownerLabels(owner, asked, addedTo(asked, props, added)));
    const expected = without(known.get(props.driver) ?? {}, props.options);
    const id = await calls.create(body(expected));
    // It has what its configuration has.
    if (props.configFrom !== undefined) return id;
    const { filledIn } = kindOf(props.driver);
    const found = without(await calls.optionsOf(id), { ...props.options, ...named(filledIn) });
    if (isSame(found, expected)) return id;
    const others = without(known.get(props.driver) ?? {}, expected);
    known.set(props.driver, { ...others, ...found });
    await calls.remove(id);
    return calls.create(body(found));
  };
}

function named(keys: readonly string[]): Options {
  return Object.fromEntries(keys.map((key) => [key, '']));
}

function isSame(a: Options, b: Options): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);
}
