import type { LinkBackend } from '@netctl/core';

/** A throwaway host for one test. */
export interface ContractHost {
  readonly backend: LinkBackend;
  /** A link that is up, has an MTU of 1500 and can carry others. */
  readonly parent: string;
  /** The same host through a backend that gets no answer, with a deadline of 300 ms. */
  readonly stuck: LinkBackend;
  /** Takes a link down behind the backend's back. */
  down(name: string): Promise<void>;
  /** Removes a link behind the backend's back and makes another of the same name, which is nobody's. */
  replace(name: string): Promise<void>;
  /** Makes a route in the main table behind the backend's back, by a link and, where it is given, a router. */
  route(destination: string, link: string, via?: string): Promise<void>;
  /** Gives a link an address, with its prefix length, behind the backend's back. */
  address(address: string, link: string): Promise<void>;
  /** Gives an address, with its prefix length, to another machine on the wire of the parent, and tells that one's MAC. */
  neighbour(address: string): Promise<string>;
  close(): Promise<void>;
}
