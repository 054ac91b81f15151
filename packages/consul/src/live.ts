/** A service as the agent lists it (`GET /v1/agent/services`). Keys are Consul's own. */
export interface LiveService {
  readonly ID: string;
  readonly Service: string;
  /** Empty for a service, `connect-proxy` for a sidecar. */
  readonly Kind: string;
  readonly Tags: readonly string[];
  readonly Meta: Readonly<Record<string, string>>;
  readonly Address: string;
  readonly Port: number;
  readonly Weights: { readonly Passing: number; readonly Warning: number };
  readonly EnableTagOverride: boolean;
  readonly Native: boolean;
  /** What a sidecar is the proxy of. */
  readonly Destination: string;
  readonly Upstreams: readonly LiveUpstream[];
}

export interface LiveUpstream {
  readonly DestinationName: string;
  readonly LocalBindPort: number;
  readonly LocalBindAddress: string;
  readonly Datacenter: string;
}

export type CheckStatus = 'passing' | 'warning' | 'critical';

/** A check as the agent lists it (`GET /v1/agent/checks`). */
export interface LiveCheck {
  readonly CheckID: string;
  readonly Name: string;
  readonly Status: CheckStatus;
  readonly Output: string;
  readonly ServiceID: string;
}

/** Where the checks of the node are among those of services. */
export const NODE = '';

/** All that an agent has: services by id, and the checks of each. */
export interface Live {
  readonly services: ReadonlyMap<string, LiveService>;
  /** Those of the node itself, which are of no service, are at NODE. */
  readonly checks: ReadonlyMap<string, readonly LiveCheck[]>;
}

/** Reads the two lists of an agent. Undefined where they are none. What is left out is what Consul has for nothing. Pure. */
export function readLive(services: unknown, checks: unknown): Live | undefined {
  if (!isRecord(services) || !isRecord(checks)) return undefined;
  const byService = new Map<string, LiveCheck[]>();
  for (const check of Object.values(checks).filter(isRecord).map(readCheck)) {
    const others = byService.get(check.ServiceID);
    if (others === undefined) byService.set(check.ServiceID, [check]);
    else others.push(check);
  }
  const all = Object.values(services).filter(isRecord).map(readService);
  return { services: new Map(all.map((one) => [one.ID, one])), checks: byService };
}

type Fields = Readonly<Record<string, unknown>>;

function readService(fields: Fields): LiveService {
  const [weights, proxy] = [record(fields['Weights']), record(fields['Proxy'])];
  return {
    ID: text(fields['ID']),
    Service: text(fields['Service']),
    Kind: text(fields['Kind']),
    Tags: list(fields['Tags']).map(text),
    Meta: Object.fromEntries(Object.entries(record(fields['Meta'])).map(([key, value]) => [key, text(value)])),
    Address: text(fields['Address']),
    Port: number(fields['Port'], 0),
    Weights: { Passing: number(weights['Passing'], 1), Warning: number(weights['Warning'], 1) },
    EnableTagOverride: fields['EnableTagOverride'] === true,
    Native: record(fields['Connect'])['Native'] === true,
    Destination: text(proxy['DestinationServiceID']),
    Upstreams: list(proxy['Upstreams']).map(record).map(readUpstream),
  };
}

function readUpstream(fields: Fields): LiveUpstream {
  return {
    DestinationName: text(fields['DestinationName']),
    LocalBindPort: number(fields['LocalBindPort'], 0),
    LocalBindAddress: text(fields['LocalBindAddress']),
    Datacenter: text(fields['Datacenter']),
  };
}

function readCheck(fields: Fields): LiveCheck {
  const status = fields['Status'];
  return {
    CheckID: text(fields['CheckID']),
    Name: text(fields['Name']),
    Status: status === 'passing' || status === 'warning' ? status : 'critical',
    Output: text(fields['Output']),
    ServiceID: text(fields['ServiceID']),
  };
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const record = (value: unknown): Fields => (isRecord(value) ? value : {});
// Go writes null for a list that has nothing in it.
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
