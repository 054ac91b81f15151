import type { Host } from '@netctl/lab';

/** The status and the body of what `netctl watch --metrics 9479` serves on a host. */
export async function fetched(host: Host, path: string): Promise<string> {
  const script = `fetch('http://127.0.0.1:9479${path}').then(async (it) => process.stdout.write(it.status + ' ' + (await it.text())))`;
  return (await host.run(process.execPath, ['-e', script])).stdout;
}
