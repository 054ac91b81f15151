import type { Finding } from '@netctl/core';
import type { Host } from '@netctl/lab';
import { expect } from 'vitest';
import type { Desk, NetctlOptions } from './netctl.js';
import { documentOf } from './netctl.js';

/** What `netctl doctor --json` prints. */
export interface DoctorDocument {
  readonly version: number;
  readonly findings: readonly Finding[];
}

/** Looks at hosts, and remembers every code that was found. */
export interface Doctor {
  readonly seen: ReadonlySet<string>;
  /** Looks once, and that the exit status goes by the findings. */
  look(desk: Desk, args?: readonly string[], options?: NetctlOptions): Promise<readonly Finding[]>;
  /** The one finding of this code. */
  find(desk: Desk, code: string, args?: readonly string[], options?: NetctlOptions): Promise<Finding>;
  /** Nothing of this code is found any more. */
  cured(desk: Desk, code: string): Promise<void>;
}

export function doctorOf(): Doctor {
  const seen = new Set<string>();
  const look: Doctor['look'] = async (desk, args = [], options = {}) => {
    const ran = await desk.netctl(['doctor', '--json', ...args], options);
    const { version, findings } = documentOf<DoctorDocument>(ran);
    expect(version).toBe(1);
    expect(ran.exitCode, ran.stderr).toBe(findings.some(({ severity }) => severity === 'error') ? 1 : 0);
    for (const { code } of findings) seen.add(code);
    return findings;
  };
  return {
    seen,
    look,
    find: async (desk, code, args, options) => {
      const findings = await look(desk, args, options);
      const [one, ...more] = findings.filter((finding) => finding.code === code);
      if (one === undefined) throw new Error(`no ${code} among ${findings.map((finding) => finding.code).join(', ')}`);
      expect(more).toEqual([]);
      return one;
    },
    cured: async (desk, code) => {
      expect((await look(desk)).filter((finding) => finding.code === code)).toEqual([]);
    },
  };
}

/** Types what a finding says, but for what systemd and NetworkManager are told, which no such host has. */
export async function takeCure(host: Host, { cure }: Pick<Finding, 'cure'>): Promise<void> {
  const script = cure.filter((line) => !/^(systemctl|networkctl|nmcli|firewall-cmd) /.test(line)).join('\n');
  await host.run('sh', ['-e', '-c', script]);
}

/** Writes a file of the host's own. */
export async function writeOn(host: Host, path: string, text: string): Promise<void> {
  await host.run('mkdir', ['-p', path.slice(0, path.lastIndexOf('/'))]);
  await host.run('tee', [path], { input: text });
}
