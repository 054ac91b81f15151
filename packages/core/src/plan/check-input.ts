import type { HostFacts, LinkResource, NetworkResource, Step } from '../model.js';
import type { Resolved } from '../resolve/resolve.js';

/** What is checked: what the spec means on a host, what the host is like, and the steps between them. */
export interface CheckInput {
  readonly resolved: Resolved;
  readonly wanted: { readonly networks: readonly NetworkResource[]; readonly links: readonly LinkResource[] };
  readonly facts: HostFacts;
  readonly stack: string;
  readonly steps: readonly Step[];
  readonly destroy: boolean;
}
