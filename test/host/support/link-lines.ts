import type { Host } from '@netctl/lab';

interface IpLink {
  readonly ifname: string;
  readonly link?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly address: string;
  readonly ifalias?: string;
  readonly group: string;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: Readonly<Record<string, unknown>> };
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[];
}

interface IpRoute {
  readonly dst: string;
  readonly dev?: string;
  readonly prefsrc?: string;
  readonly protocol?: string;
  readonly scope?: string;
}

/** A link with its addresses and routes, as lines to compare; empty when there is none of that name. */
export async function linkLines(host: Host, name: string): Promise<readonly string[]> {
  const json = async <T>(...args: readonly string[]) =>
    JSON.parse((await host.run('ip', ['-json', '-Numeric', '-details', ...args])).stdout) as T;
  const links = await json<readonly IpLink[]>('address', 'show');
  const routes = [
    ...(await json<readonly IpRoute[]>('-4', 'route', 'show')),
    ...(await json<readonly IpRoute[]>('-6', 'route', 'show')),
  ];
  return links
    .filter(({ ifname }) => ifname === name)
    .flatMap(({ link = '', flags, mtu, address, ifalias = '', group, linkinfo, addr_info }) => {
      const { mode, id } = linkinfo?.info_data ?? {};
      const state = flags.includes('UP') ? 'up' : 'down';
      return [
        [linkinfo?.info_kind, mode ?? id, link, mtu, address, state, group, ifalias].join(' '),
        ...addr_info
          .filter(({ scope }) => !/^(link|253)$/.test(scope))
          .map(({ local, prefixlen }) => `address ${local}/${String(prefixlen)}`)
          .sort(),
        ...routes
          .filter(({ dev, dst }) => dev === name && !dst.startsWith('fe80'))
          .map(({ dst, prefsrc = '', protocol = '' }) => `route ${dst} src ${prefsrc} ${protocol}`)
          .sort(),
      ];
    });
}
