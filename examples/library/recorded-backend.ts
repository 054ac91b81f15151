/**
 * A backend of one's own: what an engine and its host answered is recorded there, and planned with elsewhere, where neither is.
 *   on the host:  npx tsx recorded-backend.ts record SPEC FILE
 *   anywhere:     npx tsx recorded-backend.ts plan SPEC FILE
 */
import { readFile, writeFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { connectDocker, formatPlan, loadSpec, NetctlError, plan } from '@netctl/core';
import type { Backends } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

/** Answers by the call: the name of the method and what it was given, without the signal. */
type Answers = Map<string, unknown>;

function callOf(side: string, method: string, args: readonly unknown[]): string {
  return `${side}.${method} ${JSON.stringify(args.filter((one) => !(one instanceof AbortSignal)))}`;
}

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/** A backend whose methods are all this one, told their names. */
function backendOf(answer: (method: string, args: readonly unknown[]) => Promise<unknown>): unknown {
  const methods: ProxyHandler<Record<string, Method>> = {
    get: (_, method) =>
      typeof method === 'string' ? (...args: readonly unknown[]) => answer(method, args) : undefined,
  };
  return new Proxy({}, methods);
}

/** Asks the real one, and keeps what it says. Give it to `plan` alone, which writes nothing. */
function recording<T extends object>(side: string, real: T, answers: Answers): T {
  return backendOf(async (method, args) => {
    const said = await (real as Record<string, Method>)[method]?.(...args);
    answers.set(callOf(side, method, args), said);
    return said;
  }) as T;
}

function recorded(side: string, answers: Answers): unknown {
  return backendOf((method, args) => {
    const call = callOf(side, method, args);
    if (answers.has(call)) return Promise.resolve(answers.get(call));
    return Promise.reject(new NetctlError('ENGINE_ERROR', `That was not recorded: ${call}`));
  });
}

const [mode, file = 'netctl.yaml', path = 'recording.bin'] = process.argv.slice(2);
const spec = await loadSpec(file, { env: process.env });
if (mode === 'record') {
  const host = process.env['DOCKER_HOST'];
  await using engine = await connectDocker(host === undefined ? {} : { host });
  const answers: Answers = new Map();
  await plan(spec, { engine: recording('engine', engine, answers), links: recording('links', iproute2(), answers) });
  await writeFile(path, serialize(answers));
} else {
  const answers = deserialize(await readFile(path)) as Answers;
  const backends = { engine: recorded('engine', answers), links: recorded('links', answers) } as Backends;
  console.log(formatPlan(await plan(spec, backends)).trimEnd());
}
