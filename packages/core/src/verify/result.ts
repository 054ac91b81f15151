import type { HostName, Ref } from '../model.js';

/**
 * What a check is about: `network` that it is there at all, `interface` that a container has its end of it, `route` the
 * default route of a container, `gateway`, `neighbour` (another machine of the LAN), `shim` (the host and a container, by
 * the shim), `container` (two containers), `outside` (out through the host), `name` (a name asked of Docker's DNS), `isolation`
 * (`isolated_from`, and `internal`, that must not get out), `mtu`, `encryption`.
 */
export type CheckKind =
  | 'network'
  | 'interface'
  | 'route'
  | 'gateway'
  | 'neighbour'
  | 'shim'
  | 'container'
  | 'outside'
  | 'name'
  | 'isolation'
  | 'mtu'
  | 'encryption';

/** Who sends or answers. */
export interface Party {
  /** `throwaway`: a namespace that stands for a container where none is. `address`: a machine known by that alone. */
  readonly type: 'host' | 'container' | 'throwaway' | 'address';
  readonly host: HostName;
  /** The name of the host or the container, or the address. */
  readonly name: string;
  /** Of a container. */
  readonly id?: string;
  /** That the packets went from or to. */
  readonly address?: string;
}

/** `untested`: nothing was proved either way, and `cause` says why. */
export type CheckState = 'passed' | 'failed' | 'untested';

/** One thing that was to be proved, and what became of it. */
export interface CheckResult {
  /** The same in every run about the same thing: `container:local/lan/web->db`. */
  readonly id: string;
  readonly kind: CheckKind;
  readonly host: HostName;
  readonly network: Ref;
  readonly from: Party;
  readonly to?: Party;
  /** Of `isolated_from`: the network that it is kept from. */
  readonly isolatedFrom?: Ref;
  /** What holds where it passed, as half a sentence: `web reaches db at 10.0.0.3`. */
  readonly claim: string;
  readonly state: CheckState;
  /** What was seen, a line each. */
  readonly evidence: readonly string[];
  /** Of one that failed or was not tested. */
  readonly cause?: string;
  /** What cures it: a command, or a sentence where there is none. */
  readonly cure?: string;
}

/** What real packets have shown of the networks of a spec. Nothing was changed for it. */
export interface VerifyResult {
  readonly version: 1;
  readonly stack: string;
  readonly passed: number;
  readonly failed: number;
  readonly untested: number;
  readonly checks: readonly CheckResult[];
}
