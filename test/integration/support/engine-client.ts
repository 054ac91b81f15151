import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Host } from '@netctl/lab';

/** A network as the engine's inspect has it; only what tests look at by name. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string; readonly Gateway?: string }[] };
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request on a Unix socket, on a connection of its own, whole within 60 s. */
export async function rawRequest(
  socketPath: string,
  method: string,
  path: string,
  headers: IncomingHttpHeaders = {},
  body: Buffer = Buffer.alloc(0),
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers, agent: false, signal: AbortSignal.timeout(60_000) });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      buffer(incoming).then(
        (answer) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: answer }),
        reject,
      );
    });
    outgoing.end(body);
  });
}

/** What an engine says to a request, refusals included. */
export interface EngineReply {
  readonly status: number;
  readonly text: string;
}

/** Asks a host's engine behind netctl's back, and gives what it says. */
export async function tryEngine(host: Host, method: string, path: string, content?: object): Promise<EngineReply> {
  const json = content === undefined ? undefined : Buffer.from(JSON.stringify(content));
  const headers =
    json === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(json.length) };
  const { status, body } = await rawRequest(host.socket, method, path, headers, json);
  return { status, text: body.toString('utf8') };
}

/** The same. Throws when it refuses. */
export async function askEngine<T>(host: Host, method: string, path: string, content?: object): Promise<T> {
  const { status, text } = await tryEngine(host, method, path, content);
  if (status >= 300) throw new Error(`${method} ${path}: ${String(status)} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export async function inspectNetwork(host: Host, name: string): Promise<Inspected> {
  return askEngine<Inspected>(host, 'GET', `/networks/${encodeURIComponent(name)}`);
}

export async function networkNames(host: Host): Promise<readonly string[]> {
  const networks = await askEngine<readonly Inspected[]>(host, 'GET', '/networks');
  return networks.map(({ Name }) => Name).sort();
}

/** A network made without netctl, and its id. */
export async function makeForeignNetwork(host: Host, name: string, more: object = {}): Promise<string> {
  const { Id } = await askEngine<{ Id: string }>(host, 'POST', '/networks/create', {
    Name: name,
    CheckDuplicate: true,
    ...more,
  });
  return Id;
}

export async function removeForeignNetwork(host: Host, id: string): Promise<void> {
  await askEngine(host, 'DELETE', `/networks/${id}`);
}

/** `20.10.24` */
export async function engineVersion(host: Host): Promise<string> {
  const { Version } = await askEngine<{ Version: string }>(host, 'GET', '/version');
  return Version.replace(/[+~-].*$/, '');
}

/** Whether an engine is that new: `isAtLeast('20.10.24', '28.0')` is false. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [a, b] = [version, wanted].map((text) => text.split('.').map(Number));
  const index = (b ?? []).findIndex((part, at) => part !== (a?.[at] ?? 0));
  return index === -1 || (a?.[index] ?? 0) > (b?.[index] ?? 0);
}
