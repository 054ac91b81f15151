import { underlayMtu, overlayMtu } from '../kinds/mtu.js';
import { kindOf } from '../kinds/index.js';
import type { HostFacts, NetworkProps } from '../model.js';
import { ENABLE_OPTIONS, isBuiltin, MTU_OPTION } from '../spec/options.js';
import { line } from './block.js';
import type { Line } from './block.js';
import type { View } from './view.js';

/** The options of a network, as the keys that stand for them, and the rest by their own names. */
export interface OptionLines {
  /** `parent` and `mode`, which come before the addresses. */
  readonly first: readonly Line[];
  readonly then: readonly Line[];
  readonly rest: Readonly<Record<string, string>>;
}

/** @param below what stands for the parent: `parent`, or `parent` and `vlan` */
export function optionLines(view: View, below: readonly Line[], facts: HostFacts | undefined): OptionLines {
  const { props } = view;
  const { driver } = props;
  const rest = { ...props.options };
  const take = (key: string): string | undefined => {
    const value = Object.hasOwn(rest, key) ? rest[key] : undefined;
    Reflect.deleteProperty(rest, key);
    return value;
  };
  dropFilledIn(view, take);
  if (driver === 'macvlan' || driver === 'ipvlan') {
    const first = [
      ...(rest['parent'] === undefined || rest['parent'] === '' ? [] : below),
      ...line('mode', rest[`${driver}_mode`]),
    ];
    for (const { key } of first) take(key === 'mode' ? `${driver}_mode` : key);
    return { first, then: [], rest };
  }
  const encrypted = driver === 'overlay' && take('encrypted') !== undefined;
  const mtu = mtuOf(props, rest[MTU_OPTION], encrypted);
  if (mtu !== undefined) take(MTU_OPTION);
  return {
    first: [],
    then: [...line('encrypted', encrypted || undefined), ...line('mtu', mtu ?? autoMtu(view, facts))],
    rest,
  };
}

/** What the engine wrote there by itself, or says by a field as well. */
function dropFilledIn({ props, asked, found }: View, take: (key: string) => void): void {
  if (!asked && found !== undefined) for (const key of kindOf(props.driver).filledIn) take(key);
  if (!isBuiltin(props.driver) || asked) return;
  for (const key of Object.values(ENABLE_OPTIONS)) take(key);
}

/** The number that stands for the value of the option, where one does. */
function mtuOf({ driver }: NetworkProps, option: string | undefined, encrypted: boolean): number | undefined {
  const value = Number(option);
  if (option === undefined || !/^[1-9]\d*$/.test(option)) return undefined;
  if (driver === 'bridge') return value;
  if (driver !== 'overlay') return undefined;
  const mtu = overlayMtu(value, encrypted);
  return underlayMtu(mtu, encrypted) === value ? mtu : undefined;
}

/** What netctl derived from the host when it made the network. */
function autoMtu({ props, asked, found }: View, facts: HostFacts | undefined): string | undefined {
  const added = found?.added?.options?.[MTU_OPTION];
  if (!asked || added === undefined || facts === undefined || props.configFrom !== undefined) return undefined;
  const now = kindOf(props.driver).derivedOptions({ mtu: 'auto' }, facts)[MTU_OPTION];
  return now === added ? 'auto' : undefined;
}
