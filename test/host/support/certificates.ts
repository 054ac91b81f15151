import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** The paths of one certificate and its key. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that exists for one test. */
export interface Authority extends Certificate {
  /** Signs a certificate; `days` below zero for one that has expired. */
  sign(name: string, use: 'serverAuth' | 'clientAuth', days: number, address?: string): Promise<Certificate>;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export async function makeAuthority(folder: string, name: string): Promise<Authority> {
  const openssl = async (...args: readonly string[]) => execa('openssl', args, { cwd: folder, timeout: 30_000 });
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  await openssl('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${name}`, '-keyout', key, '-out', cert);
  return {
    cert,
    key,
    sign: async (subject, use, days, address) => {
      const file = join(folder, `${name}-${subject}`);
      const names = address === undefined ? [] : [`subjectAltName=IP:${address},IP:127.0.0.1,DNS:localhost`];
      await writeFile(`${file}.ext`, [`extendedKeyUsage=${use}`, ...names, ''].join('\n'));
      await openssl('req', ...KEY, '-subj', `/CN=${subject}`, '-keyout', `${file}.key`, '-out', `${file}.csr`);
      const signer = ['-CA', cert, '-CAkey', key, '-CAcreateserial', '-extfile', `${file}.ext`];
      const out = ['-in', `${file}.csr`, '-out', `${file}.pem`, '-days', String(days)];
      await openssl('x509', '-req', ...signer, ...out);
      return { cert: `${file}.pem`, key: `${file}.key` };
    },
  };
}
