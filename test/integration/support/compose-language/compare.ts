import type { Host } from '@netctl/lab';
import { askEngine } from '../engine-client.js';

type Words = Readonly<Record<string, string>>;

/** What inspect shows of a network; by name only what tests look at. */
export interface Shown {
  readonly IPAM: { readonly Options: Words | null; readonly Config: readonly Pool[] | null };
  readonly Options: Words | null;
  readonly Labels: Words | null;
}

interface Pool {
  readonly Subnet?: string;
  readonly Gateway?: string;
}

const VNIS = 'com.docker.network.driver.overlay.vxlanid_list';
const MARKS = /^(com\.docker\.compose|io\.netctl)\./;

/**
 * A network as inspect has it, but for its name, its id, its age and the labels that say whose it is. Of what the engine
 * chose by itself only the form is left, since it chooses anew each time.
 */
export async function inspected(host: Host, name: string, block: string): Promise<Shown> {
  const network = await askEngine<Shown>(host, 'GET', `/networks/${name}`);
  const options = { ...network.Options };
  const labels = Object.entries(network.Labels ?? {}).filter(([key]) => !MARKS.test(key));
  if (options[VNIS] !== undefined) options[VNIS] = options[VNIS].replaceAll(/\d+/g, 'VNI');
  return {
    ...network,
    ...{ Id: '', Name: '', Created: '' },
    Labels: Object.fromEntries(labels),
    Options: options,
    IPAM: { ...network.IPAM, Config: (network.IPAM.Config ?? []).map((pool) => comparable(canonical(pool), block)) },
  };
}

function comparable(pool: Pool, block: string): Pool {
  const { Subnet = '', Gateway } = pool;
  const [first = '', length = ''] = Subnet.split('/');
  const network = first.replace(/0$/, '');
  if (block.includes(network)) return pool;
  return { ...pool, Subnet: `chosen/${length}`, ...(Gateway && { Gateway: Gateway.replace(network, 'chosen+') }) };
}

/** IPv6 addresses in their one spelling, which netctl writes and Compose leaves to the user. */
function canonical<T>(value: T): T {
  const text = JSON.stringify(value).replaceAll(
    /"([0-9a-f]+:[0-9a-f:]*)(\/\d+)?"/gi,
    (_, address: string, length = '') => `"${new URL(`http://[${address}]`).hostname.slice(1, -1)}${String(length)}"`,
  );
  return JSON.parse(text) as T;
}
