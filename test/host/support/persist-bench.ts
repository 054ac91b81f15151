import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import type { RunResult } from '@netctl/lab';
import { type Desk, documentOf, openDesk, type PlanDocument, repository } from '../../integration/support/netctl.js';
import { type SystemdHost, systemdHost } from './systemd/systemd.js';

/** A unit has a /tmp of its own, so netctl is not run from there. */
const folder = '/var/lib/netctl-program';

/** A host without an engine, 192.168.1.10 on a LAN, with netctl installed, a spec of a shim, and a systemd to boot it by. */
export interface PersistBench extends AsyncDisposable {
  readonly lan: Lan;
  readonly host: Host;
  readonly desk: Desk;
  readonly systemd: SystemdHost;
  readonly spec: string;
  /** `netctl persist` for the spec. */
  readonly persist: (...args: readonly string[]) => Promise<RunResult>;
  readonly netctl: (args: readonly string[], through?: readonly string[]) => Promise<RunResult>;
  /** What is to be done about the links of the host, a line for each step; nothing when they are as the spec says. */
  readonly stepsLeft: () => Promise<readonly string[]>;
}

export const shimSpec = {
  name: 'home',
  networks: {
    lan: {
      driver: 'macvlan',
      parent: 'eth0',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      ip_range: '192.168.1.192/27',
      shim: true,
    },
    six: {
      driver: 'macvlan',
      parent: 'eth0',
      enable_ipv6: true,
      ipam: {
        config: [
          { subnet: '192.168.2.0/24', gateway: '192.168.2.1' },
          { subnet: 'fd00:2::/64', ip_range: 'fd00:2::c0/122' },
        ],
      },
      shim: { address: ['192.168.2.9', 'fd00:2::9'] },
    },
  },
};

export async function openPersistBench(): Promise<PersistBench> {
  const lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const host = await startHost({
    interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.10/24'] }],
    engine: false,
  });
  const desk = await openDesk(host);
  await host.run('cp', ['-r', `${repository}/packages/cli/dist/bundle`, folder]);
  const spec = await desk.write('netctl.yaml', shimSpec);
  const systemd = await systemdHost(host, desk.folder);
  const netctl = async (args: readonly string[], through: readonly string[] = []) =>
    desk.netctl(args, { program: `${folder}/netctl.js`, through });
  return {
    ...{ lan, host, desk, spec, systemd, netctl },
    persist: async (...args) => netctl(['persist', ...args, spec]),
    stepsLeft: async () => {
      const { steps } = documentOf<PlanDocument>(await netctl(['plan', '--links-only', '--json', spec]));
      return steps.map(({ op, ref, why }) => `${op} ${ref}: ${why}`);
    },
    [Symbol.asyncDispose]: async () => {
      await desk[Symbol.asyncDispose]();
      await host.close();
      await lan.close();
    },
  };
}
