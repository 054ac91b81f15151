import type { Consul } from '@netctl/consul';

/** The same way to an agent, and how many calls went there. */
export function counting(consul: Consul): { readonly consul: Consul; readonly calls: () => number } {
  let calls = 0;
  const call: Consul['client']['call'] = async (...args) => {
    calls += 1;
    return consul.client.call(...args);
  };
  return { consul: { ...consul, client: { ...consul.client, call } }, calls: () => calls };
}
