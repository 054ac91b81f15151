import { messageOf, NetctlError } from '../errors.js';
import type { ErrorCode } from '../errors.js';
import type { TlsMaterial } from './address.js';
import { codeOf } from './errors.js';

interface Rule {
  /** Codes of Node.js, OpenSSL and the system. */
  readonly code: RegExp;
  readonly is?: ErrorCode;
  readonly why: string | ((tls: TlsMaterial) => string);
  readonly cure: string | ((tls: TlsMaterial) => string);
}

const LOOK = 'openssl x509 -noout -issuer -subject -dates -ext subjectAltName -in FILE shows what a certificate says';

/** Why an engine on a TCP port was not reached, by code; the texts change with the version of OpenSSL. */
const RULES: readonly Rule[] = [
  {
    code: /^CERT_HAS_EXPIRED$/,
    why: "the engine's certificate has expired",
    cure: `Give the engine a new one (${LOOK}), or look at the clock of this machine.`,
  },
  {
    code: /^CERT_NOT_YET_VALID$/,
    why: "the engine's certificate is not valid yet",
    cure: 'Look at the clocks of both machines.',
  },
  {
    code: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    why: "the engine's certificate is for another name or address",
    cure: `Use a name that the certificate has (${LOOK}), or make one that has this one.`,
  },
  {
    code: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA)$/,
    why: "the engine's certificate was not signed by the CA that it is verified by, so it may be another machine",
    cure: `Give the ca.pem of whoever signed it (${LOOK}).`,
  },
  {
    code: /^ERR_SSL_(SSL\/TLS|SSLV3|TLSV\d+)_ALERT_/,
    is: 'PERMISSION',
    // Engines say the same of no certificate and of a wrong one, each in the words of the Go that it was made with.
    why: ({ cert }) =>
      cert === undefined
        ? 'it wants a certificate from whoever connects, and there was none'
        : 'it refused the certificate that it was shown',
    cure: ({ cert }) =>
      cert === undefined
        ? 'Give cert and key too: cert.pem and key.pem beside ca.pem, or in the spec.'
        : `Use a certificate that the engine's --tlscacert signed and that has not expired (${LOOK}).`,
  },
  {
    code: /^(ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)|EPROTO)$/,
    why: 'it does not speak TLS there',
    cure: 'Name the port that has TLS (2376 as a rule), or have the engine speak it (dockerd --tlsverify).',
  },
  {
    code: /^ERR_OSSL_/,
    is: 'USAGE',
    why: 'the certificate, the key or the CA that were given cannot be used',
    cure: 'They have to be PEM files, the key without a password and that of the certificate.',
  },
  {
    code: /^ECONNREFUSED$/,
    why: 'nothing listens on that port',
    cure: 'Have the engine listen there (dockerd --host), and look at the port and at the firewall of that host.',
  },
  {
    code: /^(ENOTFOUND|EAI_\w+)$/,
    why: 'there is no host of that name',
    cure: 'Look for a misspelling, and at the DNS of this machine (getent hosts NAME).',
  },
  {
    code: /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ETIMEDOUT)$/,
    why: 'that host cannot be reached from here',
    cure: 'Look whether it is up, and at the routes and firewalls between the two (ip route get ADDRESS).',
  },
];

/** Undefined where nothing better is known than that it went away. */
export function remoteFailure(cause: unknown, where: string, tls: TlsMaterial = {}): NetctlError | undefined {
  const code = codeOf(cause) ?? '';
  const rule = RULES.find((one) => one.code.test(code));
  if (rule === undefined) return undefined;
  const [why, cure] = [rule.why, rule.cure].map((text) => (typeof text === 'string' ? text : text(tls)));
  const message = `No connection to the Docker Engine at ${where}: ${why ?? ''} (${reasonOf(cause)})`;
  return new NetctlError(rule.is ?? 'ENGINE_UNREACHABLE', message, {
    ...(cure === undefined ? {} : { hint: cure }),
    cause,
  });
}

/** What OpenSSL gives as the reason has no numbers of its own around it. */
function reasonOf(cause: unknown): string {
  const reason = cause instanceof Error && 'reason' in cause ? cause.reason : undefined;
  return typeof reason === 'string' && reason !== '' ? reason : messageOf(cause).trim();
}
