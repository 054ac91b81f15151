import type { ApiNetwork } from './api.js';
import { connect } from './connect.js';
import type { ConnectOptions } from './connect.js';
import { readOwner } from './labels.js';

/** A network as a list has it. */
export interface NamedNetwork {
  readonly name: string;
  readonly driver: string;
  /** The stack whose mark it carries. */
  readonly stack?: string;
}

/**
 * The networks of an engine by name, in one call, for who only wants to choose among them.
 * @throws NetctlError as connectDocker does
 */
export async function networkNames(options: ConnectOptions): Promise<readonly NamedNetwork[]> {
  const { client } = await connect(options);
  try {
    const { json } = await client.call('GET', '/networks', { signal: options.signal });
    return (json as readonly ApiNetwork[]).map(({ Name: name = '', Driver: driver = '', Labels: labels }) => {
      const stack = readOwner(labels ?? {})?.stack;
      return { name, driver, ...(stack === undefined ? {} : { stack }) };
    });
  } finally {
    client.close();
  }
}
