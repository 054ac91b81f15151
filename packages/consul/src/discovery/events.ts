import type { ErrorCode, HostName, Problem } from '@netctl/core';

/** What service discovery tells of one host. The library prints nothing. */
export type DiscoveryEvent = { readonly host: HostName } & (
  | {
      /** The agent has been told of something. Ids are those of services. */
      readonly event: 'registered';
      readonly registered: readonly string[];
      readonly deregistered: readonly string[];
      readonly unchanged: number;
      readonly durationMs: number;
    }
  /** How many services are registered now, when that is another number than before. */
  | { readonly event: 'services'; readonly registered: number }
  /** What is wrong with containers, and was not before: of each thing once, for as long as it lasts. */
  | { readonly event: 'misfits'; readonly problems: readonly Problem[] }
  | {
      /** The engine or the agent gives no answer. Nothing is queued: once both do, the whole state is put right. */
      readonly event: 'discovery';
      readonly state: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string;
    }
  /** After a failure. */
  | { readonly event: 'discovery'; readonly state: 'working' }
  /** The token goes to another machine without TLS. */
  | { readonly event: 'discovery'; readonly state: 'exposed'; readonly message: string }
  /** The engine tells nothing of what happens, so that only the timer leads to a look. */
  | { readonly event: 'discovery'; readonly state: 'deaf'; readonly message: string }
);
