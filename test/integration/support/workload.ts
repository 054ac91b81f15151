import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@netctl/lab';
import type { StartedTestContainer } from 'testcontainers';
import { testcontainersFor } from './testcontainers.js';

const busybox = 'netctl/busybox:test';
const applets = ['sh', 'ip', 'ping', 'sleep', 'httpd', 'nc'];

/** Builds the workload image on a host and gives its name. */
export async function busyboxImage(host: Host): Promise<string> {
  const { GenericContainer } = await testcontainersFor(host);
  const context = await mkdtemp(join(tmpdir(), 'netctl-image-'));
  try {
    await mkdir(join(context, 'bin'));
    await copyFile('/bin/busybox', join(context, 'bin/busybox'));
    for (const applet of applets) await symlink('busybox', join(context, 'bin', applet));
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY bin /bin\nCMD ["sleep", "2147483647"]\n');
    await GenericContainer.fromDockerfile(context).build(busybox, { deleteOnExit: false });
    return busybox;
  } finally {
    await rm(context, { recursive: true });
  }
}

/** A container for a test. */
export interface Workload {
  readonly image: string;
  readonly name?: string;
  readonly command?: readonly string[];
  /** One network, by name; Docker's default bridge unless told. */
  readonly network?: string;
  readonly ip?: string;
  readonly ip6?: string;
  readonly aliases?: readonly string[];
  readonly mac?: string;
}

/** Starts a container on a host's engine through testcontainers. */
export async function startContainer(host: Host, workload: Workload): Promise<StartedTestContainer> {
  const { GenericContainer } = await testcontainersFor(host);
  const { name, command, network = 'bridge' } = workload;

  class Container extends GenericContainer {
    /** testcontainers has no word for addresses. */
    protected override async beforeContainerCreated(): Promise<void> {
      this.createOpts.NetworkingConfig = { EndpointsConfig: { [network]: endpoint(workload) } };
      // With an init, the container ends at SIGTERM; `sleep` as process 1 would ignore it for 10 s.
      this.hostConfig.Init = true;
      return Promise.resolve();
    }
  }

  const container = new Container(workload.image).withNetworkMode(network);
  if (name !== undefined) container.withName(name);
  if (command !== undefined) container.withCommand([...command]);
  return container.start();
}

function endpoint({ ip, ip6, aliases, mac }: Workload) {
  return {
    IPAMConfig: { ...(ip !== undefined && { IPv4Address: ip }), ...(ip6 !== undefined && { IPv6Address: ip6 }) },
    ...(aliases && { Aliases: [...aliases] }),
    ...(mac !== undefined && { MacAddress: mac }),
  };
}
