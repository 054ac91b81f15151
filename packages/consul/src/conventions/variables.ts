import type { Workload, WorkloadPort } from '@netctl/core';
import { quote } from './report.js';
import type { Report } from './report.js';

/** A variable of a container, from its environment or its labels, that says something of its services. */
export interface Variable {
  /** As the container has it: `SERVICE_80_CHECK_HTTP`. */
  readonly written: string;
  /** What it is about, without prefix and ports, in lower case: `check_http`. */
  readonly key: string;
  readonly value: string;
  /** The ports that it counts for; all of them when not there. */
  readonly ports?: PortScope;
  readonly from: 'env' | 'label';
}

interface PortScope {
  readonly first: number;
  readonly last: number;
  readonly protocol?: WorkloadPort['protocol'];
}

/** Environment variables are up to 128 KiB long and labels longer, and nothing of a service needs that. */
const LONGEST = 64 * 1024;

/** `80_name`, `80_udp_name` and `8000-8010_name`, the latter two as fayrus/registrator reads them. */
const OF_PORTS = /^(\d+)(?:-(\d+))?_(?:(tcp|udp|sctp)_)?([^]+)$/;

/** What looks like the form for a port, and is none: `80abc_name`. Of other words nobody can tell: `2fa_enabled`. */
const LIKE_PORTS =
  /^[+-]?\d[^_]*_(?:(?:tcp|udp|sctp)_)?(?:name|tags|id|ignore|enable_tag_override|check_.*|weights?_.*|connect_.*)$/;

/**
 * The variables of a container, what is narrower later and the labels after the environment, so that the last with a key is
 * the one that counts.
 */
export function readVariables({ env, labels }: Pick<Workload, 'env' | 'labels'>, report: Report): readonly Variable[] {
  return [...written(env, 'env'), ...written(labels, 'label')]
    .flatMap((one) => readVariable(one, report))
    .sort((a, b) => narrowness(a) - narrowness(b));
}

type Written = Pick<Variable, 'written' | 'value' | 'from'>;

/** By name, since neither an engine nor a mapping promises an order. */
function written(texts: Readonly<Record<string, string>>, from: Variable['from']): readonly Written[] {
  return Object.entries(texts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ written: name, value, from }));
}

function readVariable(one: Written, report: Report): readonly Variable[] {
  const key = keyOf(one);
  if (key === undefined) return [];
  if (one.value.length > LONGEST || key.length > LONGEST) {
    const message = `${quote(one.written)} has ${one.value.length} characters, which is too long to be read.`;
    report('SERVICE_VALUE_INVALID', message, `Write at most ${LONGEST} characters.`);
    return [];
  }
  const [, first, last = first, protocol, rest] = OF_PORTS.exec(key) ?? [];
  if (rest !== undefined && isPort(first) && isPort(last) && Number(first) <= Number(last)) {
    const ports = { first: Number(first), last: Number(last), ...(isProtocol(protocol) ? { protocol } : {}) };
    return [{ ...one, key: rest, ports }];
  }
  if (rest === undefined && !LIKE_PORTS.test(key)) return [{ ...one, key }];
  const port = one.written.slice(PREFIX.length).split('_', 1).join('');
  const message = `${quote(one.written)} is about a port ${quote(port)} that cannot be, and is not read.`;
  report('SERVICE_PORT_INVALID', message, 'Write a port from 1 to 65535 without leading zeros, as SERVICE_8080_NAME.');
  return [];
}

const PREFIX = 'SERVICE_';

/** Consul's own way to write what Registrator does not know. Only a label can have a dot, and others begin with connect too. */
const CONNECT = /^connect\.(?:native|sidecar_service|sidecar_service\.port|upstreams)$/;

function keyOf({ written: name, from }: Written): string | undefined {
  if (name.startsWith(PREFIX)) return name.slice(PREFIX.length).toLowerCase();
  return from === 'label' && CONNECT.test(name) ? name.replaceAll('.', '_') : undefined;
}

function isPort(text: string | undefined): boolean {
  return /^[1-9]\d{0,4}$/.test(text ?? '') && Number(text) <= 65_535;
}

function isProtocol(text: string | undefined): text is WorkloadPort['protocol'] {
  return text !== undefined;
}

/** A port with its protocol, a port, a range with its protocol, a range, and last what is for all. */
function narrowness({ ports }: Variable): number {
  if (ports === undefined) return 0;
  return (ports.first === ports.last ? 3 : 1) + (ports.protocol === undefined ? 0 : 1);
}
