import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  NetctlError,
  apply,
  applyLinks,
  connectDocker,
  importHost,
  loadSpecText,
  persistedLinks,
  plan,
  stepTitle,
  stepsOf,
  verify,
} from '@netctl/core';
import type { LoadedSpec, PersistedLinks, Problem, VerifyBackends, VerifyResult, VerifyTargets } from '@netctl/core';
import { iproute2, prober } from '@netctl/iproute2';
import type { Host } from '@netctl/lab';
import { parse } from 'yaml';
import type { OnHost } from '../../integration/support/planned.js';

/** netctl as a library, at work on one host: what the command does, without the start of Node for each call. */
export interface Netctl extends AsyncDisposable {
  /** What is to be done, a line for each step, `make link lan-shim: why`; nothing when the host is as the spec says. */
  plan(spec: object): Promise<readonly string[]>;
  /** One spec, for the drift that is looked at with the command elsewhere. */
  on(spec: object): OnHost;
  /** What stands against it: the errors of the spec, or of its plan. */
  errors(spec: object): Promise<readonly Problem[]>;
  /** Does it, also what disrupts somebody. */
  apply(spec: object, options?: { readonly adopt?: boolean; readonly probe?: boolean }): Promise<void>;
  destroy(spec: object): Promise<void>;
  /** What real packets prove of it. */
  verify(spec: object): Promise<VerifyResult>;
  /** What a host makes of its links at boot. */
  persisted(spec: object): Promise<PersistedLinks>;
  /** The links of a spec, as a text, with no engine asked. */
  applyLinks(spec: string): Promise<void>;
  /** What the host has, as a spec. */
  import(stack: string): Promise<object>;
}

/** The same of several hosts, which have no links of their own here, and of which nobody imports anything. */
export type NetctlOfMany = Omit<Netctl, 'import' | 'persisted' | 'applyLinks'>;

export async function openNetctl(host: Host): Promise<Netctl> {
  const backends = await backendsOf(host);
  return {
    ...(await open(backends, [backends])),
    persisted: async (spec) => persistedLinks(await loadObject(spec), await backends.links.observe()),
    applyLinks: async (text) => {
      const spec = await loadSpecText(text, { file: 'links.yaml', folder: tmpdir() });
      await applyLinks(spec, backends.links, { probe: false });
    },
    import: async (stack) => parse((await importHost(backends, { stack })).spec) as object,
  };
}

/** For a spec with `hosts:`, by the names there. */
export async function openNetctlOn(hosts: Readonly<Record<string, Host>>): Promise<NetctlOfMany> {
  const targets = new Map<string, VerifyBackends>();
  for (const [name, host] of Object.entries(hosts)) targets.set(name, await backendsOf(host));
  return open(targets, [...targets.values()]);
}

/** It names no file, so that no folder matters. */
async function loadObject(spec: object): Promise<LoadedSpec> {
  return loadSpecText(JSON.stringify(spec), { file: 'spec.yaml', folder: tmpdir() });
}

async function backendsOf(host: Host): Promise<VerifyBackends> {
  // Longer than a user waits: in User Mode Linux all takes longer.
  const timeout = 60_000;
  const engine = await connectDocker({ host: host.dockerHost, timeout });
  const command = host.command('ip');
  return { engine, links: iproute2({ command, timeout }), prober: prober({ prefix: command.slice(0, -1), timeout }) };
}

async function open(targets: VerifyTargets, opened: readonly VerifyBackends[]): Promise<NetctlOfMany> {
  const stateDir = await mkdtemp(join(tmpdir(), 'netctl-kernel-'));
  const problemsOf = async (spec: object) => {
    try {
      return (await plan(await loadObject(spec), targets)).problems;
    } catch (error) {
      if (error instanceof NetctlError && error.code === 'SPEC_INVALID') return error.problems;
      throw error;
    }
  };
  const run = async (
    spec: object,
    more: { readonly destroy?: true; readonly adopt?: boolean; readonly probe?: boolean } = {},
  ) => {
    try {
      // Asking takes a moment each time, so it is done where it is what is tested.
      await apply(await loadObject(spec), targets, { stateDir, allowDisruptive: true, probe: false, ...more });
    } catch (error) {
      // vitest shows the message alone.
      if (error instanceof NetctlError) for (const { message } of error.problems) error.message += `\n${message}`;
      throw error;
    }
  };
  return {
    plan: async (spec) =>
      stepsOf(await plan(await loadObject(spec), targets)).map((step) => `${stepTitle(step)}: ${step.why}`),
    errors: async (spec) => (await problemsOf(spec)).filter(({ severity }) => severity === 'error'),
    on: (spec) => ({
      plan: async () => {
        const made = await plan(await loadObject(spec), targets);
        return { steps: stepsOf(made), problems: made.problems };
      },
      apply: async () => run(spec),
    }),
    apply: async (spec, options) => run(spec, options),
    destroy: async (spec) => run(spec, { destroy: true }),
    verify: async (spec) => verify(await loadObject(spec), targets),
    [Symbol.asyncDispose]: async () => {
      for (const { engine } of opened) await engine[Symbol.asyncDispose]();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
