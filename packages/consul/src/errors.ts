import { NetctlError, printable } from '@netctl/core';
import type { ErrorCode } from '@netctl/core';

interface Rule {
  /** Codes of Node.js, OpenSSL and the system. */
  readonly code: RegExp;
  readonly is?: ErrorCode;
  readonly why: string;
  readonly cure: string;
}

const LOOK = 'openssl x509 -noout -issuer -subject -dates -ext subjectAltName -in FILE shows what a certificate says';

/** Why an agent was not reached, by code; the texts change with the version of OpenSSL. */
const RULES: readonly Rule[] = [
  {
    code: /^ECONNREFUSED$/,
    why: 'nothing listens there',
    cure: 'Start the agent (systemctl start consul), or name its address in the spec or in CONSUL_HTTP_ADDR.',
  },
  {
    code: /^(ENOENT|ENOTSOCK)$/,
    why: 'there is no such socket',
    cure: 'Start the agent, or name its socket in the spec or in CONSUL_HTTP_ADDR (unix:///PATH).',
  },
  {
    code: /^(EACCES|EPERM)$/,
    is: 'PERMISSION',
    why: 'no permission to use the socket',
    cure: 'Run as root, or as a member of the group that owns it (unix_sockets in the configuration of the agent).',
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
  {
    code: /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    why: "the agent's certificate is not valid now",
    cure: `Give the agent a new one (${LOOK}), and look at the clocks of both machines.`,
  },
  {
    code: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    why: "the agent's certificate is for another name or address",
    cure: `Set CONSUL_TLS_SERVER_NAME to a name that it has, server.DATACENTER.consul as a rule (${LOOK}).`,
  },
  {
    code: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA)$/,
    why: "the agent's certificate was not signed by a CA that is trusted here",
    cure: `Name the CA that signed it in CONSUL_CACERT or CONSUL_CAPATH (${LOOK}).`,
  },
  {
    code: /^ERR_SSL_(SSL\/TLS|SSLV3|TLSV\d+)_ALERT_/,
    is: 'PERMISSION',
    why: 'it refused the certificate that it was shown, or wants one',
    cure: `Name one that the CA of the agent signed in CONSUL_CLIENT_CERT and CONSUL_CLIENT_KEY (${LOOK}).`,
  },
  {
    code: /^(ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)|EPROTO)$/,
    why: 'it does not speak TLS there',
    cure: 'Name the port that has TLS (8501 as a rule), or unset CONSUL_HTTP_SSL and write http://.',
  },
  {
    code: /^ERR_OSSL_/,
    is: 'USAGE',
    why: 'the certificate, the key or the CA that were given cannot be used',
    cure: 'They have to be PEM files, the key without a password and that of the certificate.',
  },
  {
    code: /^HPE_/,
    is: 'CONSUL_ERROR',
    why: 'what answers does not speak HTTP',
    cure: 'Name the port of the HTTP API, 8500 as a rule.',
  },
];

/** The error for a call that got no answer. */
export function unreachable(cause: unknown, where: string, call: string): NetctlError {
  const rule = RULES.find(({ code }) => code.test(codeOf(cause)));
  const message = `No answer of the Consul agent at ${where} to ${call}: ${rule?.why ?? 'it went away'} (${reasonOf(cause)})`;
  const hint = rule?.cure ?? 'Look at the agent and its log (journalctl -u consul).';
  return new NetctlError(rule?.is ?? 'CONSUL_UNREACHABLE', message, { hint, cause });
}

export function tooSlow(where: string, call: string, timeout: number): NetctlError {
  return new NetctlError(
    'CONSUL_TIMEOUT',
    `The Consul agent at ${where} did not finish ${call} within ${timeout / 1000} s`,
    { hint: 'Look at the load of the agent and at its log (journalctl -u consul).' },
  );
}

/** The error for an answer with a status of 400 or more. */
export function refusal(status: number, text: string, where: string, call: string): NetctlError {
  // A gateway in between may say anything, and Consul repeats what a container asked for.
  const words = printable(text.trim().slice(0, 500)) || 'no reason given';
  const message = `The Consul agent at ${where} refused ${call} (${status}): ${words}`;
  if (status === 401 || status === 403) return new NetctlError('CONSUL_DENIED', message, { hint: deniedCure(words) });
  if (words.includes('HTTP request to an HTTPS server')) {
    return new NetctlError('CONSUL_ERROR', message, { hint: 'Write https://, or set CONSUL_HTTP_SSL=true.' });
  }
  if (/namespaces? are a Consul Enterprise/i.test(words)) {
    return new NetctlError('CONSUL_ERROR', message, {
      hint: 'Unset CONSUL_NAMESPACE and CONSUL_PARTITION: this agent has neither.',
    });
  }
  return new NetctlError('CONSUL_ERROR', message, {
    hint: 'Look at what the log of that Consul agent says of it (consul monitor).',
  });
}

export function notConsul(where: string, call: string, why: string): NetctlError {
  return new NetctlError('CONSUL_ERROR', `What answers ${call} at ${where} is no Consul agent: ${why}`, {
    hint: 'Name the address of the HTTP API in the spec or in CONSUL_HTTP_ADDR, 127.0.0.1:8500 as a rule.',
  });
}

/** What OpenSSL gives as the reason has no numbers of its own around it. */
export function reasonOf(cause: unknown): string {
  const reason = cause instanceof Error && 'reason' in cause ? cause.reason : undefined;
  if (typeof reason === 'string' && reason !== '') return reason;
  // Several addresses of one name are tried; the error for all of them has no words.
  if (cause instanceof AggregateError) return codeOf(cause);
  return cause instanceof Error ? cause.message.trim() : String(cause);
}

export function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? cause.code : '';
}

function deniedCure(words: string): string {
  if (/ACL not found/i.test(words)) {
    return 'The token is unknown or was deleted: set CONSUL_HTTP_TOKEN or CONSUL_HTTP_TOKEN_FILE to one that there is.';
  }
  return 'Give netctl a token (CONSUL_HTTP_TOKEN) whose policy has service_prefix "" { policy = "write" }, or a rule for each name and for "netctl".';
}
