/** Asks an agent as somebody else than netctl would; text where the answer is no JSON. Throws for a status of 400 or more. */
export async function askConsul(
  http: string,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  { body, token }: { readonly body?: unknown; readonly token?: string | undefined } = {},
): Promise<unknown> {
  const response = await fetch(`${http}${path}`, {
    method,
    signal: AbortSignal.timeout(10_000),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(token !== undefined && { headers: { 'X-Consul-Token': token } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The ids of all services that the agent has. */
export async function idsOf(http: string, token?: string): Promise<readonly string[]> {
  return Object.keys((await askConsul(http, 'GET', '/v1/agent/services', { token })) as object).sort();
}

export interface CatalogEntry {
  readonly ServiceID: string;
  readonly ServiceTags: readonly string[];
  readonly ServiceAddress: string;
  readonly ServicePort: number;
  readonly ServiceMeta: Readonly<Record<string, string>>;
  readonly ModifyIndex: number;
}

/** What the servers, and not the agent, have under a name. */
export async function catalog(http: string, name: string, token?: string): Promise<readonly CatalogEntry[]> {
  return (await askConsul(http, 'GET', `/v1/catalog/service/${name}`, { token })) as readonly CatalogEntry[];
}
